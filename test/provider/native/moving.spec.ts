// Stacks that version 0.1.0 recorded, with the dynamic resource and with the plugin's: each continues as either.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { itSampled } from "../../support/counts";
import { checkout, createProject, type Project } from "../../support/engine";
import { plugins, preamble } from "../../support/native";

const args = `{ functions: { names: ["a", "b"] }, onDelete: "restore" }`;
const dynamicType = "pulumi-nodejs:dynamic/lambda-layers:LayerVersions";
const nativeType = "lambda-layers:index:LayerVersions";

const native = (opts = "{}") => `${preamble}new LayerVersions("layers", ${args}, ${opts});`;
// What only the plugin knows must be gone before another provider has the resource.
const withoutViews = `${preamble}new LayerVersions("layers", { ...${args}, views: false });`;
const dynamic = (opts = "{}") =>
  `const { LayerVersions } = require("pulumi-lambda-layers");\nnew LayerVersions("layers", ${args}, ${opts});`;

/** The states, and what continues with them. */
const roads = [
  {
    from: "state-0.1.0.json",
    title: "the dynamic resource's continues as the plugin's",
    first: undefined,
    program: native(`{ aliases: [{ type: "${dynamicType}" }] }`),
    type: nativeType,
    property: "versions",
  },
  {
    from: "state-native-0.1.0.json",
    title: "the plugin's continues",
    first: undefined,
    program: native(),
    type: nativeType,
    property: "versions",
  },
  {
    from: "state-native-0.1.0.json",
    title: "the plugin's continues as the dynamic resource's",
    first: withoutViews,
    program: dynamic(`{ aliases: [{ type: "${nativeType}" }] }`),
    type: dynamicType,
    property: "functions",
  },
] as const;

describe("a stack that version 0.1.0 recorded, and that moves between resource and plugin", function () {
  this.timeout(240_000);

  for (const [index, { from, title, first, program, type, property }] of roads.entries()) {
    const test = index === 0 ? it : itSampled;
    describe(title, () => {
      let emulator: Emulator;
      let project: Project;

      before(async () => {
        emulator = await startEmulator();
        const functions = ["a", "b", "c"].map((name) => ({ name, layers: ["base:5"] }));
        emulator.seed({ layers: [{ name: "base", versions: 9 }], functions });
        project = await createProject({
          files: {
            "index.js": program,
            "layer_config.yaml": "layers: {base: {version: 5}}\nsettings: {aws_region: us-east-1}\n",
            "old.json": await readFile(join(checkout, "test/data", from), "utf8"),
          },
          settings: { runtime: { name: "nodejs", options: { typescript: false } }, main: "index.js", plugins },
          config: { "aws:region": "us-east-1" },
          env: emulator.env,
        });
        await project.succeeds(["stack", "import", "--file", "old.json"]);
        if (first) {
          await project.write({ "index.js": first });
          await project.up();
          assert.ok(!(await project.exportText()).includes("viewOf"));
          await project.write({ "index.js": program });
        }
        emulator.resetCounts();
      });
      after(async () => {
        await project?.dispose();
        await emulator?.close();
      });

      test("without a replacement and without a write, and rolls back in the end what was there at first", async () => {
        const { stdout } = await project.up();
        assert.doesNotMatch(stdout, /\b(?:created|replaced|deleted)\b/);
        await project.preview("--expect-no-changes");
        await project.succeeds(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
        assert.deepEqual(emulator.writes(), []);
        const { deployment } = await project.exportStack();
        const resource = deployment.resources.find((one: { type: string }) => one.type === type);
        assert.deepEqual(resource.outputs[property], { a: { base: 5 }, b: { base: 5 } });
        assert.deepEqual(resource.outputs.before.a, { base: 1 });

        await project.destroy();
        assert.match(String(emulator.layersOf("a")), /:base:1$/);
        assert.match(String(emulator.layersOf("c")), /:base:5$/);
        const after = await project.exportStack();
        assert.deepEqual(after.deployment.resources ?? [], []);
      });
    });
  }
});
