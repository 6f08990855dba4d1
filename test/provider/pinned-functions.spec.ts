import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, keepDeployed, preamble, recorded } from "../support/aws-stack";
import { itSampled } from "../support/counts";
import type { Project } from "../support/engine";

const dynamo = (version: number) => `arn:aws:lambda:us-east-1:123456789012:layer:dynamo-dev:${version}`;
const other = (version: number) => `arn:aws:lambda:us-east-1:123456789012:layer:other:${version}`;
const config = (version: number) => `layers: {dynamo: {version: ${version}}, fresh: {version: 1}}\n`;

const program = `${preamble}
const { LayerVersions } = require("pulumi-lambda-layers");
const layers = new LayerVersions("layers", { functions: { prefix: "fn-" } });

class Service extends pulumi.ComponentResource {
  constructor(name) {
    super("test:index:Service", name);
    fn("fn-child", { layers: ["${dynamo(1)}"] }, { parent: this });
  }
}
fn("fn-literal", { layers: ["${other(2)}", "${dynamo(1)}"] });
new Service("service");
fn("fn-list-output", { layers: pulumi.output(["${dynamo(1)}", "${other(1)}"]) });
fn("fn-element-output", { layers: [pulumi.output("${dynamo(1)}"), "${other(1)}"] });
fn("fn-secret", { layers: [pulumi.secret("${dynamo(1)}")] });
const published = new lambda.LayerVersion("published", { layerName: "fresh", code });
fn("fn-unknown", { layers: [published.arn, "${dynamo(1)}"] });
fn("fn-asked", { layers: [layers.arn("dynamo")] }, { dependsOn: [layers] });
fn("fn-ignored", { layers: ["${dynamo(1)}"] }, { ignoreChanges: ["layers"] });
fn("fn-auto", { name: undefined, layers: ["${dynamo(1)}"] });
fn("fn-none", {});
exports.arn = layers.arn("dynamo");
`;

describe("pinned functions", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let stack: Project;
  let firstOutput: string;
  let restore: () => Promise<void>;

  before(async () => {
    emulator = await startEmulator();
    emulator.seed({
      layers: [
        { name: "dynamo-dev", versions: 8, deleted: [3] },
        { name: "other", versions: 3 },
      ],
      functions: [{ name: "fn-elsewhere", layers: ["dynamo-dev:1"] }],
    });
    stack = await createAwsStack({
      env: emulator.env,
      program,
      files: { "layer_config.yaml": config(5) },
    });
    firstOutput = (await stack.up()).output;
    // The first up looks for functions while it creates this one, and may or may not have seen it.
    if (!emulator.layersOf("fn-ignored")[0]?.endsWith(":5")) await stack.up();
    restore = await keepDeployed(stack, emulator);
  });
  beforeEach(async () => {
    await restore();
    await stack.write({ "layer_config.yaml": config(5) });
  });

  after(async () => {
    await stack?.dispose();
    await emulator?.close();
  });

  const versions = (name: string) => emulator.layersOf(name).map((arn) => arn.split(":").slice(6).join(":"));

  it("are created with the declared versions, in any form and inside components, in order", () => {
    assert.deepEqual(versions("fn-literal"), ["other:2", "dynamo-dev:5"]);
    assert.deepEqual(versions("fn-child"), ["dynamo-dev:5"]);
    assert.deepEqual(versions("fn-list-output"), ["dynamo-dev:5", "other:1"]);
    assert.deepEqual(versions("fn-element-output"), ["dynamo-dev:5", "other:1"]);
    assert.deepEqual(versions("fn-secret"), ["dynamo-dev:5"]);
    assert.deepEqual(versions("fn-asked"), ["dynamo-dev:5"]);
    assert.deepEqual(versions("fn-unknown"), ["fresh:1", "dynamo-dev:5"]);
    assert.equal(versions("fn-none").length, 0);
    assert.match(firstOutput, new RegExp(`arn *: "${dynamo(5)}"`));
    // The resource reconciles it, so its pin needs no warning.
    assert.doesNotMatch(firstOutput, /Function fn-ignored:/);
  });

  it("leave functions owned elsewhere to the resource, which lists none of its own program's", async () => {
    assert.deepEqual(versions("fn-elsewhere"), ["dynamo-dev:5"]);
    const { resources } = (await stack.exportStack()).deployment;
    const resource = resources.find(({ type }: { type: string }) => type.endsWith(":LayerVersions"));
    const names = Object.keys(resource.inputs.functions).filter((name) => name !== "fn-ignored");
    assert.deepEqual(names, ["fn-elsewhere"]);
  });

  it("can be reconciled by the resource if ignoreChanges disables the pin", () => {
    assert.deepEqual(versions("fn-ignored"), ["dynamo-dev:5"]);
  });

  it("keep secret layers secret", async () => {
    assert.doesNotMatch(JSON.stringify(await recorded(stack, "fn-secret")), /layer:dynamo-dev/);
  });

  it("show no changes the second time, and a bump as a native diff on layers", async () => {
    await stack.preview("--expect-no-changes");
    await stack.write({ "layer_config.yaml": config(6) });
    const { stdout } = await stack.succeeds(["up", "--yes", "--diff"]);
    assert.match(
      stdout,
      /"arn:aws:lambda:us-east-1:123456789012:layer:dynamo-dev:5" => "arn:aws:lambda:us-east-1:123456789012:layer:dynamo-dev:6"/,
    );
    assert.deepEqual(versions("fn-literal"), ["other:2", "dynamo-dev:6"]);
  });

  itSampled("are moved by `up --refresh` after their provider failed to", async () => {
    await stack.write({ "layer_config.yaml": config(7) });
    emulator.fault({
      operation: "UpdateFunctionConfiguration",
      resource: "fn-literal",
      times: 1,
      status: 400,
      code: "InvalidParameterValueException",
    });
    assert.notEqual((await stack.pulumi(["up", "--yes", "--skip-preview"])).code, 0);
    assert.deepEqual(versions("fn-literal"), ["other:2", "dynamo-dev:5"]);
    await stack.up("--refresh");
    assert.deepEqual(versions("fn-literal"), ["other:2", "dynamo-dev:7"]);
    await stack.preview("--expect-no-changes");
  });

  it("fail at preview if a declared version does not exist", async () => {
    await stack.write({ "layer_config.yaml": "layers: {dynamo: {version: 77}}\n" });
    const { code, output } = await stack.pulumi(["up", "--yes"]);
    assert.notEqual(code, 0);
    assert.match(output, /Layer version does not exist: arn:aws:lambda:us-east-1:123456789012:layer:dynamo-dev:77/);
    assert.match(output, /The newest version is 8: publish this one first, or declare a version that exists\./);
    assert.doesNotMatch(output, /\n\s+at .*:\d+:\d+/, "no stack trace");
    assert.deepEqual(emulator.writes(), []);
  });

  itSampled("distinguish a deleted version from one that was never published, if permitted", async () => {
    await stack.write({ "layer_config.yaml": "layers: {dynamo: {version: 3}}\n" });
    const deleted = await stack.pulumi(["preview"]);
    assert.match(deleted.output, /It was deleted, and its number is never used again: declare a version that exists\./);
    emulator.deny({ action: "lambda:ListLayerVersions" });
    const unknown = await stack.pulumi(["preview"]);
    assert.match(unknown.output, /Declare a version that exists\. A deleted version number is never used again\./);
  });
});
