import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import { itSampled } from "../support/counts";
import { checkout, type Project } from "../support/engine";
import type { RunOptions } from "../support/processes";
import { awsFunction, layer, stateOf } from "../support/states";

const pack = ["--policy-pack", join(checkout, "policy-pack")];
const remediating = [...pack, "--policy-pack-config", "remediate.json"];
const drifting = `${preamble}
  fn("api", { layers: ["${layer("base-dev", 1)}", "${layer("theirs", 2)}"] });
  fn("worker", { layers: ["${layer("base-dev", 5)}"] });`;
const configText = "layers:\n  base:\n    version: 5\n  theirs:\n    version: 2\n";

/** The lines of the output that start with a policy's message. */
function said(output: string, start: string): string[] {
  return output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith(start));
}

describe("the policy pack on the engine", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let stack: Project;
  before(async () => {
    emulator = await startEmulator();
    emulator.seed({
      layers: [
        { name: "base-dev", versions: 5 },
        { name: "theirs", versions: 2 },
      ],
    });
    stack = await createAwsStack({
      env: emulator.env,
      program: drifting,
      files: {
        "layer_config.yaml": configText,
        "remediate.json": { "layer-version-pinned": "remediate" },
        "disabled.json": {
          "layer-version-pinned": { enforcementLevel: "disabled", layers: { base: { version: 1 } } },
        },
        "pinned.json": { "layer-version-pinned": { configFile: "config/six.yaml" } },
        "inline.json": { "layer-version-pinned": { layers: { base: { version: 4 }, theirs: { version: 2 } } } },
        "config/six.yaml": "layers: { base: { version: 6 }, theirs: { version: 2 } }\n",
        "config/three.yaml": "layers: { base: { version: 3 }, theirs: { version: 2 } }\n",
        "recorded.json": stateOf([
          awsFunction("api", [layer("base-dev", 1), layer("theirs", 2)]),
          awsFunction("worker", [layer("base-dev", 5)]),
        ]),
        "misspelt.json": { "layer-version-pined": "remediate", "layer-declared": { cofigFile: "x.yaml" } },
        "base.json": { "layer-version-pinned": { layers: { base: { version: 1 } } } },
        "broken.yaml": "layers:\n  base:\n    version: five\n",
      },
    });
  });
  after(async () => {
    await stack.dispose();
    await emulator.close();
  });

  beforeEach(() => emulator.resetCounts());

  /** Runs the pack on a state, without a program. */
  const analyze = (file: string, args: readonly string[] = [], options: RunOptions = {}) =>
    stack.pulumi(["policy", "analyze", "--file", file, ...pack, ...args], options);

  it("stops a drifting program before AWS is changed", async () => {
    const { code, output } = await stack.pulumi(["up", "--yes", ...pack]);
    assert.notEqual(code, 0);
    assert.match(output, /\[mandatory\] \[severity: high\] {2}layer-version-pinned {2}\(aws:lambda:Function: api\)/);
    assert.deepEqual(said(output, "Function "), ["Function api: Layer base-dev version 1 -> 5"]);
    assert.match(output, /layer_config\.yaml:3:14 declares version 5\. Set version 5 in the program/);
    assert.deepEqual(emulator.writes(), []);
  });

  itSampled("stops it without a preview too", async () => {
    const { code } = await stack.pulumi(["up", "--yes", "--skip-preview", ...pack]);
    assert.notEqual(code, 0);
    assert.deepEqual(
      emulator.writes().filter(({ resource }) => resource === "api"),
      [],
    );
  });

  it("deploys the declared versions instead, if configured to, and the preview shows it", async () => {
    const preview = await stack.preview("--diff", ...remediating);
    const change = `~ [0]: "${layer("base-dev", 1)}" => "${layer("base-dev", 5)}"`;
    assert.match(preview.output, /\[remediate\] {2}layer-version-pinned {2}\(aws:lambda:Function: api\)/);
    assert.ok(preview.output.includes(change), preview.output);

    await stack.up(...remediating);
    assert.deepEqual(emulator.layersOf("api"), [layer("base-dev", 5), layer("theirs", 2)]);
    assert.deepEqual(emulator.layersOf("worker"), [layer("base-dev", 5)]);
    await stack.preview("--expect-no-changes", ...remediating);
    await stack.write({ "deployed.json": await stack.exportText() });
    const analysis = await analyze("deployed.json");
    assert.equal(analysis.code, 0, analysis.output);

    // Nothing but the layers differs from what a run without the pack deploys.
    const without = await stack.preview("--diff");
    assert.ok(without.output.includes(`~ [0]: "${layer("base-dev", 5)}" => "${layer("base-dev", 1)}"`), without.output);
    assert.doesNotMatch(without.output, /[~+-] (code|role|name)\b/);
  });

  it("analyzes an exported state without a program", async () => {
    const { code, output } = await analyze("recorded.json", ["--policy-pack-config", "inline.json"]);
    assert.notEqual(code, 0);
    assert.deepEqual(said(output, "Function ").sort(), [
      "Function api: Layer base-dev version 1 -> 4",
      "Function worker: Layer base-dev version 5 -> 4",
    ]);
  });

  itSampled("takes the config from the settings, the variable, or the caller's directory", async () => {
    const expectVersion = async (to: number, args: readonly string[], env = {}) => {
      const { output } = await analyze("recorded.json", args, { env });
      assert.deepEqual(said(output, "Function api"), [`Function api: Layer base-dev version 1 -> ${to}`], output);
    };
    const LAMBDA_LAYERS_CONFIG = "config/three.yaml";
    await expectVersion(6, ["--policy-pack-config", "pinned.json"], { LAMBDA_LAYERS_CONFIG });
    await expectVersion(3, [], { LAMBDA_LAYERS_CONFIG });
    await expectVersion(5, []);

    const { output } = await analyze("recorded.json", ["--policy-pack-config", "disabled.json"]);
    assert.match(output, /Function api: Layer theirs version 2 is not declared in the policy's configuration/);
    assert.doesNotMatch(output, /layer-version-pinned/);
  });

  itSampled("resolves paths against the caller's directory, even with -C", async () => {
    const elsewhere = join(dirname(stack.dir), "elsewhere", "deep");
    await mkdir(elsewhere, { recursive: true });
    const run = (...args: string[]) => stack.pulumi(["-C", stack.dir, ...args], { cwd: elsewhere });
    const recorded = join(stack.dir, "recorded.json");

    const missing = await run("policy", "analyze", "--file", recorded, ...pack);
    assert.notEqual(missing.code, 0);
    const notFound = `No layer config: there is no layer_config.yaml in ${elsewhere} or a directory above it`;
    assert.deepEqual(said(missing.output, "No layer config"), [
      `${notFound}, up to ${elsewhere}. Nothing was checked.`,
    ]);
    assert.match(missing.output, /Set `configFile` in the configuration of layer-version-pinned/);

    // The search ends at the root of a repository: without one, nothing above the directory is used.
    await mkdir(join(elsewhere, "..", ".git"));
    await stack.write({ "../elsewhere/layer_config.yaml": configText });
    const found = await run("preview", ...pack);
    assert.match(found.output, /Function api: Layer base-dev version 1 -> 5\s+\.\.\/layer_config\.yaml:3:14 declares/);

    const relative = { "layer-version-pinned": { configFile: "../../project/config/three.yaml" } };
    await stack.write({ "relative.json": relative });
    const settings = ["--policy-pack-config", join(stack.dir, "relative.json")];
    const named = await run("policy", "analyze", "--file", recorded, ...pack, ...settings);
    assert.match(named.output, /Function api: Layer base-dev version 1 -> 3\s+\S*three\.yaml:1:28 declares/);
  });

  it("prints one message for one violation in two hundred functions", async () => {
    const versions = Array.from({ length: 200 }, (_, index) => (index === 77 ? 4 : 5));
    const functions = versions.map((version, index) => awsFunction(`f${index}`, [layer("base-dev", version)]));
    await stack.write({ "many.json": stateOf(functions) });
    const { code, output } = await analyze("many.json");
    assert.notEqual(code, 0);
    assert.deepEqual(said(output, "Function "), ["Function f77: Layer base-dev version 4 -> 5"]);
    assert.equal(output.match(/\[mandatory\]/g)?.length, 1);
  });

  itSampled(
    "ends before anything is checked if a policy or a setting in its configuration does not exist",
    async () => {
      const { code, output } = await analyze("recorded.json", ["--policy-pack-config", "misspelt.json"]);
      assert.notEqual(code, 0);
      assert.match(output, /configuring policy pack "pulumi-lambda-layers": The policy configuration is not valid\./);
      assert.match(output, /layer-declared has no setting "cofigFile"\. Did you mean configFile\?/);
      assert.match(output, /there is no policy "layer-version-pined"\. Did you mean layer-version-pinned\?/);
      assert.deepEqual(said(output, "Function "), []);
      assert.doesNotMatch(output, /\n\s+at /);
    },
  );

  itSampled("names layers that are there twice, and ignores Lambda's own", async () => {
    const file = (name: string) => join(checkout, "test/data/cases", name, "export.json");
    const config = ["--policy-pack-config", "base.json"];
    const twice = await analyze(file("duplicates"), config);
    assert.deepEqual(
      said(twice.output, "Function ")
        .filter((line) => line.includes("is listed 2 times"))
        .sort(),
      ["one-good-one-bad", "py-req", "same-twice"].map(
        (name) => said(twice.output, `Function ${name}: Layer base is listed 2 times: layer 1 (version 1`)[0],
      ),
      twice.output,
    );
    const builtIn = await analyze(file("awslayer"), config);
    assert.equal(builtIn.code, 0, builtIn.output);
    assert.doesNotMatch(builtIn.output, /awslayer|Invalid/);
  });

  itSampled("reports an invalid config once, with line and column", async () => {
    const { code, output } = await analyze("recorded.json", [], { env: { LAMBDA_LAYERS_CONFIG: "broken.yaml" } });
    assert.notEqual(code, 0);
    assert.equal(output.match(/\[mandatory\]/g)?.length, 1, output);
    assert.match(output, /broken\.yaml:3:14 .*version must be a whole number/);
    assert.doesNotMatch(output, /\n\s+at /);
  });
});

describe("the policy pack on the engine, with special values", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator();
    emulator.seed({ layers: [{ name: "base-dev", versions: 5 }] });
  });
  after(() => emulator.close());

  itSampled("reports what is not known yet, and prints no secret", async () => {
    const secretArn = layer("base-dev", 2).replace("123456789012", "210987654321");
    const stack = await createAwsStack({
      env: emulator.env,
      program: `${preamble}
        const own = new lambda.LayerVersion("own", { layerName: "own", code });
        fn("unknown", { layers: [own.arn, "${layer("base-dev", 5)}", "${layer("extra", 5)}"] });
        fn("older", { layers: ["${layer("extra", 4)}"] });
        fn("hidden", { layers: [pulumi.secret("${secretArn}")] });
        fn("odd", { layers: [pulumi.secret("arn:aws:s3:::top-secret-bucket")] });`,
      files: { "layer_config.yaml": configText },
    });
    try {
      const { code, output } = await stack.pulumi(["preview", "--diff", ...pack]);
      assert.notEqual(code, 0);
      assert.equal(output.match(/\[advisory\][^\n]*layer-version-pinned/g)?.length, 1);
      assert.match(output, /layer 1 of function unknown: not yet known, checked during the update/);
      assert.match(output, /Layer extra is used at 2 versions: version 4 in older; version 5 in unknown\./);
      assert.match(output, /'layer-consistency' .*: which layers unknown will have: not yet known, checked/);
      assert.match(output, /Function hidden: Layer base-dev version 2 -> 5/);
      assert.match(output, /Function odd: Invalid layer ARN format: layer 1: it is the ARN of another service/);
      assert.ok(!output.includes("210987654321") && !output.includes("top-secret"), output);
    } finally {
      await stack.dispose();
    }
  });
});
