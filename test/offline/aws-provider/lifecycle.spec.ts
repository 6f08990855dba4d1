import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../emulator";
import { createAwsStack, preamble, recorded } from "../../support/aws-stack";
import { itSampled } from "../../support/counts";
import type { Project } from "../../support/engine";

const base = (version: number) => `arn:aws:lambda:us-east-1:123456789012:layer:base:${version}`;
const own = (version: number) => `arn:aws:lambda:us-east-1:123456789012:layer:own:${version}`;

/** A program with its own layer version, two functions that use layers and one in a component that never did. */
const program = ({ layers = [base(1)], text = "1", extra = "" } = {}) => `${preamble}
const text = new pulumi.asset.StringAsset(${JSON.stringify(text)});
const own = new lambda.LayerVersion("own", { layerName: "own", code: new pulumi.asset.AssetArchive({ "a.txt": text }) });
fn("api", { layers: ${JSON.stringify(layers)} });
fn("worker", { name: undefined, layers: [${JSON.stringify(base(1))}, own.arn] });
fn("hidden", { layers: [pulumi.secret(${JSON.stringify(base(2))})] });
const component = new pulumi.ComponentResource("my:mod:Component", "component");
fn("plain", {}, { parent: component });
${extra}`;

describe("aws provider: the life of a stack", function () {
  this.timeout(180_000);
  let emulator: Emulator;
  let stack: Project;
  let firstPreview: string;
  let firstWrites: readonly unknown[];

  before(async () => {
    emulator = await startEmulator();
    emulator.seed({ layers: [{ name: "base", versions: 5 }] });
    stack = await createAwsStack({ env: emulator.env, program: program() });
    firstPreview = (await stack.preview("--diff")).stdout;
    firstWrites = emulator.writes();
    await stack.up();
  });
  after(async () => {
    await stack?.dispose();
    await emulator?.close();
  });

  const layersIn = async (name: string) => {
    const { inputs, outputs } = await recorded(stack, name);
    return { inputs: inputs.layers, outputs: outputs.layers };
  };

  itSampled("previews a new stack without a write, and what depends on it as unknown", async () => {
    assert.match(firstPreview, /layers +: \[\n +\[0\]: "arn:.*:layer:base:1"\n +\[1\]: \[unknown\]/);
    assert.match(firstPreview, /layers +: \[secret\]/);
    assert.match(firstPreview, /\+ 7 to create/);
    assert.deepEqual(firstWrites, []);
  });

  it("creates it and records what a later preview finds unchanged", async () => {
    assert.deepEqual(emulator.layersOf("api"), [base(1)]);
    assert.deepEqual(await layersIn("api"), { inputs: [base(1)], outputs: [base(1)] });
    assert.deepEqual(await layersIn("worker"), { inputs: [base(1), own(1)], outputs: [base(1), own(1)] });
    assert.deepEqual(await layersIn("plain"), { inputs: undefined, outputs: null });
    emulator.resetCounts();
    const { stdout } = await stack.preview("--expect-no-changes");
    assert.match(stdout, /7 unchanged/);
    assert.deepEqual(emulator.writes(), []);
  });

  it("invents a name that it keeps", async () => {
    const { inputs, outputs, id } = await recorded(stack, "worker");
    assert.match(inputs.name, /^worker-[0-9a-f]{7}$/);
    assert.deepEqual([outputs.name, id], [inputs.name, inputs.name]);
    assert.ok(inputs.__defaults.includes("name"));
  });

  it("keeps a list with a secret element out of the state's plain text", async () => {
    assert.deepEqual(emulator.layersOf("hidden"), [base(2)]);
    assert.ok(!(await stack.exportText()).includes(base(2)));
    const { inputs, outputs } = await layersIn("hidden");
    for (const value of [inputs, outputs]) assert.equal(value["4dabf18193072939515e22adb298388d"].length, 32);
  });

  it("shows a change of layers element by element, makes it in place, and sees drift only in a refresh", async () => {
    await stack.write({ "index.js": program({ layers: [base(2), own(1)] }) });
    const { stdout } = await stack.preview("--diff");
    assert.match(
      stdout,
      new RegExp(`~ layers: \\[\\n +~ \\[0\\]: "${base(1)}" => "${base(2)}"\\n +\\+ \\[1\\]: "${own(1)}"`),
    );
    assert.match((await stack.preview()).stdout, /Function +api +update +\[diff: ~layers\]/);
    emulator.resetCounts();
    await stack.up();
    assert.deepEqual(emulator.layersOf("api"), [base(2), own(1)]);
    assert.deepEqual(await layersIn("api"), { inputs: [base(2), own(1)], outputs: [base(2), own(1)] });
    assert.deepEqual(
      emulator.writes().map(({ operation, resource }) => [operation, resource]),
      [["UpdateFunctionConfiguration", "api"]],
    );

    // Out-of-band changes are not seen until a refresh records them in outputs and inputs.
    emulator.edit("api", { Layers: [base(4), own(1)] });
    emulator.edit("plain", { Layers: [base(1)] });
    await stack.preview("--expect-no-changes");
    const refresh = await stack.succeeds(["refresh", "--yes", "--skip-preview", "--diff"]);
    assert.match(refresh.stdout, new RegExp(`~ \\[0\\]: "${base(2)}" => "${base(4)}"`));
    assert.deepEqual(await layersIn("api"), { inputs: [base(4), own(1)], outputs: [base(4), own(1)] });
    assert.deepEqual(await layersIn("plain"), { inputs: undefined, outputs: [base(1)] });
    await stack.up();
    assert.deepEqual(emulator.layersOf("api"), [base(2), own(1)]);
    assert.deepEqual(emulator.layersOf("plain"), []);
    assert.deepEqual(await layersIn("plain"), { inputs: undefined, outputs: [] });
  });

  itSampled("records removed layers as an empty list", async () => {
    await stack.write({ "index.js": program({ layers: [] }).replace("{ layers: [] }", "{}") });
    await stack.up();
    assert.deepEqual(emulator.layersOf("api"), []);
    assert.deepEqual(await layersIn("api"), { inputs: undefined, outputs: [] });
  });

  itSampled("publishes new content as a new layer version, and moves the functions that use it", async () => {
    await stack.write({ "index.js": program({ text: "2" }) });
    const { stdout } = await stack.preview("--diff");
    assert.match(stdout, /LayerVersion: \(replace\)/);
    assert.match(stdout, new RegExp(`~ \\[1\\]: "${own(1)}" => \\[unknown\\]`));
    await stack.up();
    assert.deepEqual((await layersIn("worker")).outputs, [base(1), own(2)]);
    assert.equal((await recorded(stack, "own")).id, own(2));
  });

  itSampled("replaces a function whose name changes", async () => {
    await stack.write({ "index.js": program({ text: "2" }).replace('fn("api", {', 'fn("api", { name: "renamed",') });
    const { stdout } = await stack.preview("--diff");
    assert.match(stdout, /~ name *: "api" => "renamed"/);
    await stack.up();
    const names = emulator.functions().map(({ name }) => name);
    assert.ok(names.includes("renamed") && !names.includes("api"), `there are ${names}`);
  });

  itSampled("destroys everything but what is to be kept", async () => {
    await stack.write({ "index.js": program({ text: "2", extra: 'fn("kept", { skipDestroy: true });' }) });
    await stack.up();
    await stack.destroy();
    assert.deepEqual(
      emulator.functions().map(({ name }) => name),
      ["kept"],
    );
  });
});
