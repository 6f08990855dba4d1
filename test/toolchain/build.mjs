// npm run build: compiles the package to dist/ and makes its commands executable.

import { chmodSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { passThrough } from "./commands.mjs";
import { interruptible } from "./interruptible.mjs";
import { checkout } from "./places.mjs";

interruptible(async () => {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const code = await passThrough(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: checkout });
  if (code !== 0) return code;
  const { bin = {} } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
  for (const path of Object.values(bin)) chmodSync(join(checkout, path), 0o755);
  return 0;
});
