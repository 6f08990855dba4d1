import assert from "node:assert/strict";
import { executeRollback } from "../../sdk/ops/rollback";
import { planRollback } from "../../sdk/ops/rollback-plan";
import { itSampled } from "../support/counts";
import { backupNames, layer, tell, update, useStack } from "./harness";

const config = "layers: { receipt-dynamo: { version: 5 } }\n";
const program = `
for (const name of ["a", "b", "c"]) fn(name, { layers: [layer("receipt-dynamo-dev", 1), layer("unrelated", 1)] });
`;

describe("a rollback of an update with --sync-aws", function () {
  this.timeout(60_000);
  const deployed = useStack(program, { files: { "layer_config.yaml": config } });
  beforeEach(() => deployed.reset());

  const rollback = (options = {}) =>
    tell(
      deployed.project,
      {},
      (ports) => ports,
      async (ports) => executeRollback(ports, await planRollback(ports, { stack: "dev", syncAws: true, ...options })),
    );

  it("uses the record of the update's run, which is beside its backup", async () => {
    const { project, emulator } = deployed;
    const { result } = await update(project, { syncAws: true });
    assert.equal(result?.aws?.record, result?.backup?.replace("_state_", "_sync_").replace(".json", ".jsonl"));
    emulator.edit("a", { Layers: [layer("receipt-dynamo-dev", 7), layer("unrelated", 1)] });
    emulator.edit("b", { Layers: [layer("unrelated", 4), layer("receipt-dynamo-dev", 5)] });
    emulator.resetCounts();
    const { lines, result: back } = await rollback();
    assert.deepEqual(emulator.layersOf("a"), [layer("receipt-dynamo-dev", 7), layer("unrelated", 1)]);
    assert.deepEqual(emulator.layersOf("b"), [layer("unrelated", 4), layer("receipt-dynamo-dev", 1)]);
    assert.deepEqual(emulator.layersOf("c"), [layer("receipt-dynamo-dev", 1), layer("unrelated", 1)]);
    assert.ok(
      lines.some((line) =>
        /^WARN - Function a is skipped: someone else has since changed layer receipt-dynamo-dev/.test(line),
      ),
    );
    assert.deepEqual(
      back?.aws?.outcomes.map(({ function: name, status }) => `${name} ${status}`),
      ["b updated", "c updated"],
    );
    assert.doesNotMatch(await project.stateText(), /receipt-dynamo-dev:5/);
  });

  itSampled("leaves functions alone that the run has not changed", async () => {
    const { project, emulator } = deployed;
    emulator.edit("c", { Layers: [layer("receipt-dynamo-dev", 5), layer("unrelated", 1)] });
    await update(project, { syncAws: true });
    await rollback();
    assert.deepEqual(emulator.layersOf("c")[0], layer("receipt-dynamo-dev", 5));
    assert.deepEqual(emulator.layersOf("a")[0], layer("receipt-dynamo-dev", 1));
  });

  itSampled("writes no record of its own: it extends the run's", async () => {
    const { project } = deployed;
    await update(project, { syncAws: true });
    await rollback();
    const records = (await backupNames(project)).filter((name) => name.endsWith(".jsonl"));
    assert.equal(records.length, 1);
  });
});
