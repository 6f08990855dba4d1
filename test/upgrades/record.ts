// Records what this version leaves behind, for tests of all later ones: `npm run build && npx tsx
// test/upgrades/record.ts`. Once a version is published, its recording never changes.

import assert from "node:assert/strict";
import { join } from "node:path";
import { version } from "../../package.json";
import { startCli } from "../cli/harness";
import { configAt, newEstate, recordings, writeRecording } from "./estate";

async function record(): Promise<void> {
  const shared = ["shared-a", "shared-b"].map((name) => ({ name, layers: ["tools:1", "base-dev:1"] }));
  const estate = await newEstate(shared, 2);
  const { project, emulator } = estate;
  const cli = (...args: string[]) => startCli(args, { cwd: project.dir, env: project.env }).ended;
  try {
    await project.up();
    // An update that finished, and an `up` after it.
    await project.write({ "layer_config.yaml": configAt(5) });
    assert.equal((await cli("update", "--sync-aws", "--stack", "dev")).code, 0);
    await project.up();
    // A run that was interrupted after its first function.
    await project.write({ "layer_config.yaml": configAt(6) });
    emulator.fault({ operation: "UpdateFunctionConfiguration", skip: 1, status: 403, code: "ExpiredTokenException" });
    assert.equal((await cli("sync", "--stack", "dev", "--yes")).code, 3);
    emulator.clearFaults();
    const moved = Object.values(estate.versions()).sort();
    assert.deepEqual(moved, [5, 5, 5, 6]);
    await writeRecording(join(recordings, version), estate);
  } finally {
    await estate.dispose();
  }
}

void record();
