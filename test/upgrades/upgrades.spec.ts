// What earlier versions have left behind still works: their states, backups and records of runs.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { version as current } from "../../package.json";
import { startCli } from "../cli/harness";
import { itSampled } from "../support/counts";
import type { Outcome } from "../support/processes";
import { configAt, type Estate, openRecording, recordings } from "./estate";

const names = ["api", "shared-a", "shared-b", "worker"];
const all = (version: number) => Object.fromEntries(names.map((name) => [name, version]));

for (const version of readdirSync(recordings)) {
  // This version's own recording is what the engine tests of the resource try too.
  const itOf = version === current ? itSampled : it;
  describe(`what version ${version} has left behind`, function () {
    this.timeout(240_000);
    let estate: Estate;
    let unfinished: string;

    beforeEach(async () => {
      estate = await openRecording(join(recordings, version));
      const records = readdirSync(join(estate.project.dir, "backups")).filter((name) => name.endsWith(".jsonl"));
      unfinished = join("backups", records.sort().at(-1) ?? "none");
    });
    afterEach(() => estate?.dispose());

    async function succeeds(...args: string[]): Promise<Outcome> {
      const { dir: cwd, env } = estate.project;
      const outcome = await startCli(args, { cwd, env }).ended;
      assert.equal(outcome.code, 0, outcome.output);
      return outcome;
    }

    itOf("is read, refreshed, previewed without a replacement, and finished", async () => {
      const { project, emulator } = estate;
      const status = JSON.parse((await succeeds("status", "--stack", "dev", "--json")).stdout);
      assert.deepEqual(status.totals, { functions: 4, layersOfFunctions: 8, drift: 4, unknown: 0 });
      await project.succeeds(["refresh", "--yes", "--skip-preview"]);
      const preview = JSON.parse((await project.succeeds(["preview", "--json"])).stdout);
      const kinds = new Set(preview.steps.map(({ op }: { op: string }) => op));
      assert.deepEqual(
        [...kinds].filter((op) => op !== "same" && op !== "update"),
        [],
      );
      assert.deepEqual(emulator.writes(), []);

      await succeeds("sync", "--stack", "dev", "--resume", "--yes");
      assert.deepEqual(estate.versions(), all(6));
      await project.up();
      await project.preview("--expect-no-changes");
    });

    itSampled("is rolled back, by the record and by the backup", async () => {
      const { project } = estate;
      await succeeds("rollback", "--stack", "dev", "--sync-aws", "--yes", unfinished);
      assert.deepEqual(estate.versions(), all(5));
      await succeeds("rollback", "--stack", "dev", "--sync-aws", "--yes");
      assert.deepEqual(estate.versions(), all(2));
      const { deployment } = await project.exportStack();
      const recorded = deployment.resources.flatMap((one: { type: string; outputs?: { layers?: string[] } }) =>
        one.type === "aws:lambda/function:Function" ? (one.outputs?.layers?.[0]?.split(":").at(-1) ?? []) : [],
      );
      assert.deepEqual(recorded, ["2", "2"]);
    });

    itSampled("is destroyed, and the functions of others return to what they had at first", async () => {
      const { project } = estate;
      await succeeds("rollback", "--stack", "dev", "--sync-aws", "--yes", unfinished);
      await project.write({ "layer_config.yaml": configAt(5) });
      await project.up();
      await project.destroy();
      assert.deepEqual(estate.versions(), { "shared-a": 1, "shared-b": 1 });
    });
  });
}
