// npm run sdks: generates sdks/python from the plugin's schema, with the code of sdks/overlays, by the very generator
// that Pulumi's language host for Python has. That is a Go module: Go is needed, and no Pulumi.

import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { capture, passThrough } from "./commands.mjs";
import { interruptible } from "./interruptible.mjs";
import { checkout } from "./places.mjs";

const module = "github.com/pulumi/pulumi/pkg/v3";
const version = "v3.259.0";

interruptible(async (signal) => {
  const folder = mkdtempSync(join(tmpdir(), "lambda-layers-sdks-"));
  try {
    const { code, stdout } = await capture("go", ["mod", "download", "-json", `${module}@${version}`], {
      cwd: folder,
      signal,
    });
    if (code !== 0) throw new Error(`Go is needed, and its module ${module}@${version}.`);
    const { Dir: sources } = JSON.parse(stdout);
    const requirements = readFileSync(join(sources, "go.mod"), "utf8")
      .replace(/^module .*$/m, "module generator")
      .replace(/^(?:replace )?\S+(?: \S+)? => .*$/gm, "");
    writeFileSync(join(folder, "go.mod"), `${requirements}\nrequire ${module} ${version}\n`);
    copyFileSync(join(sources, "go.sum"), join(folder, "go.sum"));
    copyFileSync(join(checkout, "test/offline/sdk-generator/main.go"), join(folder, "main.go"));
    const built = await passThrough("go", ["build", "-mod=mod", "-o", "generator", "."], { cwd: folder });
    if (built !== 0) return built;
    const target = join(checkout, "sdks/python");
    rmSync(join(target, "pulumi_lambda_layers"), { recursive: true, force: true });
    const files = [join(checkout, "dist/plugin/schema.json"), target, join(checkout, "sdks/overlays/python/pins.py")];
    return await passThrough(join(folder, "generator"), files, { cwd: checkout });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
