import assert from "node:assert/strict";
import fc from "fast-check";
import { parseLayerVersionArn } from "../../sdk/core/arn";
import { type AssessedFunction, assess, lostLayerArn, sumOf, totalsOf } from "../../sdk/core/assess";
import { declaredLayersOf, movedLayers } from "../../sdk/core/goal";
import { createMatcher } from "../../sdk/core/match";
import { declaredTargets } from "../../sdk/core/target";
import { declared } from "../support/arbitraries";
import { counts } from "../support/counts";

const prefix = "arn:aws:lambda:us-east-1:123456789012:layer:";
const targetOf = declaredTargets(
  createMatcher({
    stack: "dev",
    file: "layer_config.yaml",
    layers: [declared({ key: "base", version: 5 }), declared({ key: "tools", version: 3, enforce: "minimum" })],
  }),
);

type Seen = readonly string[] | "unread" | undefined;

/** A function with these layers, such as `base:5`; undefined: nobody read them. */
function fn(recorded: Seen, live: Seen, others: Partial<AssessedFunction> = {}): AssessedFunction {
  const seen = (texts: Seen) =>
    texts && {
      layers: texts === "unread" ? [] : texts.map((text) => parseLayerVersionArn(prefix + text) ?? assert.fail(text)),
      complete: texts !== "unread",
    };
  return {
    ...{ name: "fn", arn: undefined, region: "us-east-1", account: undefined, urn: undefined },
    ...{ recordedBy: recorded && "function", recorded: seen(recorded), live: seen(live), ...others },
  };
}

const standingsOf = (one: AssessedFunction, targets = targetOf) =>
  assess([one], targets).map(({ layer, recorded, live, verdict, isLost, isTwice }) =>
    [layer?.name ?? "?", recorded ?? "", live ?? "", verdict, isLost && "lost", isTwice && "twice"]
      .filter((part) => part !== false)
      .join(" "),
  );

describe("an assessment", () => {
  const cases: [what: string, recorded: Seen, live: Seen, ...standings: string[]][] = [
    ["is as declared if both are", ["base:5"], ["base:5"], "base 5 5 as-declared"],
    ["accepts newer versions under minimum", ["tools:3"], ["tools:9"], "tools 3 9 as-declared"],
    ["finds a recorded version that is not as declared", ["base:4"], ["base:5"], "base 4 5 drift"],
    ["finds a live version that is not as declared", ["base:5"], ["base:6"], "base 5 6 drift"],
    ["finds an older version under minimum", ["tools:2"], ["tools:3"], "tools 2 3 drift"],
    ["finds a declared layer that AWS has lost", ["base:5"], [], "base 5 absent drift lost"],
    ["takes a layer that only AWS has as it is", [], ["base:5"], "base absent 5 as-declared"],
    ["finds a layer that only AWS has at another version", [], ["base:4"], "base absent 4 drift"],
    ["leaves layers alone that no entry matches", ["free:1"], [], "free 1 absent undeclared"],
    ["does not know what it could not read", ["base:5"], "unread", "base 5 unknown unknown"],
    ["finds drift beside what it could not read", ["base:4"], "unread", "base 4 unknown drift"],
    ["does not know a secret record", "unread", ["base:5"], "base unknown 5 unknown"],
    ["finds drift beside a secret record", "unread", ["base:4"], "base unknown 4 drift"],
    ["has a standing for layers that nobody could read", "unread", [], "? unknown absent unknown"],
    ["reads nothing from AWS if it was not asked to", ["base:5"], undefined, "base 5  as-declared"],
    ["reads nothing from a state that does not exist", undefined, ["base:5"], "base  5 as-declared"],
    [
      "judges a layer that appears twice by its wrong version",
      ["base:5", "base:4"],
      ["base:5"],
      "base 4 5 drift twice",
    ],
  ];
  for (const [what, recorded, live, ...standings] of cases) {
    it(what, () => assert.deepEqual(standingsOf(fn(recorded, live)), standings));
  }

  it("does not call a layer lost that is about to replace another, or that another is about to replace", () => {
    const moving = declaredTargets(
      createMatcher({
        stack: "dev",
        layers: [declared({ key: "next", version: 2, names: ["next"], replaces: ["base", "older"] })],
      }),
    );
    const both = (recorded: Seen, live: Seen) => standingsOf(fn(recorded, live), moving);
    assert.deepEqual(both(["next:2"], ["base:5"]), ["next 2 absent as-declared", "base absent 5 drift"]);
    assert.deepEqual(both(["base:5"], ["next:2"]), ["base 5 absent drift", "next absent 2 as-declared"]);
    assert.deepEqual(both(["base:5"], ["older:1"]), ["base 5 absent drift", "older absent 1 drift"]);
    assert.deepEqual(both(["next:2"], []), ["next 2 absent drift lost"]);
  });

  it("counts a layer that was never applied only if it is wrong", () => {
    const beside = (texts: string[]) => ({
      ...{ layers: [], others: texts.map((text) => parseLayerVersionArn(prefix + text) ?? assert.fail(text)) },
      complete: true,
    });
    assert.deepEqual(standingsOf(fn(undefined, undefined, { recorded: beside(["base:5"]) })), []);
    // It was never applied: AWS has not lost it.
    assert.deepEqual(standingsOf(fn(undefined, [], { recorded: beside(["base:4"]) })), ["base 4 absent drift"]);
  });

  it("adds up", () => {
    const one = totalsOf(assess([fn(["base:4", "free:1"], "unread"), fn(["base:5"], "unread")], targetOf));
    assert.deepEqual(one, { functions: 2, layersOfFunctions: 3, drift: 1, unknown: 1 });
    assert.deepEqual(sumOf([one, one]), { functions: 4, layersOfFunctions: 6, drift: 2, unknown: 2 });
  });

  it("attaches a lost layer at its recorded version if that is as declared", () => {
    const [newer, older] = assess([fn(["tools:7"], []), fn(["tools:1"], [])], targetOf).map(lostLayerArn);
    assert.deepEqual([newer, older], [`${prefix}tools:7`, `${prefix}tools:3`]);
  });
});

describe("the layers that a function should have", () => {
  const layer = fc
    .tuple(fc.constantFrom("base", "tools", "free", "other"), fc.integer({ min: 1, max: 9 }))
    .map(([name, version]) => `${name}:${version}`);
  const list = fc.uniqueArray(layer, { maxLength: 4, selector: (text) => text.split(":")[0] });
  const wanted = (texts: readonly string[], one: AssessedFunction) =>
    declaredLayersOf(
      one,
      texts.map((text) => prefix + text),
      targetOf,
    ).map((text) => text.slice(prefix.length));
  const nameOf = (text: string) => text.split(":")[0] ?? "";
  const isFine = (text: string) => {
    const version = Number(text.split(":")[1]);
    if (nameOf(text) === "base") return version === 5;
    return nameOf(text) !== "tools" || version >= 3;
  };

  it("are as declared, in order, with lost ones at their places and nothing else changed", () => {
    const property = fc.property(list, list, (recorded, live) => {
      const one = fn(recorded, live);
      const after = wanted(live, one);
      assert.ok(after.every(isFine));
      // What was there stays, in its order.
      assert.deepEqual(
        after.map(nameOf).filter((name) => live.some((text) => nameOf(text) === name)),
        live.map(nameOf),
      );
      for (const text of live.filter(isFine)) assert.ok(after.includes(text));
      // What is new was recorded and is declared.
      const lost = recorded.map(nameOf).filter((name) => name !== "free" && name !== "other");
      const missing = lost.filter((name) => !live.some((text) => nameOf(text) === name));
      const came = after.map(nameOf).filter((name) => !live.some((text) => nameOf(text) === name));
      assert.deepEqual([...came].sort(), [...missing].sort());
      // It has its recorded place relative to the recorded layers that were there.
      const order = recorded.map(nameOf);
      const isOrdered = live.map(nameOf).filter((name) => order.includes(name));
      if (isOrdered.join() === order.filter((name) => isOrdered.includes(name)).join()) {
        const both = after.map(nameOf).filter((name) => order.includes(name));
        assert.deepEqual(
          both,
          order.filter((name) => both.includes(name)),
        );
      }
      assert.deepEqual(wanted(after, one), after);
      assert.equal(totalsOf(assess([fn(undefined, after)], targetOf)).drift, 0);
    });
    fc.assert(property, counts({ sample: 300, full: 5000 }));
  });

  it("have a lost layer at the end if another resource records it", () => {
    const one = fn(["base:5", "free:1"], ["free:1"], { recordedBy: "resource" });
    assert.deepEqual(wanted(["free:1"], one), ["free:1", "base:5"]);
  });
});

describe("the layers of a function after moves", () => {
  type Move = Parameters<typeof movedLayers>[1][number];
  const comes: Move = { layer: `${prefix}a`, from: null, to: 2, at: 0 };
  const changes: Move = { layer: `${prefix}a`, from: 1, to: 2 };
  const goes: Move = { layer: `${prefix}a`, from: 1, to: null };
  const gives: Move = { layer: `${prefix}a`, from: 1, to: 3, by: `${prefix}c` };
  const cases: [what: string, before: string[], move: Move, after: string[]][] = [
    ["have a lost one at its place", ["b:1"], comes, ["a:2", "b:1"]],
    ["have a lost one at the end if no place is known", ["b:1"], { ...comes, at: undefined }, ["b:1", "a:2"]],
    ["have a lost one once if it is there again", ["b:1", "a:2"], comes, ["b:1", "a:2"]],
    ["have a lost one as someone else has attached it", ["a:7", "b:1"], comes, ["a:7", "b:1"]],
    ["have the new version", ["b:1", "a:1"], changes, ["b:1", "a:2"]],
    ["have a version other than the expected one unchanged", ["a:7"], changes, ["a:7"]],
    ["no longer have one that is to go", ["a:1", "b:1"], goes, ["b:1"]],
    ["keep one that is to go if it is at another version", ["a:7", "b:1"], goes, ["a:7", "b:1"]],
    ["have another in its place", ["a:1", "b:1"], gives, ["c:3", "b:1"]],
    ["have both if the other one is there", ["a:1", "c:9"], gives, ["a:1", "c:9"]],
  ];
  for (const [what, before, move, after] of cases) {
    it(what, () => {
      const moved = movedLayers(
        before.map((text) => prefix + text),
        [move],
      );
      assert.deepEqual(
        moved.map((text) => text.slice(prefix.length)),
        after,
      );
    });
  }
});
