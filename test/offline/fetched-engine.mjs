// The engine for machines without one: downloaded, or built from its Go module, into the user's cache folder.

import { join } from "node:path";
import process from "node:process";
import { capture, exe, isExecutable } from "../../scripts/commands.mjs";
import { makeOnce } from "../../scripts/shared-cache.mjs";
import { buildOnce, hasGo } from "./go-program.mjs";

/** The version to download or build. No other version of the Go module can be expected to build. */
export const VERSION = "3.259.0";

/** How long a download may print nothing before it is considered failed, in milliseconds. */
const SILENCE = 30_000;

/**
 * @typedef {object} FetchOptions
 * @property {string} cache the user's cache folder
 * @property {import("../../scripts/commands.mjs").Environment} env
 * @property {(text: string | Uint8Array) => void} log
 * @property {AbortSignal} [signal]
 */

/** @param {string} cache @param {string} kind */
const folderIn = (cache, kind) => join(cache, `pulumi-v${VERSION}-${process.platform}-${process.arch}-${kind}`);

/** @param {string} cache */
const builtIn = (cache) => join(folderIn(cache, "built"), exe("pulumi"));

/**
 * Where the npm package `pulumi` puts its programs below a Pulumi home.
 *
 * @param {string} home
 */
const downloadedIn = (home) => join(home, "versions", VERSION, "bin");

/**
 * The folder of a previously downloaded engine and its language hosts.
 *
 * @param {string} cache
 */
export function downloadedEngine(cache) {
  const folder = downloadedIn(folderIn(cache, "downloaded"));
  return hasEngine(folder) ? folder : undefined;
}

/**
 * The previously built engine, without language hosts.
 *
 * @param {string} cache
 */
export function builtEngine(cache) {
  return isExecutable(builtIn(cache)) ? builtIn(cache) : undefined;
}

/**
 * Whether a folder holds an engine and its Node language host.
 *
 * @param {string} folder
 */
export function hasEngine(folder) {
  return ["pulumi", "pulumi-language-nodejs"].every((name) => isExecutable(join(folder, exe(name))));
}

/**
 * Downloads the engine with the official npm package.
 *
 * @param {FetchOptions} options
 * @returns {Promise<string | undefined>} its folder; undefined if it cannot be downloaded
 */
export async function downloadEngine({ cache, env, log, signal }) {
  const fill = async (/** @type {string} */ home) => {
    log(`Downloading Pulumi v${VERSION} by the npm package "pulumi".\n`);
    await capture("npx", ["--yes", "pulumi", "version"], {
      cwd: home,
      env: { ...env, PULUMI_VERSION: VERSION, PULUMI_HOME: home, npm_config_fetch_retries: "0" },
      signal,
      silence: SILENCE,
      print: log,
    });
    if (!hasEngine(downloadedIn(home))) throw new Error("the package did not contain the engine");
  };
  try {
    const onWait = () => log("Waiting for another download of Pulumi.\n");
    await makeOnce(folderIn(cache, "downloaded"), fill, { onWait, signal });
  } catch {
    log("Pulumi cannot be downloaded here.\n");
  }
  return downloadedEngine(cache);
}

const MODULE = "github.com/pulumi/pulumi";

// The replacement comes from the module's own go.mod, which does not count if another module requires it.
const program = {
  title: `Pulumi v${VERSION}`,
  name: "pulumi",
  source: `${MODULE}/pkg/v3/cmd/pulumi`,
  goMod: `module scratch

go 1.25.11

require (
	${MODULE}/pkg/v3 v${VERSION}
	${MODULE}/sdk/v3 v${VERSION}
)

replace github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e
`,
  linker: `-X ${MODULE}/sdk/v3/go/common/version.Version=v${VERSION}`,
};

/**
 * Builds the engine. A failed or stopped build leaves nothing that looks like an engine.
 *
 * @param {FetchOptions} options
 * @returns {Promise<string>} the program
 * @throws {Error} if there is no Go, or the build failed
 */
export async function buildEngine({ cache, ...options }) {
  if (!hasGo(options.env))
    throw new Error("There is no Pulumi here, and no Go to build it with. Install one of them and run this again.");
  await buildOnce(program, folderIn(cache, "built"), options);
  return builtIn(cache);
}
