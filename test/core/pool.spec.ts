import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { pooled } from "../../sdk/core/pool";
import { counts } from "../support/counts";

describe("pooled", () => {
  it("returns results in the order of the items, with no more in progress than allowed", async () => {
    const delays = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 30 });
    const property = fc.asyncProperty(delays, fc.integer({ min: 1, max: 8 }), async (items, concurrency) => {
      let atWork = 0;
      let most = 0;
      const results = await pooled(items, concurrency, async (delay) => {
        atWork += 1;
        most = Math.max(most, atWork);
        await sleep(delay);
        atWork -= 1;
        return delay;
      });
      assert.deepEqual(results, items);
      assert.equal(most, Math.min(concurrency, items.length));
    });
    await fc.assert(property, counts({ sample: 30, full: 500 }));
  });

  it("starts nothing after the first failure, and fails with it once everything that was started has ended", async () => {
    const items = Array.from({ length: 45 }, (_, index) => index);
    const begun: number[] = [];
    const ended: number[] = [];
    const run = pooled(items, 10, async (item) => {
      begun.push(item);
      // The others take longer, and then some of them fail too.
      await sleep(item === 3 ? 5 : 40);
      ended.push(item);
      if (item % 3 === 0) throw new Error(`item ${item}`);
    });
    await assert.rejects(run, { message: "item 3" });
    assert.deepEqual(begun, items.slice(0, 10));
    assert.equal(ended.length, 10);
    await sleep(60);
    assert.equal(begun.length, 10);
  });
});
