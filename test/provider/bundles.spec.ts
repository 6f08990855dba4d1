// Programs that are bundled, or get the package through another one.

import assert from "node:assert/strict";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack } from "../support/aws-stack";
import { caseFolder, createCaseStack } from "../support/case-programs";
import { itSampled } from "../support/counts";
import { checkout, type Project } from "../support/engine";
import { run } from "../support/processes";

describe("the package", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  const stacks: Project[] = [];
  before(async () => {
    emulator = await startEmulator();
    emulator.seed({ layers: [{ name: "base", versions: 9 }], functions: [{ name: "c10-a", layers: ["base:1"] }] });
  });
  after(async () => {
    await Promise.all(stacks.map((stack) => stack.dispose()));
    await emulator?.close();
  });

  itSampled("may be bundled by esbuild as docs/resource.md says, minified too", async () => {
    const docs = await readFile(join(checkout, "docs/resource.md"), "utf8");
    const [, line = ""] = /^\$ (esbuild .*)$/m.exec(docs) ?? [];
    const stack = await createCaseStack("esbuild-bundle", { env: emulator.env });
    stacks.push(stack);
    await stack.write({ "src/index.ts": await readFile(join(stack.dir, "index.js"), "utf8") });
    const bundle = async (...more: string[]) => {
      const { code, output } = await run("esbuild", [...line.split(" ").slice(1), ...more], {
        cwd: stack.dir,
        env: { ...stack.env, PATH: `${join(checkout, "node_modules/.bin")}:${stack.env.PATH}` },
      });
      assert.equal(code, 0, output);
    };
    await bundle();
    await stack.up();
    assert.match(emulator.layersOf("c10-a").join(), /:base:5$/);
    assert.match(emulator.layersOf("c10-x").join(), /:base:5$/);
    await bundle("--minify");
    await stack.preview("--expect-no-changes");
    await stack.succeeds(["refresh", "--yes", "--skip-preview"]);
    await stack.destroy();
  });

  it("is requested in one line if only a library of the program depends on it", async () => {
    const stack = await createAwsStack({
      env: emulator.env,
      program: `require("platform").layers();`,
      files: { "layer_config.yaml": await readFile(join(caseFolder("esbuild-bundle"), "layer_config.yaml"), "utf8") },
    });
    stacks.push(stack);
    // As pnpm lays it out: each package sees only its own dependencies.
    const modules = join(stack.dir, "node_modules");
    const store = join(modules, ".store/node_modules");
    await mkdir(join(store, "platform"), { recursive: true });
    await writeFile(
      join(store, "platform/index.js"),
      `exports.layers = () => new (require("pulumi-lambda-layers").LayerVersions)("layers", { functions: { names: ["c10-a"] } });`,
    );
    await symlink(checkout, join(store, "pulumi-lambda-layers"), "junction");
    await symlink(join(store, "platform"), join(modules, "platform"), "junction");
    await rm(join(modules, "pulumi-lambda-layers"));
    const { code, output } = await stack.pulumi(["preview"]);
    assert.notEqual(code, 0);
    assert.match(
      output,
      /The package pulumi-lambda-layers is not installed where Pulumi loads it from .*: \S+project\. Add it to the `dependencies`/,
    );
    assert.doesNotMatch(output, /\n\s+at .*:\d+:\d+/);
    await symlink(checkout, join(modules, "pulumi-lambda-layers"), "junction");
    await stack.up();
  });
});
