// The checkout's dependencies. Plain Node without dependencies: this runs before they are installed.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { capture } from "./commands.mjs";

/**
 * Installs the dependencies of a checkout if they are missing or not those of its package-lock.json.
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
  if (code !== 0) throw new Error("The dependencies could not be installed: npm's own messages say why.");
}

/**
 * Whether each package of package-lock.json is installed in its version. npm notes what it has installed in a hidden
 * lock file, as its last step. Optional packages may be for other platforms and are not looked at.
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
