import assert from "node:assert/strict";
import fc from "fast-check";
import { Budget } from "../../sdk/aws/budget";
import { counts } from "../support/counts";

/** A server's bucket as AWS has it: full at first, refilled steadily, one token a request. */
function refusals(times: readonly number[], perSecond: number): number {
  let tokens = perSecond;
  let last = times[0] ?? 0;
  let refused = 0;
  for (const time of times) {
    tokens = Math.min(perSecond, tokens + ((time - last) / 1000) * perSecond);
    last = time;
    if (tokens < 1) refused += 1;
    else tokens -= 1;
  }
  return refused;
}

/** When each of `count` requests was let go. */
async function takeAll(budget: Budget, count: number): Promise<number[]> {
  const times: number[] = [];
  await Promise.all(Array.from({ length: count }, () => budget.take().then(() => times.push(performance.now()))));
  return times;
}

describe("Budget", () => {
  it("lets requests go as fast as the quota allows, and never faster", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 300, max: 3000 }), fc.integer({ min: 1, max: 400 }), async (rate, count) => {
        assert.equal(refusals(await takeAll(new Budget(rate), count), rate), 0);
      }),
      counts({ sample: 15, full: 150 }),
    );
  });

  it("serves first who came first", async () => {
    const budget = new Budget(500);
    const order: number[] = [];
    await Promise.all(Array.from({ length: 50 }, (_, index) => budget.take().then(() => order.push(index))));
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
  });

  it("lets those go who do not want to wait any more, and serves the others", async () => {
    const budget = new Budget(20);
    const stop = new AbortController();
    const waiting = Array.from({ length: 20 }, (_, index) => budget.take(index % 2 === 0 ? stop.signal : undefined));
    const settled = Promise.allSettled(waiting);
    stop.abort();
    const outcomes = (await settled).map(({ status }) => status);
    assert.ok(outcomes.filter((_, index) => index % 2 === 1).every((status) => status === "fulfilled"));
    const left = outcomes.filter((status) => status === "rejected").length;
    assert.ok(left >= 5, `${left} left the queue`);
    await assert.rejects(budget.take(stop.signal), { code: "interrupted" });
  });

  it("slows down when AWS refuses, once for refusals of one moment, and recovers by and by", async () => {
    const budget = new Budget(100);
    const full = budget.rate;
    for (let refusal = 0; refusal < 10; refusal += 1) budget.refused();
    const slow = budget.rate;
    assert.ok(Math.abs(slow / full - 0.7) < 0.05, `${slow} of ${full} a second`);
    await takeAll(budget, 30);
    assert.ok(budget.rate > slow && budget.rate < full);
  });
});
