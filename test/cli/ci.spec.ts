import assert from "node:assert/strict";
import { cutTo, failureSummary, type JobSummary, runSummary, statusSummary, writeJobSummary } from "../../sdk/cli/ci";
import type { LiveChange, RunResult } from "../../sdk/ops/plans";
import { Folder } from "./harness";
import { failedStack, fn, stackOf } from "./report/samples";

describe("outputs of a CI job", () => {
  const place = { region: "us-east-1", layer: "base", arn: "arn", target: "arn:5", from: 1, to: 5 };
  const change = { function: "api", urn: "urn", ...place };
  const live: LiveChange = {
    function: "api",
    functionArn: "arn:aws:lambda:us-east-1:123456789012:function:api",
    ...place,
  };
  const run: RunResult = {
    ...{ format: 2, stack: "dev", project: null, dryRun: true, changes: [change], skipped: [], backup: null },
    totals: { functions: 2, layersOfFunctions: 3, drift: 2, unknown: 1 },
  };
  const drifted = statusSummary(stackOf([fn("api", { live: ["base:4"] }), fn("web", { live: "unread" })]));
  const failed = "error" in failedStack ? failureSummary(failedStack) : assert.fail();

  const cases: [string, readonly JobSummary[], string][] = [
    ["of a status", [drifted], "changes=1\ndrift=1\nunknown=1\n"],
    ["of a run", [runSummary(run)], "changes=1\ndrift=2\nunknown=1\n"],
    [
      "of a run in which a layer changes in the state and in AWS, once",
      [runSummary({ ...run, aws: { changes: [live], outcomes: [], skipped: [] } })],
      "changes=1\ndrift=2\nunknown=1\n",
    ],
    ["of a run that nobody verified, without what is not known", [runSummary({ ...run, totals: null })], "changes=1\n"],
    ["of several stacks together", [drifted, drifted, failed], "changes=2\ndrift=2\nunknown=2\nunread=1\n"],
    ["of stacks none of which could be read", [failed], "changes=0\nunread=1\n"],
  ];
  for (const [what, summaries, expected] of cases) {
    it(`are those ${what}`, async () => {
      const folder = await Folder.create({ output: "" });
      try {
        const env = { GITHUB_OUTPUT: `${folder.path}/output` };
        await writeJobSummary(summaries, { env, reporter: {} as never, stdout: undefined });
        assert.equal(await folder.read("output"), expected);
      } finally {
        await folder.dispose();
      }
    });
  }
});

describe("a job summary that is too long for GitHub", () => {
  const text = `${"é".repeat(40)}\n`.repeat(10);

  it("is cut at the end of a line, and says so", () => {
    const cut = cutTo(text, 400);
    assert.ok(Buffer.byteLength(cut) <= 400);
    assert.match(cut, /^(?:é{40}\n)+\nThis was too long for GitHub and is cut short here\. The log has the rest\.\n$/);
    assert.equal(cutTo(text, Buffer.byteLength(text)), text);
  });

  it("is nothing if there is no room", () => {
    for (const room of [-5, 0, 60, 100]) assert.equal(cutTo(text, room), "", String(room));
  });
});
