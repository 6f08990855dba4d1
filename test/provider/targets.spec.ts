// Pins of a program whose functions differ by runtime, architecture and name, on the real engine.

import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import type { Project } from "../support/engine";

const vendor = "222222222222";
const arn = (name: string, owner = vendor) => `arn:aws:lambda:us-east-1:${owner}:layer:${name}`;

const config = `
layers:
  tools:
    arn: arn:aws:lambda:{region}:${vendor}:layer:toolsV3-{runtime}-{architecture}
    version: 3
    replaces: ["*toolsV2*"]
  base:
    version: 5
    variants:
      - when: { function: special }
        version: 2
      - when: { architecture: arm64 }
        version: 4
`;

const program = `${preamble}
const { LayerVersions } = require("pulumi-lambda-layers");
const layers = new LayerVersions("layers");
const old = ["${arn("toolsV2")}:7", "${arn("base", "123456789012")}:1"];
const first = fn("plain", { runtime: "python3.12", layers: old });
fn("special", { runtime: "python3.13", architectures: ["arm64"], layers: old });
fn("later", { runtime: first.arn.apply(() => "python3.13"), architectures: [first.arn.apply(() => "arm64")], layers: old });
fn("asks", { runtime: "python3.12", layers: [layers.arn("tools", { runtime: "python3.12", architecture: "x86_64" })] });
fn("both", { runtime: "python3.12", layers: ["${arn("toolsV2")}:7", "${arn("toolsV3-python312-x86_64")}:1"] });
new lambda.Function("auto", { role, code, handler: "index.handler", runtime: "python3.12", layers: old });
`;

describe("pins of functions that differ", function () {
  this.timeout(240_000);
  let emulator: Emulator;
  let stack: Project;

  before(async () => {
    emulator = await startEmulator();
    emulator.seed({
      layers: [
        { name: "base", versions: 8 },
        ...[
          "toolsV2",
          ...["312", "313"].flatMap((one) => [`toolsV3-python${one}-x86_64`, `toolsV3-python${one}-arm64`]),
        ].map((name) => ({ name, account: vendor, versions: 7 })),
      ],
    });
    stack = await createAwsStack({ env: emulator.env, program, files: { "layer_config.yaml": config } });
  });
  after(async () => {
    await stack?.dispose();
    await emulator?.close();
  });

  it("are each function's own, unknown while what decides is unknown, and stay so", async () => {
    const { stdout, output } = await stack.preview("--diff");
    assert.match(stdout, /toolsV3-python312-x86_64:3/);
    assert.match(stdout, /toolsV3-python313-arm64:3/);
    assert.match(
      output,
      /Function later: the version of layer toolsV2 depends on its (runtime|architecture) \(layer_config.yaml:5\), which is unknown until/,
    );
    assert.match(
      output,
      /Function both has both layers, toolsV2 and toolsV3-python312-x86_64, which is declared to replace it/,
    );
    await stack.up();
    const live = Object.fromEntries(
      emulator
        .functions()
        .map(({ name, layers }) => [name.replace(/-[0-9a-f]{7}$/, ""), layers.map((text) => text.split(":layer:")[1])]),
    );
    assert.deepEqual(live, {
      plain: ["toolsV3-python312-x86_64:3", "base:5"],
      special: ["toolsV3-python313-arm64:3", "base:2"],
      later: ["toolsV3-python313-arm64:3", "base:4"],
      asks: ["toolsV3-python312-x86_64:3"],
      both: ["toolsV2:7", "toolsV3-python312-x86_64:3"],
      auto: ["toolsV3-python312-x86_64:3", "base:5"],
    });
    await stack.preview("--expect-no-changes");

    // An exception for a function whose name Pulumi has generated.
    const auto = emulator.functions().find(({ name }) => name.startsWith("auto-"))?.name ?? "";
    await stack.write({ "layer_config.yaml": config.replace("function: special", `function: [special, ${auto}]`) });
    const { stdout: next } = await stack.preview("--diff");
    assert.match(next, /layer:base:5" => "arn:\S+:layer:base:2"/);
  });
});
