import assert from "node:assert/strict";
import fc from "fast-check";
import { renderRunMarkdown, renderStatusMarkdown } from "../../../sdk/cli/report/markdown";
import { shown } from "../../../sdk/core/text";
import type { LiveChange, RunResult } from "../../../sdk/ops/plans";
import { counts } from "../../support/counts";
import { failedStack, fn, hostileName, sampleStack, stackOf } from "./samples";

describe("a report in Markdown", () => {
  it("has a row for each layer that has drifted or is not known, and counts the rest", () => {
    const lines = renderStatusMarkdown([sampleStack()]).split("\n");
    assert.deepEqual(lines, [
      "### ≠ Lambda layers of stack <code>dev</code>: 2 of 8 layers of functions are not as declared; 2 of 8 layers of functions are unknown; 1 function is skipped",
      "",
      "6 functions with 8 layers in all, 1 not declared by any entry.",
      "",
      "| Function | Layer | Declared | Recorded | Live | Declared in |",
      "| --- | --- | --- | --- | --- | --- |",
      "| <code>api</code> | <code>base</code> | 5 | **≠ 4** | **≠ 3** | <code>layer_config.yaml&#58;2</code> |",
      "| <code>mail (us-east-1)</code> | <code>base</code> | 5 | 5 | **≠ 6** | <code>layer_config.yaml&#58;2</code> |",
      "| <code>mail (eu-west-1)</code> | <code>base</code> | 5 | 5 | ? | <code>layer_config.yaml&#58;2</code> |",
      "| <code>secret</code> | ? | ? | ? | – |  |",
      "",
      "Skipped:",
      "",
      "- <code>goner</code>: it waits for its deletion",
      "",
    ]);
  });

  it("lists exceptions that apply, and names files relative to where the run was started", () => {
    const one = { entry: "base", when: { function: ["api"] }, reason: "waits", until: "2026-01-01", needed: true };
    const exceptions = [
      { ...one, at: "../../layer_config.yaml:8", expired: true, functions: 1 },
      { ...one, at: "../../layer_config.yaml:9", expired: true, functions: 0 },
    ];
    const stack = stackOf([fn("api", { live: ["base:4"] })], { exceptions });
    const text = renderStatusMarkdown([{ ...stack, folder: "services/billing" }]);
    const items = text.split("\n").filter((line) => line.startsWith("- "));
    assert.equal(items.length, 1, text);
    assert.match(items[0] ?? "", /until 2026-01-01 \(layer_config\.yaml&#58;8\), \*\*expired\*\*$/);
    assert.match(text, /<code>services\/billing\/layer_config\.yaml&#58;\d+<\/code>/);
  });

  it("says if nothing has drifted, and which stack could not be read", () => {
    const text = renderStatusMarkdown([stackOf([fn()]), failedStack]);
    assert.match(text, /^### ✓ Lambda layers of stack <code>dev<\/code>: all declared layers are at their versions$/m);
    assert.match(text, /^### \? Lambda layers of stack <code>gone<\/code>: could not be read$/m);
    assert.match(text, /there is no stack gone\.<br>Name another\.$/m);
  });

  it("leaves out the column of a place that was not read", () => {
    const head = (...functions: Parameters<typeof stackOf>[0]) =>
      renderStatusMarkdown([stackOf(functions)])
        .split("\n")
        .find((line) => line.startsWith("| Function"));
    const recorded = ["base:4"];
    assert.equal(
      head(fn("a", { recorded, live: "unasked" })),
      "| Function | Layer | Declared | Recorded | Declared in |",
    );
    assert.equal(
      head(fn("a", { recorded: "unasked", live: recorded })),
      "| Function | Layer | Declared | Live | Declared in |",
    );
  });

  it("marks a layer that a function has lost in AWS", () => {
    assert.match(renderStatusMarkdown([stackOf([fn("api", { live: [] })])]), /\| 5 \| 5 \| \*\*≠ –\*\* \|/);
  });

  it("shows any name unchanged, and never as markup", () => {
    const check = (name: string) => {
      const text = renderStatusMarkdown([stackOf([fn(name, { live: ["base:1"] })])]);
      const line = text.split("\n").find((one) => one.startsWith("| <code>")) ?? "";
      assert.equal(line.split("|").length, 8, "the name does not end a cell");
      const cell = /^\| <code>(.*?)<\/code> \|/.exec(line)?.[1] ?? "";
      assert.doesNotMatch(cell.replace(/&#\d+;/g, ""), /[<>"`*[\]@|&\\#~!]|:\/\/|www\./);
      const read = cell.replace(/&#(\d+);/g, (_all, code) => String.fromCodePoint(Number(code)));
      assert.equal(read, shown(name));
    };
    check(hostileName);
    fc.assert(fc.property(fc.string({ unit: "binary" }), check), counts({ sample: 200, full: 20_000 }));
  });

  it("stops at 200 rows and says how many are left", () => {
    const functions = Array.from({ length: 250 }, (_, index) => fn(`f${index}`, { live: ["base:1"] }));
    const text = renderStatusMarkdown([stackOf(functions)]);
    assert.equal(text.split("\n").filter((line) => line.startsWith("| <code>")).length, 200);
    assert.match(text, /^And 50 more\.$/m);
  });
});

describe("a run in Markdown", () => {
  const place = { region: "us-east-1", layer: "base", arn: "arn", target: "arn:5" };
  const change = { function: "api", urn: "urn", from: 1, to: 5, ...place };
  const functionArn = "arn:aws:lambda:us-east-1:123456789012:function:api";
  const live: LiveChange = { function: "api", functionArn, from: 1, to: 5, ...place };
  const totals = { functions: 1, layersOfFunctions: 1, drift: 0, unknown: 0 };
  const result: RunResult = {
    ...{ format: 2, stack: "dev", project: "shop", dryRun: false, changes: [change], skipped: [] },
    ...{ backup: "backups/x.json", totals },
  };
  const nothing = { changes: [], outcomes: [], skipped: [] };
  const updated = { function: "api", arn: functionArn, before: [], after: [], status: "updated" as const };
  const titleOf = (run: RunResult) => renderRunMarkdown(run).split("\n")[0];
  const title = "Lambda layers of stack <code>dev</code>:";

  it("lists what was changed, and says how everything stands afterwards", () => {
    assert.deepEqual(renderRunMarkdown(result).split("\n"), [
      `### ✓ ${title} 1 layer of a function changed`,
      "",
      "0 of 1 layer of a function is not as declared; AWS was not asked.",
      "",
      "In the Pulumi state:",
      "",
      "| Function | Layer | From | To |",
      "| --- | --- | --- | --- |",
      "| <code>api</code> | <code>base</code> | 1 | 5 |",
      "",
    ]);
  });

  it("has one heading for the state and AWS, under which a layer of a function counts once", () => {
    const dryRun = { ...result, dryRun: true, totals: { ...totals, drift: 1 } };
    const aws = { ...nothing, changes: [live] };
    assert.equal(titleOf({ ...dryRun, aws }), `### ≠ ${title} 1 layer of a function to change`);
    assert.equal(titleOf({ ...dryRun, changes: [], aws }), `### ≠ ${title} 1 layer of a function to change`);
    assert.equal(titleOf({ ...dryRun, aws: nothing }), `### ≠ ${title} 1 layer of a function to change`);
    assert.match(renderRunMarkdown({ ...dryRun, changes: [], aws }), /^In AWS:$/m);
    assert.doesNotMatch(renderRunMarkdown({ ...dryRun, changes: [], aws }), /Pulumi state/);
  });

  it("calls nothing fine that is not, or is not known to be", () => {
    const none = { ...result, dryRun: true, changes: [] };
    assert.equal(titleOf(none), `### ✓ ${title} no changes`);
    assert.equal(titleOf({ ...none, totals: { ...totals, drift: 1 } }), `### ≠ ${title} no changes`);
    assert.equal(titleOf({ ...none, totals: { ...totals, unknown: 1 } }), `### ? ${title} no changes`);
    assert.equal(titleOf({ ...none, totals: null }), `### ? ${title} no changes`);
  });

  it("lists updates that AWS refused, and a layer that was attached again", () => {
    const outcome = { function: "api", arn: functionArn, before: [], after: [], status: "failed" as const };
    const aws = {
      ...nothing,
      changes: [{ ...live, from: null }],
      outcomes: [{ ...outcome, reason: "no *permission*" }],
    };
    const text = renderRunMarkdown({ ...result, aws });
    assert.match(text, /^### ≠ /);
    assert.match(text, /^\| <code>api<\/code> \| <code>base<\/code> \| – \| 5 \|$/m);
    assert.match(text, /^- <code>api<\/code>: no &#42;permission&#42;$/m);
  });

  it("says what was rolled back, and does not count it", () => {
    const aws = { ...nothing, changes: [live], outcomes: [updated], rolledBack: { outcomes: [updated] } };
    const text = renderRunMarkdown({ ...result, aws, recordedBack: [change] });
    assert.match(text, /^### ✓ .*: no changes$/m);
    assert.match(text, /^Rolled back in AWS:\n\n- <code>api<\/code>$/m);
    assert.match(text, /^Rolled back in the Pulumi state:$/m);
    const failed = { ...aws, rolledBack: { outcomes: [{ ...updated, status: "failed" as const }] } };
    assert.match(renderRunMarkdown({ ...result, aws: failed }), /: 1 layer of a function changed$/m);
  });

  it("lists aliases that AWS did not move", () => {
    const published = [{ function: "api", functionArn, status: "failed" as const, reason: "no luck" }];
    const text = renderRunMarkdown({ ...result, aws: { ...nothing, published } });
    assert.match(text, /^### ≠ /);
    assert.match(text, /^Not published, or not rolled back:\n\n- <code>api<\/code>: no luck$/m);
  });

  it("does not call anything fine if AWS could not be read", () => {
    const denied = { read: false, reason: "Denied.", code: "aws-permission" } as const;
    const text = renderRunMarkdown({ ...result, changes: [], aws: nothing, live: denied });
    assert.match(text, /^### \? .*: no changes$/m);
    assert.match(text, /not as declared; not all live versions could be read\.$/m);
  });

  it("distinguishes functions of the same name", () => {
    const other = { ...live, functionArn: functionArn.replace("us-east-1", "eu-west-1"), region: "eu-west-1" };
    const outcomes = [live, other].map((one) => ({ ...updated, arn: one.functionArn }));
    const text = renderRunMarkdown({ ...result, changes: [], aws: { ...nothing, changes: [live, other], outcomes } });
    assert.match(text, /<code>api \(us-east-1\)<\/code>[\s\S]*<code>api \(eu-west-1\)<\/code>/);
    assert.match(text, /^### .*2 layers of functions changed$/m);
  });
});
