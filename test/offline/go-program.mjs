// Programs that are built from their Go modules, into the user's cache folder.

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { capture, exe, onPath } from "../../scripts/commands.mjs";
import { makeOnce } from "../../scripts/shared-cache.mjs";

/**
 * @typedef {object} GoProgram
 * @property {string} title used in messages
 * @property {string} name of the command
 * @property {string} source the import path of its package
 * @property {string} goMod for a module that requires it
 * @property {string} [linker] further flags of the linker
 *
 * @typedef {object} BuildOptions
 * @property {import("../../scripts/commands.mjs").Environment} env
 * @property {(text: string | Uint8Array) => void} log
 * @property {AbortSignal} [signal]
 */

/**
 * Whether Go is installed.
 *
 * @param {import("../../scripts/commands.mjs").Environment} env
 */
export function hasGo(env) {
  return onPath("go", env).length > 0;
}

/**
 * Builds a program unless it exists. A failed or stopped build leaves nothing that looks like one.
 *
 * @param {GoProgram} program
 * @param {string} folder for the program alone
 * @param {BuildOptions} options
 * @throws {Error} if there is no Go, or the build failed
 */
export async function buildOnce({ title, name, source, goMod, linker = "" }, folder, { env, log, signal }) {
  const fill = async (/** @type {string} */ partial) => {
    log(`Building ${title} from its Go module, once for this machine. This takes some minutes.\n`);
    await writeFile(join(partial, "go.mod"), goMod);
    // -mod=mod: the scratch module has no go.sum yet. -buildvcs: the cache may be inside a git work tree.
    const settings = ["-mod=mod", "-buildvcs=false", "-ldflags", `-s -w ${linker}`.trim(), "-o", exe(name)];
    const { code } = await capture("go", ["build", ...settings, source], {
      cwd: partial,
      env: { ...env, CGO_ENABLED: "0" },
      signal,
      print: log,
    });
    if (code !== 0) throw new Error(`${title} could not be built; see Go's messages above. Nothing was kept.`);
    await Promise.all(["go.mod", "go.sum"].map((file) => rm(join(partial, file), { force: true })));
  };
  const onWait = () => log(`Waiting for another build of ${title}.\n`);
  await makeOnce(folder, fill, { onWait, signal });
}
