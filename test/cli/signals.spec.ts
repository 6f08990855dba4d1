// A run that receives a signal while it reads its config.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { maxConfigBytes } from "../../sdk/core/config/yaml";
import { awsFunction, layer, stateOf } from "../support/states";
import { Folder, startCli } from "./harness";

/** A config that is nearly as large as allowed. */
function largeConfig(): string {
  const entries = ["layers:", "  base: { version: 2 }"];
  for (let size = 0; size < 0.9 * maxConfigBytes; size += entries.at(-1)?.length ?? 0)
    entries.push(`  layer-${entries.length}: { version: 1, description: "one of very many" }`);
  return entries.join("\n");
}

/**
 * Waits until a process handles signals itself, as Linux reports: before that they simply end it. Node.js catches
 * SIGTERM from its start, but SIGHUP only for the command.
 */
async function listens(pid: number | undefined): Promise<void> {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return void (await sleep(1000));
  const isCaught = async () => BigInt(`0x${/^SigCgt:\s+(\w+)$/m.exec(await readFile(status, "utf8"))?.[1]}`) & 1n;
  while (!(await isCaught())) await sleep(5);
}

describe("a run that reads a large config", () => {
  let folder: Folder;
  before(async () => {
    const state = stateOf([awsFunction("api", [layer("base", 1)])]);
    folder = await Folder.create({ "layer_config.yaml": largeConfig(), "state.json": state });
  });
  after(() => folder.dispose());

  it("ends on SIGTERM with 130 and without a change, as soon as it has read it", async () => {
    const running = startCli(["update", "--state-file", "state.json"], { cwd: folder.path });
    await listens(running.process.pid);
    // Reading it takes a second or more.
    await sleep(200);
    running.kill("SIGTERM");
    const { code, stdout, stderr } = await running.ended;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /^WARNING - Interrupted\. Nothing was changed\.$/m);
    assert.equal(stdout, "");
    assert.deepEqual((await readdir(folder.path)).sort(), ["layer_config.yaml", "state.json"]);
  });
});
