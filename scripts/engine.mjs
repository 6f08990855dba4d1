// Finds the Pulumi engine of this machine: the user's own, or one that is downloaded or built once.

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

/** The oldest Pulumi 3 that is accepted. */
const OLDEST_MINOR = 229;

/** How long `pulumi version` may take before it is considered broken, in milliseconds. */
const SILENCE = 20_000;

/**
 * @typedef {object} Options
 * @property {import("./commands.mjs").Environment} [env]
 * @property {(text: string | Uint8Array) => void} [log] receives progress messages
 * @property {AbortSignal} [signal] stops a download or a build
 *
 * @typedef {object} Engine
 * @property {string} folder with this folder first on PATH, `pulumi`, Node programs and our CLI work
 * @property {"path" | "download" | "build"} source
 */

/** @type {Promise<Engine> | undefined} */
let found;

/**
 * The engine; the search runs once per process.
 *
 * @param {Options} [options]
 */
export function engine(options) {
  found ??= findEngine(options);
  return found;
}

/**
 * Looks for an engine on PATH, then downloads it with the official npm package, then builds its Go module. An engine
 * that was downloaded or built before is used without trying to download again.
 *
 * @param {Options} [options]
 * @returns {Promise<Engine>}
 * @throws {Error} there is none and none can be obtained, or `signal` stopped the search
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
