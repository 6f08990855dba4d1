import assert from "node:assert/strict";
import fc from "fast-check";
import { Budget } from "../../sdk/aws/budget";
import type { Clients } from "../../sdk/aws/clients";
import { limiterFor } from "../../sdk/aws/limiter";
import { counts } from "../support/counts";

/** A bucket as AWS has it: full at first, refilled steadily, one token per request. */
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

/** When each of `count` requests was released. */
async function takeAll(budget: Budget, count: number): Promise<number[]> {
  const times: number[] = [];
  await Promise.all(Array.from({ length: count }, () => budget.take().then(() => times.push(performance.now()))));
  return times;
}

describe("Budget", () => {
  it("releases requests as fast as the quota allows, and never faster", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 300, max: 3000 }), fc.integer({ min: 1, max: 400 }), async (rate, count) => {
        assert.equal(refusals(await takeAll(new Budget(rate), count), rate), 0);
      }),
      counts({ sample: 15, full: 150 }),
    );
  });

  it("is first come, first served", async () => {
    const budget = new Budget(500);
    const order: number[] = [];
    await Promise.all(Array.from({ length: 50 }, (_, index) => budget.take().then(() => order.push(index))));
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
  });

  it("releases callers that no longer want to wait, and serves the others", async () => {
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

  it("spends nothing on callers that have left", async () => {
    const [left, served] = [new Budget(20), new Budget(20)];
    await Promise.all([left, served].map((budget) => takeAll(budget, 6)));
    const stop = new AbortController();
    const leaving = Promise.allSettled(Array.from({ length: 20 }, () => left.take(stop.signal)));
    const order: string[] = [];
    const last = [
      left.take().then(() => order.push("behind them")),
      takeAll(served, 10).then(() => order.push("tenth")),
    ];
    stop.abort();
    await Promise.all([leaving, ...last]);
    assert.deepEqual(order, ["behind them", "tenth"]);
  });

  it("releases none immediately after a refusal", async () => {
    const [refused, other] = [new Budget(1), new Budget(1)];
    refused.refused();
    const stop = new AbortController();
    const order: string[] = [];
    const waiting = refused.take(stop.signal).then(
      () => order.push("refused"),
      () => {},
    );
    await other.take().then(() => order.push("other"));
    stop.abort();
    await waiting;
    assert.deepEqual(order, ["other"]);
  });

  it("slows down once for all refusals of one moment, and recovers gradually", async () => {
    const budget = new Budget(100);
    const full = budget.rate;
    for (let refusal = 0; refusal < 10; refusal += 1) budget.refused();
    const slow = budget.rate;
    assert.ok(Math.abs(slow / full - 0.7) < 0.05, `${slow} of ${full} a second`);
    await takeAll(budget, 30);
    assert.ok(budget.rate > slow && budget.rate < full);
  });
});

describe("limiterFor", () => {
  it("scales GetFunction with all others, 100 to 15, but not the tagging API", () => {
    const clients = { region: "us-east-1", endpoint: "http://nowhere" } as Clients;
    const limiter = limiterFor("123456789012", clients, 60);
    const rate = (service: "lambda" | "tagging", operation: string) => limiter.budget(service, operation).rate;
    assert.ok(Math.abs(rate("lambda", "GetFunction") / rate("lambda", "ListFunctions") - 100 / 15) < 0.01);
    assert.ok(Math.abs(rate("lambda", "ListFunctions") / rate("tagging", "GetResources") - 60 / 15) < 0.01);
    assert.equal(limiterFor("123456789012", clients, undefined), limiter);
    for (const other of [{ region: "eu-west-1" }, { endpoint: "http://elsewhere" }])
      assert.notEqual(limiterFor("123456789012", { ...clients, ...other }, undefined), limiter);
    assert.notEqual(limiterFor("210987654321", clients, undefined), limiter);
  });
});
