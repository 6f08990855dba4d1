import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../emulator";
import { createAwsStack, keepDeployed, preamble, recorded } from "../../support/aws-stack";
import { itSampled } from "../../support/counts";
import type { Project } from "../../support/engine";

const base = (version: number) => `arn:aws:lambda:us-east-1:123456789012:layer:base:${version}`;
// One after the other: the engine has crashed on operations that ended while another one failed.
const failing = ["up", "--yes", "--skip-preview", "--parallel", "1"];
const program = (version: number) => `${preamble}
fn("api", { layers: ["${base(version)}"] });
fn("worker", { layers: ["${base(version)}"] });`;

describe("aws provider: an update that AWS does not carry out", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let stack: Project;
  let restore: () => Promise<void>;

  before(async () => {
    emulator = await startEmulator();
    emulator.seed({ layers: [{ name: "base", versions: 5 }] });
    stack = await createAwsStack({ env: emulator.env, program: program(1) });
    await stack.up();
    restore = await keepDeployed(stack, emulator);
  });
  beforeEach(() => restore());
  after(async () => {
    await stack?.dispose();
    await emulator?.close();
  });

  itSampled(
    "leaves old inputs, outputs that were never applied, and initErrors; the next up reads, the one after applies",
    async () => {
      const updateFails = { reason: "Lambda was not able to." };
      emulator.fault({ operation: "UpdateFunctionConfiguration", resource: "api", times: 1, updateFails });
      await stack.write({ "index.js": program(2) });
      const failed = await stack.pulumi(failing);
      assert.notEqual(failed.code, 0);
      assert.match(failed.output, /updating .*::api: [\s\S]*Lambda was not able to\./);

      const failure = await recorded(stack, "api");
      assert.deepEqual(failure.inputs.layers, [base(1)]);
      assert.deepEqual(failure.outputs.layers, [base(2)]);
      assert.equal(failure.initErrors.length, 1);
      assert.deepEqual(emulator.layersOf("api"), [base(1)]);

      await stack.up();
      const read = await recorded(stack, "api");
      assert.deepEqual(read.inputs.layers, [base(2)]);
      assert.deepEqual(read.outputs.layers, [base(1)]);
      assert.equal(read.initErrors, undefined);

      await stack.up();
      assert.deepEqual(emulator.layersOf("api"), [base(2)]);
      await stack.preview("--expect-no-changes");
    },
  );

  it("names the function and the reason if AWS refuses the call", async () => {
    emulator.deny({ action: "lambda:UpdateFunctionConfiguration", resource: "*:function:worker" });
    await stack.write({ "index.js": program(2) });
    const { code, output } = await stack.pulumi(failing);
    assert.notEqual(code, 0);
    assert.match(output, /updating .*::worker: [\s\S]*AccessDeniedException: .*lambda:UpdateFunctionConfiguration/);
    assert.deepEqual(emulator.layersOf("worker"), [base(1)]);
    assert.deepEqual((await recorded(stack, "worker")).inputs.layers, [base(1)]);
  });

  itSampled("keeps nothing of a function that was never created", async () => {
    await stack.write({ "index.js": `${program(1)} fn("broken", { layers: ["${base(9)}"] });` });
    const { code, output } = await stack.pulumi(failing);
    assert.notEqual(code, 0);
    assert.match(output, /creating Lambda Function \(broken\): [\s\S]*base:9/);
    assert.equal(await recorded(stack, "broken"), undefined);
  });
});
