import assert from "node:assert/strict";
import { type AssessedFunction, assess } from "../../sdk/core/assess";
import { assessedFunction, recordedFunctions } from "../../sdk/core/recorded";
import { scanState } from "../../sdk/core/state/scan";
import { repairsOf, repairsOfAll } from "../../sdk/ops/repairs";
import { arnOf } from "../aws/harness";
import { fn, stackOf } from "../cli/report/samples";
import { awsFunction, layer, stateOf } from "../support/states";

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

  it("is the program with a refresh, if AWS has a container image in the function's place", () => {
    const facts = scanState(Buffer.from(JSON.stringify(stateOf([awsFunction("api", [layer("base", 4)])]))));
    const [one] = recordedFunctions(facts);
    assert.ok(one);
    const image = { name: "api", arn: arnOf("api"), layers: [], runtime: undefined, architectures: [] };
    const live = { ...image, packageType: "Image", revisionId: "r" } as const;
    const hints = { declared: { stack: "dev", layers: [] } as never, accountId: undefined };
    const seen = assessedFunction(one, live, hints);
    const [standing] = assess([seen], () => ({ version: 5, enforce: "exact" }));
    assert.ok(standing);
    assert.deepEqual([seen.isImage, standing.verdict, repairsOf(standing)], [true, "drift", ["program and refresh"]]);
  });

  it("is the least that repairs all of several", () => {
    const all = Object.values(cases).map(([one]) => one);
    assert.deepEqual(repairsOfAll(standingsOf(...all)), ["program and refresh", "update with AWS", "sync"]);
    assert.deepEqual(repairsOfAll(standingsOf(fn("a", { recorded, live: fine }))), ["update"]);
    assert.deepEqual(repairsOfAll(standingsOf(fn("a"), fn("b", { live: "unread" }))), []);
  });
});
