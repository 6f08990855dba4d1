// A state that version 0.1.0 recorded, which knew less: it still works.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulator";
import { checkout, createProject, type Project } from "../support/engine";

describe("a stack that version 0.1.0 recorded", function () {
  this.timeout(240_000);

  let emulator: Emulator;
  let project: Project;

  before(async () => {
    emulator = await startEmulator();
    emulator.seed({
      layers: [{ name: "base", versions: 9 }],
      functions: ["a", "b", "c"].map((name) => ({ name, layers: ["base:5"] })),
    });
    project = await createProject({
      files: {
        "index.js": `
const { LayerVersions } = require("pulumi-lambda-layers");
new LayerVersions("layers", { functions: { names: ["a", "b"] }, onDelete: "restore" });
`,
        "layer_config.yaml": "layers: {base: {version: 5}}\n",
        "old.json": await readFile(join(checkout, "test/data/state-0.1.0.json"), "utf8"),
      },
      settings: { runtime: { name: "nodejs", options: { typescript: false } }, main: "index.js" },
      config: { "aws:region": "us-east-1" },
      env: emulator.env,
    });
    await project.succeeds(["stack", "import", "--file", "old.json"]);
    emulator.resetCounts();
  });
  after(async () => {
    await project?.dispose();
    await emulator?.close();
  });

  const versions = () => ["a", "b", "c"].map((name) => Number(emulator.layersOf(name)[0]?.split(":").at(-1)));

  it("has nothing to do in preview, up and refresh", async () => {
    await project.preview("--expect-no-changes");
    await project.succeeds(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
    await project.up("--expect-no-changes");
    assert.deepEqual(emulator.writes(), []);
  });

  it("keeps on destroy what is no longer named, and what someone else has moved since, and says so", async () => {
    emulator.edit("b", { Layers: ["base:3"] });
    await project.succeeds(["refresh", "--yes", "--skip-preview"]);
    const { output } = await project.destroy();
    assert.match(output, /Function a: Layer base version 5 -> 1/);
    assert.match(output, /Function b: Layer base is at version 3, not at version 5 as this resource left it/);
    assert.match(output, /No longer recorded, so not restored: c\./);
    assert.deepEqual(versions(), [1, 3, 5]);
    assert.equal(emulator.writes().length, 1);
  });
});
