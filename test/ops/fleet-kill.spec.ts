import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { bin } from "../cli/harness";
import { counts, itSampled, tally } from "../support/counts";
import { start } from "../support/processes";
import { taggedFleet, useFleet } from "./fleet-harness";

const size = 200;

describe("a sync that is killed", function () {
  this.timeout(3_600_000);
  const fleet = useFleet({ updateDelayMs: 50 });
  // In every other function another layer is replaced.
  const atFirst = (index: number) => ["first:1", index % 2 === 0 ? "base:1" : "old-base:4", "last:1"];
  const fleetAtFirst = () => {
    const { layers, functions } = taggedFleet(size);
    return {
      layers: [...layers, { name: "old-base", versions: 5 }],
      functions: functions.map((fn, index) => ({ ...fn, layers: atFirst(index) })),
    };
  };
  const isLive = (wanted: (index: number) => string[], output = "") => {
    const functions = fleet.emulator.functions().toSorted((a, b) => (a.name < b.name ? -1 : 1));
    assert.equal(functions.length, size);
    for (const [index, { name, layers }] of functions.entries()) {
      const found = layers.map((text) => text.split(":layer:")[1]);
      assert.deepEqual(found, wanted(index), `${name}\n${output}`);
    }
  };
  beforeEach(() =>
    writeFile(
      join(fleet.dir, "layer_config.yaml"),
      "layers: { base: { names: [base], version: 2, replaces: [old-base] } }\nsettings: { aws_region: us-east-1 }\n",
    ),
  );
  const records = () => readdir(join(fleet.dir, "backups")).catch(() => []);

  const lambdaLayers = (...args: string[]) =>
    start(process.execPath, [bin, ...args, "--yes", "--rate", "1000"], {
      cwd: fleet.dir,
      env: { ...process.env, ...fleet.emulator.env },
    });
  const run = async (...args: string[]) => {
    const { code, output } = await lambdaLayers(...args).ended;
    return { code, output };
  };

  /** Kills a sync a moment after it has made this many updates; returns its record, if it got that far. */
  async function kill(writes: number, delay: number): Promise<string | undefined> {
    fleet.emulator.seed(fleetAtFirst());
    fleet.emulator.resetCounts();
    const before = new Set(await records());
    const sync = lambdaLayers("sync", "--all-functions");
    let ended = false;
    void sync.ended.then(() => {
      ended = true;
    });
    while (!ended && fleet.emulator.writes().length < writes) await sleep(1);
    await sleep(delay);
    tally("syncs killed by SIGKILL");
    sync.kill("SIGKILL");
    await sync.ended;
    const written = (await records()).find((name) => !before.has(name) && name.endsWith(".jsonl"));
    return written && `backups/${written}`;
  }

  // Half of the kills come after a random number of updates, the others within the first or the last ones.
  const moments = fc.record({
    writes: fc.oneof(fc.nat(size), fc.constantFrom(0, 1, 2, size - 1, size)),
    delay: fc.nat(60),
  });
  const runs = { ...counts({ sample: 4, full: 100 }), endOnFailure: true };

  it("is finished by --resume: every function is new, with one update each", async () => {
    const property = fc.asyncProperty(moments, async ({ writes, delay }) => {
      const record = await kill(writes, delay);
      const { code, output } = record ? await run("sync", "--resume", record) : await run("sync", "--all-functions");
      assert.equal(code, 0, output);
      isLive(() => ["first:1", "base:2", "last:1"], output);
      assert.equal(fleet.emulator.writes().length, size);
    });
    await fc.assert(property, runs);
  });

  itSampled("is rolled back by a rollback: every function is as before", async () => {
    const property = fc.asyncProperty(moments, async ({ writes, delay }) => {
      const record = await kill(writes, delay);
      if (record) {
        const { code, output } = await run("rollback", "--sync-aws", record);
        assert.equal(code, 0, output);
      }
      isLive(atFirst);
    });
    await fc.assert(property, runs);
  });
});
