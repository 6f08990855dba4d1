// Pulumi's language host for YAML, for engines that come without it.

import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { exe, isExecutable, onPath } from "../../scripts/commands.mjs";
import { cacheFolder } from "../../scripts/places.mjs";
import { buildOnce, hasGo } from "./go-program.mjs";

/** This is the only one of the hosts' Go modules that builds by itself. */
const VERSION = "1.25.0";
const MODULE = "github.com/pulumi/pulumi-yaml";

const program = {
  title: `Pulumi's language host for YAML v${VERSION}`,
  name: "pulumi-language-yaml",
  source: `${MODULE}/cmd/pulumi-language-yaml`,
  goMod: `module scratch\n\ngo 1.25.11\n\nrequire ${MODULE} v${VERSION}\n`,
  linker: `-X ${MODULE}/pkg/version.Version=v${VERSION}`,
};

/** How long a build may take, in milliseconds: it needs two and a half minutes of CPU time. */
const LONGEST = 15 * 60_000;

/** @param {string} folder */
const hasHost = (folder) => isExecutable(join(folder, exe(program.name)));

/**
 * Whether the host exists, or can be built.
 *
 * @param {import("../../scripts/commands.mjs").Environment} [env]
 */
export function canHaveYamlHost(env = process.env) {
  return installed(env) !== undefined || hasHost(built()) || hasGo(env);
}

/**
 * The folder of the host: the engine's on PATH, or one in which it was built.
 *
 * @param {import("../../scripts/commands.mjs").Environment} [env]
 * @returns {Promise<string>}
 * @throws {Error} if it cannot be obtained
 */
export async function yamlHost(env = process.env) {
  const found = installed(env);
  if (found !== undefined) return found;
  if (!hasHost(built())) {
    const log = (/** @type {string | Uint8Array} */ text) => void process.stderr.write(text);
    await buildOnce(program, built(), { env, log, signal: AbortSignal.timeout(LONGEST) });
  }
  return built();
}

function built() {
  return join(cacheFolder(), `pulumi-language-yaml-v${VERSION}-${process.platform}-${process.arch}`);
}

/** @param {import("../../scripts/commands.mjs").Environment} env */
function installed(env) {
  const folders = onPath("pulumi", env).flatMap((path) => [dirname(path), dirname(realpathSync(path))]);
  return folders.find(hasHost);
}
