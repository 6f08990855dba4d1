import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { layer, update, useStack } from "./harness";

const config = `layers:
  receipt-dynamo: { version: 5 }
  receipt-label: { version: 3 }
settings: { aws_region: us-east-1 }
`;

const program = `
const layer = (name, version) => "arn:aws:lambda:us-east-1:123456789012:layer:" + name + ":" + version;
fn("my-function-1", { layers: [layer("receipt-dynamo-dev", 1), layer("unrelated", 1)] });
fn("my-function-2", { layers: [layer("unrelated", 2), layer("receipt-dynamo-dev", 2)] });
fn("my-function-3", { layers: [layer("receipt-label-dev", 1)], tags: { note: layer("receipt-label-dev", 1) } });
`;

describe("an update of a live stack", () => {
  const deployed = useStack(program, { files: { "layer_config.yaml": config } });

  it("tells in a dry run what the README shows, and writes no file at all", async () => {
    const { project } = deployed;
    const before = await readdir(project.dir);
    const { lines, commands, result } = await update(project, { dryRun: true });
    assert.deepEqual(lines, [
      "INFO - Found 3 layer version updates:",
      "  - Function my-function-1: Layer receipt-dynamo-dev version 1 -> 5",
      "  - Function my-function-2: Layer receipt-dynamo-dev version 2 -> 5",
      "  - Function my-function-3: Layer receipt-label-dev version 1 -> 3",
    ]);
    assert.deepEqual(commands, ["stack export"]);
    assert.deepEqual(await readdir(project.dir), before);
    assert.equal(result?.backup, null);
  });

  it("changes the planned digits of the state and nothing else", async () => {
    const { project, emulator } = deployed;
    const before = await project.exportText();
    const { lines, commands, result } = await update(project);
    const [state, updated] = (await readdir(join(project.dir, "backups"))).sort();
    assert.match(state ?? "", /^dev_state_\d{8}_\d{6}\.json$/);
    assert.match(updated ?? "", /^dev_updated_\d{8}_\d{6}\.json$/);
    assert.deepEqual(lines, [
      "INFO - Exporting stack state for dev",
      `INFO - State exported to: backups/${state}`,
      "INFO - Function my-function-1: Layer receipt-dynamo-dev version 1 -> 5",
      "INFO - Function my-function-2: Layer receipt-dynamo-dev version 2 -> 5",
      "INFO - Function my-function-3: Layer receipt-label-dev version 1 -> 3",
      `INFO - State saved to: backups/${updated}`,
      "INFO - Importing state for stack dev",
      "INFO - Pulumi state updated successfully",
      "WARN - AWS was not touched: live functions keep their layers until they are updated with --sync-aws.",
    ]);
    assert.deepEqual(commands, ["stack export", "stack", "stack export", "stack import", "stack export"]);
    assert.equal(result?.backup, `backups/${state}`);
    console.log(JSON.stringify(result));
    assert.equal(await readFile(join(project.dir, "backups", state ?? ""), "utf8"), before);
    assert.equal((await stat(join(project.dir, "backups"))).mode & 0o777, 0o700);
    assert.deepEqual(emulator.layersOf("my-function-1"), [layer("receipt-dynamo-dev", 1), layer("unrelated", 1)]);
  });
});
