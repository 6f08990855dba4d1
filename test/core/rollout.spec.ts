import assert from "node:assert/strict";
import fc from "fast-check";
import { divide, interleave, parseShare, type Share } from "../../sdk/core/rollout";
import { isInShard, parseShard } from "../../sdk/core/shard";
import { counts } from "../support/counts";

const runs = counts({ sample: 200, full: 5000 });

describe("portions of a fleet", () => {
  for (const [text, expected] of [
    ["5", { count: 5 }],
    ["10%", { percent: 10 }],
    ["0.5%", { percent: 0.5 }],
    ["100%", { percent: 100 }],
    [" 3 ", { count: 3 }],
    ["0", undefined],
    ["0%", undefined],
    ["1.5", undefined],
    ["101%", undefined],
    ["-1", undefined],
    ["ten", undefined],
    ["", undefined],
    ["5 %", undefined],
  ] as const) {
    it(`are written ${JSON.stringify(text)}: ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(parseShare(text), expected);
    });
  }

  it("come first as the canary, then as batches", () => {
    const items = Array.from({ length: 10 }, (_, index) => index);
    assert.deepEqual(divide(items, { canary: { count: 2 }, batch: { percent: 50 } }), [
      { kind: "canary", items: [0, 1] },
      { kind: "batch", items: [2, 3, 4, 5, 6] },
      { kind: "batch", items: [7, 8, 9] },
    ]);
    assert.deepEqual(divide(items, {}), [{ kind: "batch", items }]);
    assert.deepEqual(
      divide(items, { canary: { percent: 1 } }).map((one) => one.items.length),
      [1, 9],
    );
  });

  it("are a share of the fleet rounded up to whole functions", () => {
    // In thousandths of a percent, so that the oracle counts in integers.
    const property = fc.property(
      fc.integer({ min: 1, max: 2000 }),
      fc.integer({ min: 1, max: 100_000 }),
      (total, thousandths) => {
        const [canary] = divide(Array.from({ length: total }), { canary: { percent: thousandths / 1000 } });
        const size = canary?.items.length ?? 0;
        assert.ok(size * 100_000 >= total * thousandths, `${size} are less than the share`);
        assert.ok((size - 1) * 100_000 < total * thousandths, `${size} are more than the share needs`);
      },
    );
    fc.assert(property, { ...runs, examples: [[375, 82_400]] });
  });

  it("cover the whole fleet, in its order, and none is empty", () => {
    const share: fc.Arbitrary<Share> = fc.oneof(
      fc.record({ count: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
    );
    const portions = fc.record({ canary: share, batch: share }, { requiredKeys: [] });
    const property = fc.property(fc.array(fc.nat()), portions, (items, options) => {
      const divided = divide(items, options);
      assert.deepEqual(
        divided.flatMap((one) => one.items),
        items,
      );
      assert.ok(divided.every((one) => one.items.length > 0));
      assert.ok(divided.slice(1).every(({ kind }) => kind === "batch"));
    });
    fc.assert(property, runs);
  });

  it("are interleaved, one from each list at a time", () => {
    assert.deepEqual(interleave([["a", "b", "c"], [], ["d"], ["e", "f"]]), ["a", "d", "e", "b", "f", "c"]);
    assert.deepEqual(interleave([]), []);
  });
});

describe("shards", () => {
  for (const text of ["0/2", "3/2", "1/0", "1", "a/b", "1/2/3", "1.5/2", "-1/2", ""]) {
    it(`cannot be written ${JSON.stringify(text)}`, () => assert.equal(parseShard(text), undefined));
  }

  it("contain each function exactly once, whichever others there are", () => {
    const property = fc.property(fc.string(), fc.integer({ min: 1, max: 20 }), (name, count) => {
      const holding = Array.from({ length: count }, (_, i) => parseShard(`${i + 1}/${count}`)).filter(
        (shard) => shard && isInShard(name, shard),
      );
      assert.equal(holding.length, 1);
    });
    fc.assert(property, runs);
  });

  it("stay the same in every version of this package", () => {
    const arns = ["api", "jobs", "mail", "web"].map((name) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`);
    const shards = arns.map((arn) => [1, 2, 3, 4].find((index) => isInShard(arn, { index, count: 4 })));
    assert.deepEqual(shards, [3, 4, 4, 3]);
  });

  it("are about equally large", () => {
    const arns = Array.from({ length: 4000 }, (_, i) => `arn:aws:lambda:us-east-1:123456789012:function:service-${i}`);
    for (const count of [2, 4, 8]) {
      for (let index = 1; index <= count; index++) {
        const size = arns.filter((arn) => isInShard(arn, { index, count })).length;
        assert.ok(Math.abs(size - 4000 / count) < 0.15 * (4000 / count), `${index}/${count} has ${size}`);
      }
    }
  });
});
