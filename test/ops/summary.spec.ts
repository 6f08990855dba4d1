import assert from "node:assert/strict";
import type { RunHistory } from "../../sdk/core/run-record";
import { isDone, sitesOf, summarise } from "../../sdk/ops/live/record";

const layer = "arn:aws:lambda:us-east-1:123456789012:layer:base";
const at = new Date("2026-01-01T00:00:00Z");

/** A run over two functions that was rolled back; this many still have what the run left. */
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
  it("has nothing left to do once all of it is rolled back, and not before", () => {
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

describe("the accounts and regions in which the record of a run is rolled back", () => {
  it("are reached with the profiles that the run used for them", () => {
    const places = [
      ["us-east-1", "111111111111", "dev"],
      ["us-east-1", "222222222222", "prod"],
      ["eu-west-1", "222222222222", "prod-eu"],
      ["eu-west-1", "333333333333", undefined],
    ] as const;
    const sites = places.map(([region, account, profile]) => ({ region, account, ...(profile && { profile }) }));
    const functions = places
      .map(([region, account]) => `arn:aws:lambda:${region}:${account}:function:f`)
      .map((arn) => ({ function: arn, planned: [], moved: [], aliases: [] }));
    const found = sitesOf({ ...history(0), sites }, functions);
    assert.deepEqual(
      found.map((site) => [site.region, site.functions[0]?.function.split(":")[4], site.profile]),
      places,
    );
  });
});
