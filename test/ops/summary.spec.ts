import assert from "node:assert/strict";
import type { RunHistory } from "../../sdk/core/run-record";
import { isDone, summarise } from "../../sdk/ops/live/summary";

const layer = "arn:aws:lambda:us-east-1:123456789012:layer:base";
const at = new Date("2026-01-01T00:00:00Z");

/** A run over two functions that was rolled back, of which so many still have what the run left. */
function history(left: number, others: Partial<RunHistory> = {}): RunHistory {
  const functions = [0, 1].map((index) => ({
    function: `arn:aws:lambda:us-east-1:123456789012:function:f${index}`,
    planned: [{ layer, from: 1, to: 2 }],
    moved: index < left ? [{ layer, from: 1, to: 2 }] : [],
    aliases: [],
    last: { aim: "rollback", outcome: index < left ? "failed" : "updated", reason: undefined } as const,
  }));
  const run = { stack: "dev", startedAt: at, sites: [], publish: undefined, begun: true, unfinished: undefined };
  return { ...run, functions, rolledBackAt: at, hasFailed: left > 0, isChecked: true, ...others };
}

describe("the summary of a run that was rolled back", () => {
  it("has nothing left to do once all of it is back, and not before", () => {
    const rows = [history(0), history(1), history(0, { unfinished: "rollback" })].map((one) => {
      const run = summarise("r.jsonl", one);
      return [run.rolledBack, isDone(run)];
    });
    assert.deepEqual(rows, [
      ["wholly", true],
      ["in part", false],
      ["in part", false],
    ]);
  });
});
