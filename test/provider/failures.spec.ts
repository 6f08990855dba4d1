import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../emulator";
import { itSampled } from "../support/counts";
import { createProject, type Project } from "../support/engine";

const program = (args: string) => `
const { LayerVersions } = require("pulumi-lambda-layers");
new LayerVersions("layers", { ${args} });
`;

const plainNode = { runtime: { name: "nodejs", options: { typescript: false } } };

describe("LayerVersions if something is wrong", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let project: Project;

  const names = Array.from({ length: 20 }, (_, index) => `fn-${String(index).padStart(2, "0")}`);

  before(async () => {
    emulator = await startEmulator();
    emulator.seed({
      layers: [{ name: "dynamo-dev", versions: 8 }],
      functions: names.map((name) => ({ name, layers: ["dynamo-dev:1"] })),
    });
    project = await createProject({
      files: {
        "index.js": program(`functions: { prefix: "fn-" }`),
        "layer_config.yaml": "layers: {dynamo: {version: 5}}",
      },
      settings: { ...plainNode, main: "index.js" },
      env: { ...emulator.env },
    });
  });

  after(async () => {
    await project?.dispose();
    await emulator?.close();
  });

  afterEach(() => emulator.clearFaults());

  it("records the 19 functions that were done if 1 of 20 fails, and does only that one next time", async () => {
    emulator.fault({
      operation: "UpdateFunctionConfiguration",
      resource: "fn-07",
      status: 400,
      code: "InvalidParameterValueException",
      message: "no",
    });
    const failed = await project.pulumi(["up", "--yes", "--skip-preview"]);
    assert.notEqual(failed.code, 0);
    assert.match(failed.output, /Function fn-07 was not updated: /);
    assert.doesNotMatch(failed.output, /Function fn-08/);
    const live = (await project.exportStack()).deployment.resources.at(-1).outputs.functions;
    assert.equal(live["fn-07"]["dynamo-dev"], 1);
    assert.equal(names.filter((name) => live[name]["dynamo-dev"] === 5).length, 19);

    emulator.clearFaults();
    emulator.resetCounts();
    await project.up();
    assert.equal(emulator.counts().UpdateFunctionConfiguration, 1);
    assert.deepEqual(
      emulator.layersOf("fn-07").map((arn) => arn.at(-1)),
      ["5"],
    );
    await project.preview("--expect-no-changes");
  });

  itSampled("restores on destroy what was found before the first change, if configured to", async () => {
    await project.write({ "index.js": program(`functions: { prefix: "fn-" }, onDelete: "restore"`) });
    await project.up();
    emulator.resetCounts();
    await project.destroy();
    assert.equal(emulator.counts().UpdateFunctionConfiguration, 20);
    assert.ok(names.every((name) => emulator.layersOf(name)[0]?.endsWith(":1")));
  });

  it("says at preview what to do about missing credentials", async () => {
    emulator.resetCounts();
    const env = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_EC2_METADATA_DISABLED: "true" };
    const { code, output } = await project.pulumi(["preview"], { env });
    assert.notEqual(code, 0, output);
    assert.match(output, /AWS credentials not configured/);
    assert.match(output, /aws configure/);
    assert.doesNotMatch(output, /\n\s+at .*\(.*:\d+:\d+\)/, "no stack trace");
    assert.deepEqual(emulator.writes(), []);
  });

  it("shows every problem in the config file with its place", async () => {
    await project.write({ "layer_config.yaml": "layers:\n  dynamo:\n    versoin: 5\n" });
    const { code, output } = await project.pulumi(["preview"]);
    assert.notEqual(code, 0);
    assert.match(output, /layer_config.yaml:3:5 unknown-key/);
    assert.match(output, /Did you mean version\?/);
    assert.match(output, /layer_config.yaml:2:3 missing-key/);
    assert.doesNotMatch(output, /\n\s+at .*\(.*:\d+:\d+\)/, "no stack trace");
  });
});
