// The packages that Pulumi's own generators make from the plugin's schema. The first run on a machine compiles Go for
// some minutes, so it belongs to the soak test.

import assert from "node:assert/strict";
import { copyFile, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exe } from "../../scripts/commands.mjs";
import { hasGo } from "../offline/go-program.mjs";
import { sdkGenerator } from "../offline/sdk-generator/generator.mjs";
import { soak } from "../support/counts";
import { checkout } from "../support/engine";
import { removeFolder, temporaryFolder } from "../support/folders";
import { run } from "../support/processes";
import { firstBuild } from "../support/yaml";

if (soak && !hasGo(process.env)) console.log("The packages for other languages are not tried: there is no Go here.");
const tried = soak && hasGo(process.env) ? describe : () => {};

tried("packages for other languages", function () {
  this.timeout(firstBuild);
  let generator: string;
  let folder: string;

  before(async () => {
    generator = await sdkGenerator();
    folder = await temporaryFolder();
  });
  after(() => removeFolder(folder));

  const succeeds = async (command: string, args: string[], cwd = checkout) => {
    const { code, output } = await run(command, args, { cwd });
    assert.equal(code, 0, output);
  };
  const generate = async (...language: string[]) => {
    const target = join(folder, language[0] ?? "");
    const schema = join(checkout, "dist/plugin/schema.json");
    await succeeds(join(generator, exe("generator")), [schema, target, ...language]);
    return target;
  };

  it("are the same as sdks/python in Python", async () => {
    const target = join(
      await generate("python", join(checkout, "sdks/overlays/python/pins.py")),
      "pulumi_lambda_layers",
    );
    const files = await readdir(target);
    assert.ok(files.includes("layer_versions.py"), files.join());
    for (const file of files.filter((name) => /\.(?:py|json)$/.test(name))) {
      const committed = await readFile(join(checkout, "sdks/python/pulumi_lambda_layers", file), "utf8");
      assert.equal(await readFile(join(target, file), "utf8"), committed, file);
    }
  });

  it("compile in TypeScript, with a program that uses them", async () => {
    const target = await generate("nodejs");
    await symlink(join(checkout, "node_modules"), join(target, "node_modules"), "junction");
    await writeFile(
      join(target, "program.ts"),
      `import * as layers from "./index";
const made = new layers.LayerVersions("layers", {
  layers: { base: { version: "5", enforce: "minimum" } },
  functions: { names: ["fn"], tags: { team: "x" } },
  onDelete: "restore",
}, { provider: new layers.Provider("eu", { region: "eu-west-1" }) });
export const version = made.versions.apply((versions): string | number | undefined => versions["fn"]?.["base"]);
export const arn = layers.getLayerVersionArnOutput({ name: "base" }).apply(({ arn }): string => arn);
`,
    );
    const settings = { extends: "./tsconfig.json", files: ["program.ts"], compilerOptions: { noEmit: true } };
    await writeFile(join(target, "tsconfig.program.json"), JSON.stringify(settings));
    for (const config of ["tsconfig.json", "tsconfig.program.json"])
      await succeeds(join(checkout, "node_modules/.bin/tsc"), ["--noEmit", "-p", config], target);
  });

  it("compile in Go", async () => {
    const target = await generate("go");
    // The module under its own name, with the requirements that are already here.
    const [module = ""] = (await readFile(join(target, "go.mod"), "utf8")).split("\n");
    assert.equal(module, "module example.com/pulumi-lambda-layers/sdk/go");
    const requirements = await readFile(join(generator, "go.mod"), "utf8");
    await writeFile(join(target, "go.mod"), requirements.replace(/^module .*$/m, module));
    await copyFile(join(generator, "go.sum"), join(target, "go.sum"));
    await succeeds("go", ["build", "-mod=mod", "-buildvcs=false", "./..."], target);
  });
});
