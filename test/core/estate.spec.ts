import assert from "node:assert/strict";
import fc from "fast-check";
import { isExceeded, parseTolerance, type Tolerance } from "../../sdk/core/estate";
import { counts } from "../support/counts";

describe("how many stacks of a run may fail", () => {
  for (const [text, expected] of [
    ["0", { count: 0 }],
    ["5", { count: 5 }],
    ["0%", { percent: 0 }],
    ["12.5%", { percent: 12.5 }],
    ["100%", { percent: 100 }],
    ["101%", undefined],
    ["1.5", undefined],
    ["-1", undefined],
    ["", undefined],
    ["some", undefined],
  ] as const) {
    it(`is written ${JSON.stringify(text)}: ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(parseTolerance(text), expected);
    });
  }

  const cases: [tolerance: Tolerance | undefined, stacks: number, most: number][] = [
    [undefined, 3, 3],
    [{ count: 0 }, 3, 0],
    [{ count: 2 }, 3, 2],
    [{ percent: 0 }, 3, 0],
    [{ percent: 50 }, 3, 1],
    [{ percent: 99 }, 3, 2],
    [{ percent: 100 }, 3, 3],
  ];
  for (const [tolerance, stacks, most] of cases) {
    it(`is ${most} of ${stacks} with ${JSON.stringify(tolerance ?? "no tolerance")}`, () => {
      assert.equal(isExceeded(most, stacks, tolerance), false);
      if (most < stacks) assert.equal(isExceeded(most + 1, stacks, tolerance), true);
    });
  }

  it("is a share of the stacks, rounded down", () => {
    // In thousandths of a percent, so that the oracle counts in integers.
    const property = fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 0, max: 100_000 }),
      (stacks, thousandths) => {
        const most =
          Array.from({ length: stacks + 1 }, (_, failed) => failed).findLast(
            (failed) => failed * 100_000 <= stacks * thousandths,
          ) ?? 0;
        const tolerance = { percent: thousandths / 1000 };
        assert.equal(isExceeded(most, stacks, tolerance), false, `${most} may fail`);
        assert.equal(isExceeded(most + 1, stacks, tolerance), true, `${most + 1} may not`);
      },
    );
    fc.assert(property, counts({ sample: 200, full: 5000 }));
  });
});
