import assert from "node:assert/strict";
import { recorded } from "../support/aws-stack";
import { itSampled } from "../support/counts";
import { layer, update, useStack } from "./harness";

const program = `
const version = require("fs").existsSync("next") ? 2 : 1;
fn("a", { layers: [layer("receipt-dynamo-dev", version)] });
`;

describe("an update of a stack whose last update failed", function () {
  this.timeout(60_000);
  const files = { "layer_config.yaml": "layers: { receipt-dynamo: { version: 5 } }\n" };
  const deployed = useStack(program, { files });

  itSampled("uses the inputs: the recorded outputs were never applied", async () => {
    const { project, emulator } = deployed;
    const updateFails = { reason: "no luck" };
    emulator.fault({ operation: "UpdateFunctionConfiguration", resource: "a", times: 1, updateFails });
    await project.write({ next: "" });
    assert.notEqual((await project.pulumi(["up", "--yes", "--skip-preview"])).code, 0);
    const before = await recorded(project, "a");
    assert.equal(before.initErrors.length, 1);
    assert.deepEqual(
      [before.inputs.layers, before.outputs.layers],
      [[layer("receipt-dynamo-dev", 1)], [layer("receipt-dynamo-dev", 2)]],
    );

    const { lines, result } = await update(project, { syncAws: true });
    assert.deepEqual(
      result?.changes.map(({ from, to }) => [from, to]),
      [[1, 5]],
    );
    assert.match(lines.join("\n"), /WARN - Function a: its last update failed, .* Its inputs are used instead\./);
    const after = await recorded(project, "a");
    const wanted = [layer("receipt-dynamo-dev", 5)];
    assert.deepEqual([after.inputs.layers, after.outputs.layers, emulator.layersOf("a")], [wanted, wanted, wanted]);
    assert.deepEqual(after.initErrors, before.initErrors);
  });
});
