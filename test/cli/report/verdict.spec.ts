import assert from "node:assert/strict";
import { isRead } from "../../../sdk/cli/report/matrix";
import { unexpected, verdictOf } from "../../../sdk/cli/report/verdict";
import type { StatusReport, StatusRow } from "../../../sdk/ops/plans";
import { row, stackOf } from "./samples";

const unread: StatusReport["live"] = { read: false, reason: "the network is down" };
const free = row({ declared: undefined, enforce: undefined });

function report(rows: readonly StatusRow[], others: Partial<StatusReport> = {}): StatusReport {
  const stack = stackOf(rows, others);
  assert.ok(isRead(stack));
  return stack.status;
}

describe("a verdict on stacks without drift", () => {
  const skipped = [
    { function: "a", reason: "its layers are a secret in the state" },
    { function: "a", reason: "AWS has no such function in us-east-1" },
  ];
  const others = { function: "b", reason: "AWS has no such function in us-east-1" };
  const cases: [StatusReport, string][] = [
    [report([row()]), "✓ All declared layers are at their versions"],
    [report([row(), free]), "✓ All declared layers are at their versions"],
    [report([row()], { live: unread }), "✓ All recorded layers are as declared; live versions are not known"],
    [report([row()], { skipped }), "✓ All layers that could be read are as declared; 1 function is skipped"],
    [
      report([row()], { live: unread, skipped: [...skipped, others] }),
      "✓ All recorded layers are as declared; live versions are not known, and 2 functions are skipped",
    ],
    [report([free]), "? No layer is declared by the config"],
    [report([], { live: unread }), "✓ No functions with layers; live versions are not known"],
  ];
  for (const [status, text] of cases) {
    it(`is: ${text}`, () => {
      const verdict = verdictOf(status);
      assert.equal(`${verdict.sign} ${verdict.text}`, text);
    });
  }
});

describe("what a run that must find no changes fails on", () => {
  it("is drift, and what AWS has refused to tell, but not what nobody was asked", () => {
    const refused = { ...unread, code: "aws-failed" } as const;
    const drifted = row({ recorded: 4, drift: true });
    const codes = [
      report([row()]),
      report([row()], { live: unread }),
      report([row()], { live: refused }),
      report([drifted]),
      report([drifted], { live: refused }),
    ].map((status) => unexpected(status)?.code);
    assert.deepEqual(codes, [undefined, undefined, "aws-failed", "changes-found", "changes-found"]);
  });
});
