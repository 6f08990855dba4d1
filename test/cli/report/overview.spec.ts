import assert from "node:assert/strict";
import fc from "fast-check";
import { orderOf, overviewOf, worstFirst } from "../../../sdk/cli/report/overview";
import { counts } from "../../support/counts";
import { failedStack, fn, stackOf } from "./samples";

const names = (stacks: ReturnType<typeof worstFirst>) => stacks.map(({ stack }) => stack);

describe("layers by stacks", () => {
  it("merges layer names that differ only by the stack's name", () => {
    const dev = stackOf([fn("a", { recorded: ["layer-dev:4", "base:5"] })]);
    const prod = stackOf([fn("a", { recorded: ["layer-prod:5"] })], { stack: "org/shop/prod" });
    assert.deepEqual(
      overviewOf([dev, prod]).map(({ name, stacks }) => [name, ...stacks.map((one) => one?.counts)]),
      [
        [
          "layer-{stack}",
          [{ versions: "4", functions: 1, verdict: "drift" }],
          [{ versions: "5", functions: 1, verdict: "as-declared" }],
        ],
        ["base", [{ versions: "5", functions: 1, verdict: "as-declared" }], undefined],
      ],
    );
    assert.deepEqual(
      overviewOf([dev]).map(({ name }) => name),
      ["layer-dev", "base"],
    );
  });

  it("puts layer-2 before layer-10, and layers that no stack has last", () => {
    const overview = overviewOf([stackOf([fn("a", { recorded: ["layer-10:5", "layer-2:5"] })])]);
    assert.deepEqual(
      overview.map(({ name }) => name),
      ["layer-2", "layer-10"],
    );
    assert.deepEqual(["layer-10", "other"].map(orderOf(overview)), [1, 2]);
  });

  it("shows where recorded and live versions differ, and leaves out places that were not read", () => {
    const one = (recorded: "unasked" | string[], live: "unasked" | "unread" | string[]) =>
      overviewOf([stackOf([fn("a", { recorded, live })])])[0]?.all.counts[0]?.versions;
    assert.equal(one(["base:5"], ["base:4"]), "recorded 5, live 4");
    assert.equal(one(["base:5"], "unread"), "recorded 5, live ?");
    assert.equal(one(["base:5"], []), "recorded 5, live –");
    assert.equal(one(["base:5"], "unasked"), "5");
    assert.equal(one("unasked", ["base:5"]), "5");
  });

  it("puts the stack with the most drift first, then unknown ones, and otherwise keeps the order", () => {
    const drifted = (stack: string, ...layers: string[]) => stackOf([fn("a", { recorded: layers })], { stack });
    const unknown = stackOf([fn("a", { live: "unread" })], { stack: "unknown" });
    const stacks = [
      drifted("b", "base:5"),
      failedStack,
      unknown,
      drifted("one", "base:4"),
      drifted("two", "base:4", "tools:2"),
      drifted("a", "base:5"),
    ];
    assert.deepEqual(names(worstFirst(stacks)), ["two", "one", "gone", "unknown", "b", "a"]);
  });

  it("counts each layer of a function once", () => {
    const layer = fc.constantFrom("base:4", "base:5", "tools:3", "tools:2", "free:1");
    const functions = fc.array(fc.tuple(fc.uniqueArray(layer, { selector: (one) => one.split(":")[0] }), fc.boolean()));
    const property = fc.property(functions, (all) => {
      const stack = stackOf(
        all.map(([recorded, isRead], index) => fn(`f${index}`, { recorded, live: isRead ? recorded : "unread" })),
      );
      const { totals } = stack;
      const counted = overviewOf([stack]).flatMap((one) => one.all.counts);
      const sum = (verdict?: string) =>
        counted
          .filter((one) => verdict === undefined || one.verdict === verdict)
          .reduce((number, one) => number + one.functions, 0);
      assert.deepEqual(
        [sum(), sum("drift"), sum("unknown")],
        [all.flatMap(([recorded]) => recorded).length, totals.drift, totals.unknown],
      );
    });
    fc.assert(property, counts({ sample: 50, full: 5_000 }));
  });
});
