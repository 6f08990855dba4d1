import assert from "node:assert/strict";
import { itSampled } from "../support/counts";
import { layer, update, useStack } from "./harness";

const configFor = (version: number) => `layers: { receipt-dynamo: { version: ${version} } }\n`;
const program = `
require("pulumi-lambda-layers").pinLayers({ configFile: "layer_config.yaml" });
fn("a", { layers: [layer("unrelated", 1), layer("receipt-dynamo-dev", 1)] });
`;

describe("an update of a stack whose program pins from the same file", function () {
  this.timeout(60_000);
  const deployed = useStack(program, { files: { "layer_config.yaml": configFor(2) } });

  itSampled("is what the program wants: the next preview shows no changes", async () => {
    const { project, emulator } = deployed;
    assert.deepEqual(emulator.layersOf("a"), [layer("unrelated", 1), layer("receipt-dynamo-dev", 2)]);
    await project.write({ "layer_config.yaml": configFor(5) });
    assert.match((await project.preview("--diff")).output, /receipt-dynamo-dev:2.*receipt-dynamo-dev:5/s);
    const { result } = await update(project, { syncAws: true });
    assert.equal(result?.changes.length, 1);
    assert.deepEqual(emulator.layersOf("a"), [layer("unrelated", 1), layer("receipt-dynamo-dev", 5)]);
    await project.preview("--expect-no-changes");
    await project.preview("--expect-no-changes", "--refresh");
  });
});
