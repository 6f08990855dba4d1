// Where the Pulumi engine of this machine is: one that the user has, or one that is fetched or built once.

import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import {
  buildEngine,
  builtEngine,
  downloadEngine,
  downloadedEngine,
  hasEngine,
} from "../test/offline/fetched-engine.mjs";
import { capture, onPath } from "./commands.mjs";
import { folderForBuilt, folderForInstalled } from "./engine-folder.mjs";
import { cacheFolder } from "./places.mjs";

/** The oldest Pulumi 3 that counts. */
const OLDEST_MINOR = 229;

/** How long `pulumi version` may take before it counts as broken, in milliseconds. */
const SILENCE = 20_000;

/**
 * @typedef {object} Options
 * @property {import("./commands.mjs").Environment} [env]
 * @property {(text: string | Uint8Array) => void} [log] takes text that says what is being done
 * @property {AbortSignal} [signal] stops a download or a build
 *
 * @typedef {object} Engine
 * @property {string} folder with this folder first on PATH, `pulumi`, Node programs and our CLI work
 * @property {"path" | "download" | "build"} source
 */

/** @type {Promise<Engine> | undefined} */
let found;

/**
 * The engine, looked for once in the life of this process.
 *
 * @param {Options} [options]
 */
export function engine(options) {
  found ??= findEngine(options);
  return found;
}

/**
 * Looks for an engine: on PATH, then as the official npm package downloads it, then as a build of its Go module. What
 * was downloaded or built before is taken without another try to download.
 *
 * @param {Options} [options]
 * @returns {Promise<Engine>}
 * @throws {Error} there is none and none can be had, or `signal` stopped the search
 */
export async function findEngine({ env = process.env, log = (text) => process.stderr.write(text), signal } = {}) {
  const options = { cache: cacheFolder(env), env, log, signal };
  const installed = await installedEngine(env);
  if (installed) return { source: "path", folder: await folderForInstalled(installed, options) };

  const downloaded =
    downloadedEngine(options.cache) ?? (builtEngine(options.cache) ? undefined : await downloadEngine(options));
  if (downloaded) return { source: "download", folder: await folderForInstalled(downloaded, options) };

  signal?.throwIfAborted();
  const built = builtEngine(options.cache) ?? (await buildEngine(options));
  return { source: "build", folder: await folderForBuilt(built, options) };
}

/**
 * The first `pulumi` on PATH that is new enough and has its Node language host beside it.
 *
 * @param {import("./commands.mjs").Environment} env
 * @returns {Promise<string | undefined>} its folder
 */
async function installedEngine(env) {
  for (const path of onPath("pulumi", env)) {
    const folder = [dirname(path), dirname(realpathSync(path))].find(hasEngine);
    if (folder && (await isNewEnough(path, env))) return folder;
  }
  return undefined;
}

/**
 * @param {string} pulumi
 * @param {import("./commands.mjs").Environment} env
 */
async function isNewEnough(pulumi, env) {
  const quiet = { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { stdout } = await capture(pulumi, ["version"], { env: quiet, silence: SILENCE });
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(stdout.trim()) ?? [];
  return Number(major) > 3 || (Number(major) === 3 && Number(minor) >= OLDEST_MINOR);
}
