// The checkout's dependencies. Plain Node without dependencies: this runs before they are installed.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { capture } from "./commands.mjs";

/**
 * Installs the dependencies of a checkout if they are missing or do not match its package-lock.json.
 *
 * @param {string} checkout
 * @param {object} options
 * @param {import("./commands.mjs").Environment} [options.env]
 * @param {(text: string | Uint8Array) => void} options.log
 * @param {AbortSignal} [options.signal]
 * @throws {Error} npm failed
 */
export async function installDependencies(checkout, { env = process.env, log, signal }) {
  if (isInstalled(checkout)) return;
  log("Installing dependencies.\n");
  const { code } = await capture("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: checkout,
    env,
    signal,
    print: log,
  });
  if (code !== 0) throw new Error("The dependencies could not be installed; see npm's messages above.");
}

/**
 * Whether each package of package-lock.json is installed at the locked version. As its last step, npm writes what it
 * has installed to a hidden lock file. Optional packages may be for other platforms and are ignored.
 *
 * @param {string} checkout
 */
export function isInstalled(checkout) {
  const note = join(checkout, "node_modules", ".package-lock.json");
  if (!existsSync(note)) return false;
  const installed = packages(note);
  const wanted = Object.entries(packages(join(checkout, "package-lock.json"))).filter(([path]) => path !== "");
  return wanted.every(([path, { version, optional }]) => optional || installed[path]?.version === version);
}

/**
 * @param {string} file
 * @returns {Record<string, {version?: string, optional?: boolean}>}
 */
function packages(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}
