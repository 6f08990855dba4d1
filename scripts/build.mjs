// npm run build: compiles the package to dist/, bundles its command and the native plugin, writes the JSON Schema of
// the config, and makes the package's commands executable.

import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { bundleCommand } from "./bundle.mjs";
import { passThrough } from "./commands.mjs";
import { configJsonSchema } from "./config-json-schema.mjs";
import { interruptible } from "./interruptible.mjs";
import { checkout } from "./places.mjs";
import { bundlePlugin } from "./plugin.mjs";

const bundled = "dist/cli";
const plugin = "dist/plugin";

interruptible(async () => {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const code = await passThrough(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: checkout });
  if (code !== 0) return code;
  removeLeftovers();
  await bundleCommand(join(checkout, bundled));
  await bundlePlugin(join(checkout, plugin));
  writeSchema();
  const { bin = {} } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
  for (const path of Object.values(bin)) chmodSync(join(checkout, path), 0o755);
  return 0;
});

/** Removes what an earlier build made of sources that are gone: everything in dist/ is published. */
function removeLeftovers() {
  for (const path of readdirSync(join(checkout, "dist"), { recursive: true, encoding: "utf8" })) {
    const source = path.replace(/(?:\.d)?\.([cm]?)[jt]s$/, ".$1ts");
    if (source !== path && !/^(?:cli|plugin)\b/.test(path) && !existsSync(join(checkout, source)))
      rmSync(join(checkout, "dist", path), { force: true });
  }
}

/**
 * Writes the schema that editors check a layer_config.yaml against. It is renamed into place, as another build may run
 * at the same time.
 */
function writeSchema() {
  const require = createRequire(import.meta.url);
  const { configSchema } = require(join(checkout, "dist/sdk/core/config/schema.js"));
  const file = join(checkout, "dist/layer-config.schema.json");
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(configJsonSchema(configSchema), null, 2)}\n`);
  renameSync(unfinished, file);
}
