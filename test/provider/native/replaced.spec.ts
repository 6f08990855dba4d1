import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../emulator";
import { createProject, type Project } from "../../support/engine";
import { plugins, preamble } from "../../support/native";

const program = (args: string, options = "{}") =>
  `${preamble}new LayerVersions("layers", { functions: { names: ["a", "b"] }, ${args} }, ${options});`;
const config = (version: number) => `layers: {base: {version: ${version}}}\nsettings: {aws_region: us-east-1}\n`;

describe("the native plugin's resource, if it is to be replaced", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let project: Project;

  before(async () => {
    emulator = await startEmulator();
    const functions = ["a", "b"].map((name) => ({ name, layers: ["base:3"] }));
    emulator.seed({ layers: [{ name: "base", versions: 9 }], functions });
    project = await createProject({
      files: { "index.js": program(""), "layer_config.yaml": config(5) },
      settings: { runtime: { name: "nodejs", options: { typescript: false } }, main: "index.js", plugins },
      config: { "aws:region": "us-east-1" },
      env: emulator.env,
    });
    await project.up();
  });
  after(async () => {
    await project?.dispose();
    await emulator?.close();
  });

  it("is refused while it has rows, which Pulumi would record twice", async () => {
    await project.write({ "index.js": program("", `{ replaceOnChanges: ["*"] }`), "layer_config.yaml": config(6) });
    const { resources } = (await project.exportStack()).deployment;
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const { code, output } = await project.pulumi(command);
      assert.notEqual(code, 0, output);
      assert.match(output, /The resource would be replaced, and Pulumi would record the row of each function twice/);
    }
    assert.deepEqual((await project.exportStack()).deployment.resources, resources);
    assert.deepEqual(emulator.layersOf("a"), ["arn:aws:lambda:us-east-1:123456789012:layer:base:5"]);
  });

  it("is replaced without rows, as the message says, and has rows again afterwards", async () => {
    await project.write({ "index.js": program("views: false") });
    await project.up();
    const { stdout } = await project.succeeds([
      "up",
      "--yes",
      "--skip-preview",
      "--replace",
      "**LayerVersions::layers",
    ]);
    assert.match(stdout, /\+-1 replaced/);
    await project.write({ "index.js": program("") });
    await project.up();
    await project.preview("--expect-no-changes");
    assert.match(await project.exportText(), /"viewOf"/);
  });
});
