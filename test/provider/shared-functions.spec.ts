import assert from "node:assert/strict";
import { cli } from "../cli/harness";
import { type Emulator, startEmulator, type Write } from "../emulator";
import { keepDeployed } from "../support/aws-stack";
import { itSampled } from "../support/counts";
import { createProject, type Project } from "../support/engine";

const config = (version: number) => `layers:
  dynamo:
    version: ${version}
  datadog:
    arn: arn:aws:lambda:us-east-1:464622532012:layer:Datadog
    version: 98
`;

const program = (args: string) => `
const { LayerVersions } = require("pulumi-lambda-layers");
const layers = new LayerVersions("layers", { ${args} });
exports.arn = layers.arn("dynamo");
exports.live = layers.functions;
`;

describe("LayerVersions for functions owned elsewhere", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let project: Project;
  let firstUpdate: string;
  let firstWrites: Write[];
  let restore: () => Promise<void>;

  before(async () => {
    emulator = await startEmulator();
    emulator.seed({
      layers: [
        { name: "dynamo-dev", versions: 8 },
        { name: "other", versions: 3 },
        { name: "Datadog", account: "464622532012", versions: 98, sharedWith: "everyone" },
      ],
      functions: [
        { name: "a", layers: ["other:2", "dynamo-dev:1", "arn:aws:lambda:us-east-1:464622532012:layer:Datadog:90"] },
        { name: "b", layers: ["dynamo-dev:5"] },
        { name: "unrelated", layers: ["dynamo-dev:1"] },
      ],
    });
    project = await createProject({
      files: {
        "index.js": program(`functions: { names: ["a", "b"] }`),
        "layer_config.yaml": config(5),
      },
      settings: { runtime: { name: "nodejs", options: { typescript: false } }, main: "index.js" },
      config: { "aws:region": "us-east-1" },
      env: emulator.env,
    });
    // Its preview comes first.
    firstUpdate = (await project.succeeds(["up", "--yes"])).stdout;
    firstWrites = emulator.writes();
    restore = await keepDeployed(project, emulator);
  });
  beforeEach(async () => {
    await restore();
    await project.write({ "layer_config.yaml": config(5) });
  });

  after(async () => {
    await project?.dispose();
    await emulator?.close();
  });

  const versions = (name: string) => emulator.layersOf(name).map((arn) => arn.split(":").slice(6).join(":"));

  it("shows in a preview what will move", () => {
    assert.match(firstUpdate, /Function a: Layer dynamo-dev version 1 -> 5/);
    assert.match(firstUpdate, /Function a: Layer Datadog version 90 -> 98/);
    assert.doesNotMatch(firstUpdate, /Function b|unrelated|other/);
  });

  it("moves the functions in order and waits", () => {
    assert.deepEqual(versions("a"), ["other:2", "dynamo-dev:5", "Datadog:98"]);
    assert.deepEqual(versions("b"), ["dynamo-dev:5"]);
    assert.deepEqual(versions("unrelated"), ["dynamo-dev:1"]);
    assert.deepEqual(
      firstWrites.map(({ operation }) => operation),
      ["UpdateFunctionConfiguration"],
    );
  });

  it("moves only what a bump of the config affects, shown by property with --diff", async () => {
    await project.write({ "layer_config.yaml": config(6) });
    const { stdout } = await project.succeeds(["up", "--yes", "--diff"]);
    assert.match(stdout, /dynamo-dev: 5 => 6/);
    assert.deepEqual(versions("b"), ["dynamo-dev:6"]);
    assert.equal(emulator.counts().UpdateFunctionConfiguration, 2);
  });

  it("shows out-of-band drift in a preview that writes nothing, and repairs it", async () => {
    emulator.edit("b", { Layers: ["dynamo-dev:3"] });
    const plain = await project.preview();
    assert.match(plain.stdout, /Function b: Layer dynamo-dev version 3 -> 5/);
    assert.match(plain.stdout, /\[diff: \+drift\]/);
    assert.deepEqual(emulator.writes(), []);
    await project.up();
    assert.deepEqual(versions("b"), ["dynamo-dev:5"]);
    assert.equal(emulator.counts().UpdateFunctionConfiguration, 1);
  });

  itSampled("shows drift by property, and repairs what a refresh has recorded", async () => {
    emulator.edit("b", { Layers: ["dynamo-dev:2"] });
    const byProperty = await project.preview("--diff");
    assert.match(byProperty.stdout, /\+ drift +: \{\s+\+ b: \{\s+\+ dynamo-dev: 2/);
    const refresh = await project.succeeds(["refresh", "--yes", "--skip-preview", "--diff"]);
    assert.match(refresh.stdout, /5 => 2/);
    const { stdout } = await project.preview("--diff");
    assert.match(stdout, /dynamo-dev: 2 => 5/);
    await project.up();
    assert.deepEqual(versions("b"), ["dynamo-dev:5"]);
    await project.preview("--expect-no-changes");
  });

  itSampled(
    "attaches a layer that AWS has lost again, which a preview shows before a refresh and after it",
    async () => {
      emulator.edit("a", { Layers: ["other:2", "arn:aws:lambda:us-east-1:464622532012:layer:Datadog:98"] });
      const plain = await project.preview();
      assert.match(plain.stdout, /Function a: Layer dynamo-dev version - -> 5/);
      assert.match(plain.stdout, /\[diff: \+.*lost.*\]/);
      await project.succeeds(["refresh", "--yes", "--skip-preview"]);
      const status = await cli(["status", "--drifted", "--expect-no-changes"], { cwd: project.dir, env: project.env });
      assert.equal(status.code, 7);
      assert.match(status.stdout, /^! {2}a +dynamo-dev +5 +5 +-$/m);
      const byProperty = await project.preview("--diff");
      const lost =
        /\+ lost +: \{\s+\+ a: \{\s+\+ dynamo-dev: "arn:aws:lambda:us-east-1:123456789012:layer:dynamo-dev:5"/;
      assert.match(byProperty.stdout, lost);
      emulator.resetCounts();
      await project.up();
      assert.deepEqual(versions("a"), ["other:2", "Datadog:98", "dynamo-dev:5"]);
      assert.equal(emulator.counts().UpdateFunctionConfiguration, 1);
      await project.preview("--expect-no-changes");
    },
  );

  itSampled("attaches the only layer of the only function that had it", async () => {
    await project.write({ "index.js": program(`functions: { names: ["b"] }`) });
    await project.up();
    emulator.edit("b", { Layers: [] });
    await project.up("--refresh");
    assert.deepEqual(versions("b"), ["dynamo-dev:5"]);
    await project.up("--expect-no-changes");
  });

  it("fails at preview if a declared version does not exist", async () => {
    await project.write({ "layer_config.yaml": config(77) });
    const { code, output } = await project.pulumi(["preview"]);
    assert.notEqual(code, 0);
    assert.match(output, /Layer version does not exist: arn:aws:lambda:us-east-1:123456789012:layer:dynamo-dev:77/);
    assert.doesNotMatch(output, /at .*\.js:\d+/, "no stack trace");
    assert.deepEqual(emulator.writes(), []);
  });

  it("records no absolute path, no credentials and a small provider", async () => {
    const state = await project.exportStack();
    const text = JSON.stringify(state);
    const resource = state.deployment.resources.find(({ type }: { type: string }) => type.endsWith(":LayerVersions"));
    assert.equal(resource.inputs.configFile, "layer_config.yaml");
    assert.ok(
      resource.inputs.__provider.length < 2500,
      `__provider has ${resource.inputs.__provider.length} characters`,
    );
    for (const secret of [project.dir, emulator.env.AWS_SECRET_ACCESS_KEY, emulator.env.AWS_ACCESS_KEY_ID]) {
      assert.ok(secret && !text.includes(secret));
    }
    assert.deepEqual(Object.keys(resource.inputs).sort(), [
      "__provider",
      "before",
      "configFile",
      "functions",
      "region",
    ]);
  });

  it("keeps the layers on destroy", async () => {
    await project.destroy();
    assert.deepEqual(emulator.writes(), []);
  });
});
