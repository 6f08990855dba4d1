// Generates packages for the plugin with the same generators as Pulumi's language hosts. They are a Go module: this
// needs Go, but not Pulumi.

import { createHash } from "node:crypto";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { capture, exe, isExecutable } from "../../../scripts/commands.mjs";
import { cacheFolder, checkout } from "../../../scripts/places.mjs";
import { makeOnce } from "../../../scripts/shared-cache.mjs";

const module = "github.com/pulumi/pulumi/pkg/v3";
const version = "v3.259.0";
const source = join(checkout, "test/offline/sdk-generator/main.go");

/**
 * Builds the generator unless it exists, which takes some minutes if Go's cache is empty.
 *
 * @param {AbortSignal} [signal]
 * @returns {Promise<string>} the folder of the program, with the go.mod and go.sum that it was built with
 * @throws {Error} if there is no Go, or it cannot get or build the module
 */
export async function sdkGenerator(signal) {
  const text = await readFile(source, "utf8");
  const key = createHash("sha256").update(`${version} ${text}`).digest("hex").slice(0, 16);
  const folder = join(cacheFolder(), `sdk-generator-${key}-${process.platform}-${process.arch}`);
  if (isExecutable(join(folder, exe("generator")))) return folder;
  await makeOnce(folder, (partial) => build(partial, signal), { signal });
  return folder;
}

/**
 * @param {string} folder
 * @param {AbortSignal} [signal]
 */
async function build(folder, signal) {
  const { code, stdout } = await capture("go", ["mod", "download", "-json", `${module}@${version}`], {
    cwd: folder,
    signal,
  });
  if (code !== 0) throw new Error(`This needs Go and its module ${module}@${version}.`);
  const { Dir: sources } = JSON.parse(stdout);
  const requirements = (await readFile(join(sources, "go.mod"), "utf8"))
    .replace(/^module .*$/m, "module generator")
    .replace(/^(?:replace )?\S+(?: \S+)? => .*$/gm, "");
  await writeFile(join(folder, "go.mod"), `${requirements}\nrequire ${module} ${version}\n`);
  await copyFile(join(sources, "go.sum"), join(folder, "go.sum"));
  await copyFile(source, join(folder, "main.go"));
  const built = await capture("go", ["build", "-mod=mod", "-buildvcs=false", "-o", exe("generator"), "."], {
    cwd: folder,
    signal,
    print: (text) => void process.stderr.write(text),
  });
  if (built.code !== 0) throw new Error("The generator could not be built; see Go's messages above.");
}
