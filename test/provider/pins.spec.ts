// What a preview reports about pins: it fails if the update would, and says what it cannot know.

import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import { createCaseStack } from "../support/case-programs";
import { itSampled } from "../support/counts";
import type { Project } from "../support/engine";
import { run } from "../support/processes";

const base = (version: number) => `arn:aws:lambda:us-east-1:123456789012:layer:base:${version}`;
const stackTrace = /\n\s+at .*:\d+:\d+/;

describe("pins that cannot be applied", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  const stacks: Project[] = [];
  before(async () => {
    emulator = await startEmulator();
    emulator.seed({ layers: ["base", "a", "b", "c", "d", "e"].map((name) => ({ name, versions: 9 })) });
  });
  beforeEach(() => emulator.resetCounts());
  afterEach(() => emulator.allowAll());
  after(async () => {
    await Promise.all(stacks.map((stack) => stack.dispose()));
    await emulator?.close();
  });

  async function stackOf(program: string, files: Record<string, string>, options: { stack?: string } = {}) {
    const stack = await createAwsStack({ env: emulator.env, program: `${preamble}\n${program}`, files, ...options });
    stacks.push(stack);
    return stack;
  }

  it("fail a preview with a non-zero status, and say so once, without a stack trace", async () => {
    const stack = await createCaseStack("preview-exit-0", { env: emulator.env });
    stacks.push(stack);
    for (const args of [["preview"], ["preview", "--json"], ["preview", "--expect-no-changes"]]) {
      const { code, output } = await stack.pulumi(args);
      assert.notEqual(code, 0, args.join(" "));
      assert.match(output, /Layer version does not exist: arn:\S+:layer:base:77, which layer_config.yaml:1 declares/);
      assert.doesNotMatch(output, stackTrace);
    }
    const up = await stack.pulumi(["up", "--yes"]);
    assert.notEqual(up.code, 0);
    assert.deepEqual(emulator.writes(), []);
  });

  itSampled("end an update without a preview without a stack trace, and before the function is changed", async () => {
    const stack = await createCaseStack("preview-exit-0", { env: emulator.env });
    stacks.push(stack);
    const { code, output } = await stack.pulumi(["up", "--yes", "--skip-preview"]);
    assert.notEqual(code, 0);
    assert.match(output, /Layer version does not exist: arn:\S+:layer:base:77/);
    assert.doesNotMatch(output, stackTrace);
    assert.deepEqual(
      emulator
        .functions()
        .map(({ name }) => name)
        .filter((name) => name === "c16-x"),
      [],
    );
  });

  itSampled("include a version that the program itself wrote, a layer twice, and a sixth layer", async () => {
    const stack = await stackOf(
      `
const { LayerVersions } = require("pulumi-lambda-layers");
const layers = new LayerVersions("layers");
fn("asks", { layers: [layers.arn("gone")] });
fn("guesses", { layers: [layers.arn("base")] });
fn("twice", { layers: ["${base(1)}", "${base(2)}"] });
fn("six", { layers: [${["base", "a", "b", "c", "d", "e"].map((name) => `"${base(1).replace("base", name)}"`)}] });
`,
      { "layer_config.yaml": "layers:\n  base: { version: 5 }\n  gone: { version: 3 }\n" },
    );
    const { code, output } = await stack.pulumi(["preview"]);
    assert.notEqual(code, 0);
    assert.match(output, /Layer version does not exist: arn:\S+:layer:gone-dev:3, which layer_config.yaml:3 declares/);
    assert.match(output, /:layer:base-dev:5, .* The layer base exists: if that is the one, add `names: \[base\]`/);
    assert.match(output, /Function twice would have layer base twice, which Lambda does not allow/);
    assert.match(output, /Function six would have 6 layers, but Lambda allows only 5\./);
    assert.doesNotMatch(output, stackTrace);
  });

  itSampled("include an ARN that Lambda cannot accept", async () => {
    const stack = await stackOf(
      `exports.arn = new (require("pulumi-lambda-layers").LayerVersions)("layers").arn("base");`,
      {
        "layer_config.yaml": "layers: { base: { version: 5 } }\n",
        "Pulumi.infra.dev.yaml": "config: {aws:region: us-east-1}\n",
      },
      { stack: "infra.dev" },
    );
    const { code, output } = await stack.pulumi(["preview"]);
    assert.notEqual(code, 0);
    assert.match(output, /results in the name \S*base-infra\.dev/);
    assert.match(output, /names: \[base-infra-dev\]/);
    assert.doesNotMatch(output, stackTrace);
  });

  itSampled("include two entries that match one layer", async () => {
    const stack = await stackOf(`require("pulumi-lambda-layers").pinLayers(); fn("f", { layers: ["${base(1)}"] });`, {
      "layer_config.yaml":
        "layers:\n  base: { version: 5 }\n  other: { version: 6, names: [base] }\n  third: { version: 7, names: [base] }\n",
    });
    const { code, output } = await stack.pulumi(["preview"]);
    assert.notEqual(code, 0);
    assert.match(output, /Layer base is declared twice/);
    assert.doesNotMatch(output, stackTrace);
  });

  it("do not include those that no function uses, which are not looked up", async () => {
    const stack = await stackOf(`require("pulumi-lambda-layers").pinLayers(); fn("f", { layers: ["${base(1)}"] });`, {
      "layer_config.yaml": "layers:\n  base: { version: 5 }\n  unused: { version: 77 }\n",
    });
    await stack.preview();
    assert.deepEqual(emulator.counts(), { GetLayerVersion: 1 });
  });

  itSampled("fail an inline program of the Automation API, but not its process", async () => {
    const stack = await stackOf("", {
      "layer_config.yaml": "layers: { base: { version: 77 } }\n",
      "inline.js": `
const { LocalWorkspace } = require("@pulumi/pulumi/automation");
const program = async () => {
  ${preamble}
  require("pulumi-lambda-layers").pinLayers();
  fn("inline", { layers: ["${base(1)}"] });
};
const run = async (command) => {
  const stack = await LocalWorkspace.selectStack({ stackName: "dev", projectName: "test", program }, { workDir: __dirname });
  const failed = await stack[command]().then(() => undefined, (error) => error);
  console.log(command, failed ? "failed: " + failed.message : "passed");
};
run("preview").then(() => run("up")).then(() => console.log("still here"));
`,
    });
    const { code, output } = await run(process.execPath, ["inline.js"], { cwd: stack.dir, env: stack.env });
    assert.equal(code, 0, output);
    for (const command of ["preview", "up"])
      assert.match(
        output,
        new RegExp(`${command} failed: [\\s\\S]*Layer version does not exist: arn:\\S+:layer:base:77`),
      );
    assert.match(output, /still here/);
    assert.deepEqual(
      emulator.functions().filter(({ name }) => name === "inline"),
      [],
    );
  });

  itSampled("are not affected by options that have no effect on the resource, which says so", async () => {
    const stack = await stackOf(
      `new (require("pulumi-lambda-layers").LayerVersions)("layers", {}, { ignoreChanges: ["functions"], replaceOnChanges: ["functions.f"] });`,
      { "layer_config.yaml": "layers: { base: { version: 5 } }\n" },
    );
    const { output } = await stack.preview();
    assert.match(output, /LayerVersions "layers" has `ignoreChanges: \["functions"\]`, which has no effect/);
    assert.match(output, /LayerVersions "layers" has `replaceOnChanges: \["functions\.f"\]`, which has no effect/);
  });

  itSampled("cause a warning if nobody can know", async () => {
    const stack = await stackOf(
      `
const { LayerVersions } = require("pulumi-lambda-layers");
class Late extends pulumi.dynamic.Resource {
  constructor(name) { super({ create: async () => ({ id: "1", outs: { arn: "${base(2)}", version: 5 } }) }, name, { arn: undefined, version: undefined }); }
}
const late = new Late("late");
new LayerVersions("layers", { layers: { a: { version: late.version } } });
fn("unknown", { layers: [late.arn] });
fn("version", { layers: ["${base(1).replace("base", "a")}"] });
fn("denied", { layers: ["${base(1)}"] });
`,
      { "layer_config.yaml": "layers: { base: { version: 5 } }\n" },
    );
    emulator.deny({ action: "lambda:GetLayerVersion" });
    const { output } = await stack.preview();
    assert.match(output, /Could not check that arn:\S+:layer:base:5, which layer_config.yaml:1 declares/);
    assert.match(output, /Function unknown: a layer is unknown until `pulumi up`\. If layer_config\.yaml/);
    assert.match(
      output,
      /Function version: the version of layer a that the argument layers\.a of LayerVersions "layers" declares is unknown until/,
    );
    emulator.allowAll();
    await stack.up();
    assert.deepEqual(emulator.layersOf("unknown"), [base(5)]);
    assert.deepEqual(emulator.layersOf("version"), [base(5).replace("base", "a")]);
    await stack.preview("--expect-no-changes");
  });
});
