import assert from "node:assert/strict";
import type { AssessedFunction } from "../../sdk/core/assess";
import type { FunctionOutcome } from "../../sdk/core/live";
import { afterRun } from "../../sdk/ops/after";
import { arnOf, base } from "../aws/harness";

describe("a function after a run", () => {
  const before = { name: "api", arn: arnOf("api") } as AssessedFunction;
  const outcome = { function: "api", arn: arnOf("api"), before: [base(1)], after: [base(1)] };
  const seen = (...outcomes: Omit<FunctionOutcome, keyof typeof outcome>[]) => {
    const all = outcomes.map((one): FunctionOutcome => ({ ...outcome, ...one }));
    const [fn] = afterRun([before], { state: [], outcomes: all });
    return fn?.live && [fn.live.complete, fn.live.layers.map(({ version }) => version).join()];
  };

  it("is as it was found if the run did not reach it", () => assert.equal(seen(), undefined));
  it("is as its update left it", () => assert.deepEqual(seen({ status: "updated" }), [true, "1"]));
  it("is as it was before an update that AWS refused", () => {
    assert.deepEqual(seen({ status: "failed", revisionId: "r" }), [true, "1"]);
  });
  it("is as it was found if the run stopped before it, even if AWS returns no revisions", () => {
    assert.deepEqual(seen({ status: "cancelled" }), [true, "1"]);
  });
  it("is unknown if AWS did not report the outcome of its update", () => {
    assert.deepEqual(seen({ status: "failed" }), [false, ""]);
  });
  it("is as the last of several outcomes says", () => {
    assert.deepEqual(seen({ status: "failed" }, { status: "updated", revisionId: "r" }), [true, "1"]);
  });
});
