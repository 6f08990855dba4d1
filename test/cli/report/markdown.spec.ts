import assert from "node:assert/strict";
import fc from "fast-check";
import { renderRunMarkdown, renderStatusMarkdown } from "../../../sdk/cli/report/markdown";
import type { RunResult } from "../../../sdk/ops/plans";
import { counts } from "../../support/counts";
import { failedStack, hostileName, row, sampleStack, stackOf } from "./samples";

describe("a report in Markdown", () => {
  it("has a row for each layer that has drifted, and counts the rest", () => {
    const lines = renderStatusMarkdown([sampleStack()]).split("\n");
    assert.deepEqual(lines, [
      "### ≠ Lambda layers of stack <code>dev</code>: 2 of 6 layers not as declared",
      "",
      "4 functions with 6 layers; 1 declared by no entry.",
      "",
      "| Function | Layer | Declared | Recorded | Live | Declared in |",
      "| --- | --- | --- | --- | --- | --- |",
      "| <code>api</code> | <code>base</code> | 5 | **≠ 4** | **≠ 3** | <code>layer_config.yaml&#58;2</code> |",
      "| <code>mail</code> | <code>base</code> | 5 | 5 | **≠ 6** | <code>layer_config.yaml&#58;2</code> |",
      "",
      "Left out:",
      "",
      "- <code>image</code>: it is an image",
      "",
    ]);
  });

  it("says so where nothing has drifted, and which stack could not be read", () => {
    const text = renderStatusMarkdown([stackOf([row()]), failedStack]);
    assert.match(text, /^### ✓ Lambda layers of stack <code>dev<\/code>: all declared layers are at their versions$/m);
    assert.match(text, /^### ≠ Lambda layers of stack <code>gone<\/code>: could not be read$/m);
    assert.match(text, /there is no stack gone\.<br>Name another\.$/m);
  });

  it("marks a layer that a function has lost in AWS", () => {
    const lost = row({ live: undefined, drift: true, detached: true });
    assert.match(renderStatusMarkdown([stackOf([lost])]), /\| 5 \| 5 \| \*\*≠ –\*\* \|/);
  });

  it("shows any name as it is, and lets nothing in it be markup", () => {
    const check = (name: string) => {
      const text = renderStatusMarkdown([stackOf([row({ function: name, live: 1, drift: true })])]);
      const line = text.split("\n").find((one) => one.startsWith("| <code>")) ?? "";
      assert.equal(line.split("|").length, 8, "the name ends no cell");
      const cell = /^\| <code>(.*?)<\/code> \|/.exec(line)?.[1] ?? "";
      assert.doesNotMatch(cell.replace(/&#\d+;/g, ""), /[<>"`*[\]@|&\\#~!]|:\/\/|www\./);
      const shown = cell.replace(/&#(\d+);/g, (_all, code) => String.fromCodePoint(Number(code)));
      assert.equal(shown, name);
    };
    check(hostileName);
    fc.assert(fc.property(fc.string({ unit: "binary" }), check), counts({ sample: 200, full: 20_000 }));
  });

  it("stops at 200 rows and says how many are left", () => {
    const rows = Array.from({ length: 250 }, (_, index) => row({ function: `f${index}`, live: 1, drift: true }));
    const text = renderStatusMarkdown([stackOf(rows)]);
    assert.equal(text.split("\n").filter((line) => line.startsWith("| <code>")).length, 200);
    assert.match(text, /^And 50 more\.$/m);
  });
});

describe("an update in Markdown", () => {
  const change = { function: "api", urn: "urn", layer: "base", arn: "arn", from: 1, to: 5 };
  const result: RunResult = { stack: "dev", dryRun: false, changes: [change], skipped: [], backup: "backups/x.json" };

  it("lists what was changed", () => {
    assert.match(renderRunMarkdown(result), /^### ✓ .*: 1 layer version changed in the Pulumi state$/m);
    assert.match(renderRunMarkdown(result), /^\| <code>api<\/code> \| <code>base<\/code> \| 1 \| 5 \|$/m);
  });

  it("lists what a dry run would change", () => {
    assert.match(renderRunMarkdown({ ...result, dryRun: true }), /^### ≠ .*: 1 layer version to change in/m);
    assert.match(renderRunMarkdown({ ...result, dryRun: true, changes: [] }), /^### ✓ .*: no changes in/m);
  });

  it("lists what AWS did not take", () => {
    const aws = {
      changes: [{ ...change, region: "us-east-1", functionArn: "a" }],
      outcomes: [
        { function: "api", arn: "a", before: [], after: [], status: "failed" as const, reason: "no *permission*" },
      ],
      skipped: [],
    };
    const text = renderRunMarkdown({ ...result, aws });
    assert.match(text, /^In AWS: 1 layer version changed$/m);
    assert.match(text, /^- <code>api<\/code>: no &#42;permission&#42;$/m);
  });
});
