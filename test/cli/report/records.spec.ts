import assert from "node:assert/strict";
import { recordsVerdict, renderRecordsMarkdown, renderRecordsPage } from "../../../sdk/cli/report/records";
import type { RecordedOutcome, RecordedRun } from "../../../sdk/ops/live/record";

const run = (outcomes: readonly RecordedOutcome[], others: Partial<RecordedRun> = {}): RecordedRun => ({
  ...{ file: "backups/dev_sync_20260101_000000.jsonl", stack: "dev", startedAt: new Date(0), isEnded: true },
  functions: outcomes.map((outcome, index) => ({ function: `f${index}`, outcome, reason: undefined })),
  ...others,
});

describe("a verdict on run records", () => {
  const cases: [readonly RecordedRun[], string][] = [
    [[], "? No run records: what the jobs have done is not known"],
    [[run(["updated", "unchanged"])], "✓ 2 functions in 1 run: 1 updated, 1 unchanged"],
    [[run([])], "✓ 0 functions in 1 run: nothing to change"],
    // A run that finishes does so even if functions fail in it.
    [[run(["updated", "failed"])], "≠ 2 functions in 1 run: 1 updated, 1 failed"],
    [[run(["updated"]), run(["unknown"])], "≠ 2 functions in 2 runs: 1 updated, 1 unknown"],
    [[run(["cancelled"])], "≠ 1 function in 1 run: 1 cancelled"],
    [[run(["updated", "open"], { isEnded: false })], "≠ 2 functions in 1 run: 1 updated, 1 open; 1 run interrupted"],
    [[run(["put back"], { rolledBack: "wholly" })], "✓ 1 function in 1 run: 1 rolled back"],
    [[run(["put back", "failed"], { rolledBack: "in part" })], "≠ 2 functions in 1 run: 1 failed, 1 rolled back"],
  ];
  for (const [runs, text] of cases) {
    it(`is: ${text}`, () => {
      const verdict = recordsVerdict(runs);
      assert.equal(`${verdict.sign} ${verdict.text}`, text);
      // Documents built from the same records say the same.
      assert.ok(renderRecordsMarkdown(runs).startsWith(`### ${verdict.sign} Lambda layers: ${verdict.text}\n`));
      assert.ok(renderRecordsPage(runs, new Date(0)).includes(`<b>${verdict.sign}</b> ${verdict.text}.`));
    });
  }

  it("names the functions that are not as planned", () => {
    const listed = renderRecordsMarkdown([run(["updated", "unchanged", "failed", "open"])]).split("Not updated:")[1];
    assert.deepEqual(listed?.trim().split("\n"), ["- <code>f2</code>: failed", "- <code>f3</code>: open"]);
  });
});
