import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { executePrune, planPrune } from "../../sdk/ops/backups";
import type { Ports } from "../../sdk/ports";
import { createPorts } from "../../sdk/wiring";
import { removeFolder, temporaryFolder } from "../support/folders";
import { keepLines } from "./harness";

const names = ["dev_state_20200101_000000.json", "dev_state_20200102_000000.json", "prod_state_20200101_000000.json"];

describe("backups", () => {
  let folder: string;
  let lines: string[];
  let ports: Ports;
  beforeEach(async () => {
    folder = await temporaryFolder();
    lines = [];
    ports = createPorts({ cwd: folder, reporter: keepLines(lines) });
    await mkdir(join(folder, "backups"), { mode: 0o700 });
    for (const name of names) await writeFile(join(folder, "backups", name), "{}", { mode: 0o600 });
  });
  afterEach(() => removeFolder(folder));

  it("are listed, newest first, of one stack or of all", async () => {
    const listed = async (stack?: string) => (await ports.backups.list(stack)).map(({ name }) => name);
    assert.deepEqual(await listed("dev"), [names[1], names[0]]);
    assert.deepEqual((await listed()).sort(), names);
  });

  it("are pruned as planned, but never the newest of a stack", async () => {
    const plan = await planPrune(ports, { retentionDays: 30 });
    assert.deepEqual(
      plan.remove.map(({ name }) => name),
      [names[0]],
    );
    assert.equal(plan.keep.length, 2);
    await executePrune(ports, plan);
    assert.deepEqual(lines, [`INFO - Removed backups/${names[0]}`]);
    assert.deepEqual((await readdir(join(folder, "backups"))).sort(), names.slice(1));
  });
});
