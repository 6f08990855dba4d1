import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import { createCaseStack } from "../support/case-programs";
import { itSampled } from "../support/counts";
import type { Project } from "../support/engine";

const account = "123456789012";
const base = (version: number, region = "us-east-1") => `arn:aws:lambda:${region}:${account}:layer:base:${version}`;
const stackTrace = /\n\s+at .*:\d+:\d+/;
const provider = `
const { Provider } = require("@pulumi/aws/provider");
const { LayerVersions } = require("pulumi-lambda-layers");
const elsewhere = new Provider("elsewhere", { region: "eu-west-1", skipCredentialsValidation: true, skipRequestingAccountId: true, skipMetadataApiCheck: true, skipRegionValidation: true });
`;

describe("layers of several regions", function () {
  this.timeout(240_000);

  let emulator: Emulator;
  const stacks: Project[] = [];
  before(async () => {
    emulator = await startEmulator();
    for (const region of ["us-east-1", "eu-west-1"]) {
      emulator.seed({
        layers: ["base", "base-dev", "other"].map((name) => ({ name, versions: 9, region })),
        functions: ["c03-ext", "c04-ext", "c17-ext", "by-provider"].map((name) => ({
          name,
          region,
          layers: [base(1, region)],
        })),
      });
    }
  });
  after(async () => {
    await Promise.all(stacks.map((stack) => stack.dispose()));
    await emulator?.close();
  });

  const keep = async (stack: Promise<Project>) => {
    stacks.push(await stack);
    return stack;
  };
  const program = (text: string, files: Record<string, string> = {}) =>
    keep(
      createAwsStack({
        env: emulator.env,
        program: `${preamble}${provider}${text}`,
        files: { "layer_config.yaml": "layers: { base: { version: 5 } }\n", ...files },
      }),
    );
  const layersIn = (region: string, name: string) => emulator.layersOf(name, { region });

  it("are pinned by the resource of their region alone, and stay where they are", async () => {
    const stack = await keep(createCaseStack("two-regions", { env: emulator.env }));
    await stack.up();
    for (const name of ["c04-us", "c04-ext"]) assert.deepEqual(layersIn("us-east-1", name), [base(4)]);
    for (const name of ["c04-eu", "c04-ext"]) assert.deepEqual(layersIn("eu-west-1", name), [base(6, "eu-west-1")]);
    await stack.preview("--expect-no-changes");
    const { stdout } = await stack.up();
    assert.match(stdout, /6 unchanged/);
  });

  itSampled(
    "cannot be declared differently for one region: both resources are named, whichever comes first",
    async () => {
      const stack = await keep(createCaseStack("two-configs", { env: emulator.env }));
      for (const [first, second] of [
        ["a", "b"],
        ["b", "a"],
      ] as const) {
        const version = (name: string) => (name === "a" ? 4 : 6);
        const index = `
const { LayerVersions } = require("pulumi-lambda-layers");
for (const name of ["${first}", "${second}"]) new LayerVersions(name, { configFile: name + ".yaml", functions: { names: ["c03-ext"] } });
`;
        if (first === "b") await stack.write({ "index.js": index });
        const { code, output } = await stack.pulumi(["up", "--yes"]);
        assert.notEqual(code, 0);
        const named = [first, second].map(
          (name) => `LayerVersions "${name}" (${name}.yaml:1: version ${version(name)})`,
        );
        assert.ok(output.includes(`Layer base is declared differently by ${named.join(" and ")}`), output);
        assert.doesNotMatch(output, stackTrace);
        assert.deepEqual(layersIn("us-east-1", "c03-ext"), [base(1)]);
      }
    },
  );

  itSampled("cannot be declared differently for a region that only an output reveals", async () => {
    const stack = await program(`
new LayerVersions("a", { layers: { base: { version: 4 } } });
new LayerVersions("b", { region: elsewhere.region, layers: { base: { version: 6 } }, functions: { names: ["c03-ext"] } });
`);
    const { code, output } = await stack.pulumi(["preview"]);
    assert.notEqual(code, 0);
    assert.match(output, /declared differently by LayerVersions "a" \(layers\.base: version 4\) and LayerVersions "b"/);
    assert.doesNotMatch(output, stackTrace);
  });

  itSampled("may be declared by two resources that say the same", async () => {
    const stack = await program(
      `
const { pinLayers } = require("pulumi-lambda-layers");
pinLayers();
new LayerVersions("one");
new LayerVersions("two", { configFile: "eu.yaml", region: "eu-west-1", layers: { base: { version: "5" } } });
fn("same", { layers: ["${base(1)}"] });
`,
      { "eu.yaml": "layers: { base: { version: 6 } }\n" },
    );
    await stack.up();
    assert.deepEqual(layersIn("us-east-1", "same"), [base(5)]);
  });

  itSampled("use the provider that a component passes to its children", async () => {
    const stack = await keep(createCaseStack("explicit-provider", { env: emulator.env }));
    const { stdout } = await stack.preview();
    assert.match(stdout, /Function c17-ext: Layer base version 1 -> 5/);
    assert.match(stdout, /arn:aws:lambda:eu-west-1:\d+:layer:base-dev:5/);
    await stack.up();
    assert.deepEqual(layersIn("eu-west-1", "c17-ext"), [base(5, "eu-west-1")]);
    assert.deepEqual(layersIn("us-east-1", "c17-ext"), [base(1)]);
    assert.deepEqual(layersIn("eu-west-1", "c17-eu"), [base(5, "eu-west-1")]);
    await stack.preview("--expect-no-changes");
  });

  itSampled("are set by an argument, not by a provider", async () => {
    const stack = await keep(createCaseStack("explicit-provider", { env: { ...emulator.env, MODE: "direct" } }));
    const { code, output } = await stack.pulumi(["preview"]);
    assert.notEqual(code, 0);
    assert.match(output, /LayerVersions "l" cannot use the option `provider`.*`region: provider\.region`/);
    assert.doesNotMatch(output, stackTrace);

    const remedied = await program(
      `new LayerVersions("l", { region: elsewhere.region, functions: { names: ["by-provider"] } });`,
    );
    assert.match((await remedied.preview()).stdout, /Function by-provider: Layer base version 1 -> 5/);
    await remedied.up();
    assert.deepEqual(layersIn("eu-west-1", "by-provider"), [base(5, "eu-west-1")]);
    await remedied.preview("--expect-no-changes");
  });

  itSampled("are in the function's own region if an ARN is requested", async () => {
    const dev = (region: string) => base(5, region).replace("base", "base-dev");
    const stack = await program(`
const layers = new LayerVersions("layers");
fn("arn-us", { layers: [layers.arn("base")] });
fn("arn-provider", { layers: [layers.arn("base")] }, { provider: elsewhere });
fn("arn-region", { layers: [layers.arn("base")], region: "eu-west-1" });
exports.told = layers.arn("base", { region: elsewhere.region });
`);
    const { stdout } = await stack.preview();
    assert.match(stdout, new RegExp(`told *: "${dev("eu-west-1")}"`));
    await stack.up();
    assert.deepEqual(layersIn("us-east-1", "arn-us"), [dev("us-east-1")]);
    assert.deepEqual(layersIn("eu-west-1", "arn-provider"), [dev("eu-west-1")]);
    assert.deepEqual(layersIn("eu-west-1", "arn-region"), [dev("eu-west-1")]);
  });
});
