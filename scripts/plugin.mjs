// The native plugin as a self-contained folder that works anywhere: in the user's project, or among Pulumi's plugins.

import { chmodSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bundle, write, writeBundle } from "./bundle.mjs";
import { checkout } from "./places.mjs";

/** The name under which the engine looks for it. */
const executable = "pulumi-resource-lambda-layers";

/** What the plugin's entry loads only once it has found Node.js to be new enough. */
const loadedByStart = ["./main", "./package.json"];

/**
 * Writes the plugin.
 *
 * @param {string} folder
 */
export async function bundlePlugin(folder) {
  const { version, license, engines, description } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
  const main = await bundle("provider/native/main.ts", { resolve: { mainFields: ["module", "main"] } });
  const start = await bundle("provider/native/bin.ts", { external: loadedByStart, transform: { target: "es2015" } });
  writeBundle(folder, main);
  for (const { code } of start) write(join(folder, executable), code);
  chmodSync(join(folder, executable), 0o755);
  write(join(folder, `${executable}.cmd`), `@node "%~dp0${executable}" %*\r\n`);
  write(join(folder, "PulumiPlugin.yaml"), "runtime: nodejs\n");
  // Pulumi runs `npm install` in the folder; nothing must be installed.
  const manifest = {
    name: executable,
    version,
    description,
    license,
    private: true,
    type: "commonjs",
    main: executable,
    engines,
  };
  write(join(folder, "package.json"), json(manifest));
  rmSync(join(folder, "package-lock.json"), { force: true });
  write(join(folder, "schema.json"), json(await schema(version)));
}

/** @param {string} version */
async function schema(version) {
  const [chunk] = await bundle("provider/native/schema.ts", {});
  /** @type {{ exports: { packageSchema?: (version: string) => object } }} */
  const module = { exports: {} };
  new Function("module", "exports", chunk?.code ?? "")(module, module.exports);
  return module.exports.packageSchema?.(version);
}

/** @param {unknown} value */
function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
