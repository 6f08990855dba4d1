import assert from "node:assert/strict";
import type { AssessedFunction } from "../../sdk/core/assess";
import { repairsOf, repairsOfAll } from "../../sdk/ops/repairs";
import { fn, stackOf } from "../cli/report/samples";

const standingsOf = (...functions: AssessedFunction[]) => stackOf(functions).standings;
const recorded = ["base:4"];
const fine = ["base:5"];

describe("what repairs drift", () => {
  const cases: Record<string, [fn: AssessedFunction, first: string]> = {
    "an update, if only the state has drifted": [fn("a", { recorded, live: fine }), "update"],
    "an update in AWS too, if that has": [fn("a", { recorded: fine, live: recorded }), "update with AWS"],
    "a sync, if nothing records the function": [fn("a", { recorded: "unasked", live: recorded }), "sync"],
    "the program, if that alone edits the record": [fn("a", { recorded, recordedBy: "resource" }), "program"],
    "the program with a refresh, if the function is gone": [
      { ...fn("a", { recorded, live: [] }), isGone: true },
      "program and refresh",
    ],
  };
  for (const [what, [one, first]] of Object.entries(cases))
    it(`is ${what}`, () => {
      const [standing] = standingsOf(one);
      assert.ok(standing);
      assert.equal(repairsOf(standing)[0], first);
    });

  it("is the least that repairs all of several", () => {
    const all = Object.values(cases).map(([one]) => one);
    assert.deepEqual(repairsOfAll(standingsOf(...all)), ["program and refresh", "update with AWS", "sync"]);
    assert.deepEqual(repairsOfAll(standingsOf(fn("a", { recorded, live: fine }))), ["update"]);
    assert.deepEqual(repairsOfAll(standingsOf(fn("a"), fn("b", { live: "unread" }))), []);
  });
});
