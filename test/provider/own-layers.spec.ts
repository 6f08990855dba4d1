// Layers that the program itself publishes: the most common program of all.

import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import { itSampled } from "../support/counts";
import type { Project } from "../support/engine";

const own = (version: number, name = "own") => `arn:aws:lambda:us-east-1:123456789012:layer:${name}:${version}`;
const head = `${preamble}
const { LayerVersions, pinLayers } = require("pulumi-lambda-layers");
const content = new pulumi.asset.AssetArchive({ "x.js": new pulumi.asset.StringAsset(require("fs").readFileSync("content.txt", "utf8")) });
const publish = (name, args = {}, options = {}) => new lambda.LayerVersion(name, { layerName: name, code: content, ...args }, options);
`;
const warned =
  /Layer (\S+) is published by the program itself \(LayerVersion \S+\), and \S+ declares its version as a number/g;

describe("layers that the program publishes", function () {
  this.timeout(240_000);

  let emulator: Emulator;
  const stacks: Project[] = [];
  beforeEach(async () => {
    emulator = await startEmulator();
  });
  afterEach(async () => {
    await Promise.all(stacks.splice(0).map((stack) => stack.dispose()));
    await emulator?.close();
  });

  async function stackOf(program: string, config?: string): Promise<Project> {
    const stack = await createAwsStack({
      env: emulator.env,
      program: `${head}${program}`,
      files: { "content.txt": "1", ...(config !== undefined && { "layer_config.yaml": config }) },
    });
    stacks.push(stack);
    return stack;
  }
  const layersOf = (name: string) => emulator.layersOf(name);

  it("are followed in the same update if their version is an output, even by functions elsewhere", async () => {
    const stack = await stackOf(`
const own = publish("own");
const layers = new LayerVersions("layers", { layers: { own: { version: own.version } }, functions: { prefix: "elsewhere" } });
fn("output", { layers: [own.arn] });
fn("literal", { layers: ["${own(1)}"] });
fn("asked", { layers: [layers.arn("own")] });
exports.live = layers.functions;
`);
    // Published before, by someone else: this program's first version is the second.
    emulator.seed({
      layers: [{ name: "own", versions: 1 }],
      functions: [{ name: "elsewhere", layers: [own(1)] }],
    });
    await stack.up();
    await stack.write({ "content.txt": "2" });
    const { output } = await stack.preview("--diff");
    assert.doesNotMatch(output, /warning/);
    assert.match(output, /Function elsewhere: Layer own version 2 -> what this update publishes/);
    assert.match(output, /own: 2 => \[unknown\]/);
    await stack.up();
    for (const name of ["output", "literal", "asked", "elsewhere"]) assert.deepEqual(layersOf(name), [own(3)], name);
    await stack.preview("--expect-no-changes");
    await stack.destroy();
    assert.deepEqual(layersOf("elsewhere"), [own(3)]);
  });

  itSampled(
    "cause a warning if a number declares them, before and after LayerVersions, and are never called missing",
    async () => {
      const stack = await stackOf(
        `
const before = publish("before");
const layers = new LayerVersions("layers", { functions: { names: ["elsewhere"] } });
const after = publish("after");
publish("kept", { skipDestroy: true });
publish("retained", {}, { retainOnDelete: true });
publish("undeclared");
fn("output", { layers: [before.arn, after.arn] });
fn("literal", { layers: ["${own(1, "after")}"] });
fn("kept", { layers: ["${own(2, "kept")}"] });
`,
        "layers: { before: { version: 1 }, after: { version: 1 }, kept: { version: 2 }, retained: { version: 1 } }\n",
      );
      emulator.seed({
        layers: [{ name: "kept", versions: 1 }],
        functions: [{ name: "elsewhere", layers: [own(1, "kept")] }],
      });
      const { output, code } = await stack.pulumi(["preview"]);
      assert.equal(code, 0, output);
      const diagnostics = output.slice(output.indexOf("Diagnostics:"));
      const names = [...diagnostics.matchAll(warned)].map(([, name]) => name);
      assert.deepEqual(names.sort(), ["after", "before"]);
      assert.match(output, /`layers: \{ "before": \{ version: before\.version \} \}`/);
      assert.match(output, /`skipDestroy: true`/);
      assert.match(
        output,
        /Function output: layer before, which the program publishes itself .* is unknown until `pulumi up`/,
      );
      assert.match(output, /Function literal: whether version 1 of layer after, which layer_config\.yaml:1 declares/);
      assert.doesNotMatch(output, /does not exist/);
      await stack.up();
      assert.deepEqual(layersOf("output"), [own(1, "before"), own(1, "after")]);
      assert.deepEqual(layersOf("literal"), [own(1, "after")]);
      // The resource that publishes it is registered later, and nothing but the number connects the two.
      assert.deepEqual(layersOf("elsewhere"), [own(2, "kept")]);
    },
  );

  itSampled("fail the preview if the number is one that an update has deleted", async () => {
    const stack = await stackOf(
      `pinLayers(); const own = publish("own"); fn("f", { layers: [own.arn] });`,
      "layers: { own: { version: 1 } }\n",
    );
    await stack.up();
    await stack.write({ "content.txt": "2" });
    await stack.up();
    assert.deepEqual(layersOf("f"), [own(1)]);
    const { code, output } = await stack.pulumi(["preview"]);
    assert.notEqual(code, 0);
    assert.match(
      output,
      /It was deleted, and its number is never used again: declare the version that the program publishes, `version: own\.version`/,
    );
    await stack.write({
      "index.js": `${head}const own = publish("own"); pinLayers({ layers: { own: { version: own.version } } }); fn("f", { layers: [own.arn] });`,
    });
    await stack.up();
    assert.deepEqual(layersOf("f"), [own(2)]);
  });

  itSampled("count as the program's own even after an await", async () => {
    const stack = await stackOf(
      `
module.exports = async () => {
  const early = publish("early");
  await new Promise((done) => setTimeout(done, 500));
  pinLayers();
  fn("literal", { layers: ["${own(1, "early")}", "${own(1, "late")}"] });
  await new Promise((done) => setTimeout(done, 50));
  publish("late");
};
`,
      "layers: { early: { version: 1 }, late: { version: 1 } }\n",
    );
    const { code, output } = await stack.pulumi(["preview"]);
    assert.equal(code, 0, output);
    for (const name of ["early", "late"])
      assert.match(output, new RegExp(`whether version 1 of layer ${name}, which .* will exist is unknown`));
    await stack.up();
    assert.deepEqual(layersOf("literal"), [own(1, "early"), own(1, "late")]);
  });

  itSampled("are never pinned to what a targeted update does not publish", async () => {
    const program = (layer: string) => `
const own = publish("own");
pinLayers({ layers: { own: { version: own.version } } });
fn("f", { layers: ["${layer}"] });
fn("other", { layers: ["${layer}"] });
`;
    const stack = await stackOf(program(own(1)));
    const target = ["--target", "urn:pulumi:dev::test::aws:lambda/function:Function::f"];
    await stack.up();
    await stack.write({ "content.txt": "2" });
    await stack.preview(...target);
    await stack.up(...target);
    assert.deepEqual(layersOf("f"), [own(1)]);
    await stack.up();
    assert.deepEqual(layersOf("f"), [own(2)]);
    assert.deepEqual(layersOf("other"), [own(2)]);
  });

  itSampled("may be declared by ARN, and keep the file's other fields", async () => {
    const stack = await stackOf(
      `
const own = publish("own-" + pulumi.getStack());
pinLayers({ layers: { own: { version: own.version }, exact: { arn: own.layerArn, version: own.version } } });
fn("f", { layers: [own.arn] });
`,
      "layers: { own: { version: 7, names: [not-this-one] } }\n",
    );
    await stack.up();
    assert.deepEqual(layersOf("f"), [own(1, "own-dev")]);
    await stack.write({ "content.txt": "2" });
    await stack.up();
    assert.deepEqual(layersOf("f"), [own(2, "own-dev")]);
    await stack.preview("--expect-no-changes");
  });
});
