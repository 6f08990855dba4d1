import assert from "node:assert/strict";
import { GetFunctionCommand, ListFunctionsCommand, type TooManyRequestsException } from "@aws-sdk/client-lambda";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import fc from "fast-check";
import { useEmulator } from "./harness";
import { AWS_LIMITS, Throttle, TokenBucket } from "./throttle";

/** Statuses of `count` simultaneous calls. */
async function burst(count: number, call: () => Promise<unknown>): Promise<{ passed: number; refused: number }> {
  const results = await Promise.allSettled(Array.from({ length: count }, call));
  const refused = results.filter((result) => result.status === "rejected");
  for (const { reason } of refused) assert.equal(reason.name, "TooManyRequestsException");
  return { passed: count - refused.length, refused: refused.length };
}

describe("a token bucket", () => {
  it("admits at most one second's worth and the rate, whatever the traffic", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { maxLength: 300 }),
        (rate, gaps) => {
          const bucket = new TokenBucket(rate, 0);
          let now = 0;
          let passed = 0;
          for (const gap of gaps) {
            now += gap;
            if (bucket.take(now)) passed += 1;
          }
          assert.ok(passed <= rate + (now / 1000) * rate + 1e-6);
        },
      ),
    );
  });

  it("never refuses a client that keeps to the rate", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (rate) => {
        const bucket = new TokenBucket(rate, 0);
        const calls = Array.from({ length: rate * 5 }, (_, index) => bucket.take((index * 1000) / rate));
        assert.ok(calls.every(Boolean));
      }),
    );
  });
});

describe("throttling", () => {
  it("is separate for each account, region and budget, and refills with time", () => {
    let now = 0;
    const throttle = new Throttle(() => now);
    throttle.set(AWS_LIMITS);
    const taken = (account: string, region: string, budget: "control" | "getFunction") => {
      let count = 0;
      while (throttle.take(account, region, budget) === undefined) count += 1;
      return count;
    };
    assert.equal(taken("1", "us-east-1", "control"), 15);
    assert.equal(taken("1", "us-east-1", "getFunction"), 100);
    assert.equal(taken("1", "eu-west-1", "control"), 15);
    assert.equal(taken("2", "us-east-1", "control"), 15);
    now += 1000 / 3;
    assert.equal(taken("1", "us-east-1", "control"), 5);
    now += 60_000;
    assert.equal(taken("1", "us-east-1", "control"), 15);
  });

  it("can be scaled and switched off", () => {
    const throttle = new Throttle(() => 0);
    throttle.set({ ...AWS_LIMITS, scale: 10, retryAfter: 7 });
    for (let call = 0; call < 150; call += 1) assert.equal(throttle.take("1", "r", "control"), undefined);
    assert.equal(throttle.take("1", "r", "control"), 7);
    throttle.set(undefined);
    for (let call = 0; call < 1000; call += 1) assert.equal(throttle.take("1", "r", "control"), undefined);
  });
});

describe("the emulator's throttling", () => {
  // Far enough below and above that the outcome does not depend on how fast this machine is.
  const test = useEmulator({ throttle: { rate: 2, getFunctionRate: 1000 } }, { functions: [{ name: "api" }] });

  const list = () => test.aws.lambda.send(new ListFunctionsCommand({}));
  const get = () => test.aws.lambda.send(new GetFunctionCommand({ FunctionName: "api" }));

  it("refuses what exceeds the budget with 429 and Retry-After", async () => {
    const { refused } = await burst(60, list);
    assert.ok(refused > 0);
    assert.equal(test.emulator.stats().operations.ListFunctions?.throttled, refused);
    test.emulator.configure({ throttle: { rate: 0, retryAfter: 3 } });
    await assert.rejects(list, (error: TooManyRequestsException) => {
      assert.equal(error.retryAfterSeconds, "3");
      return true;
    });
  });

  it("gives GetFunction its own budget", async () => {
    await burst(60, list);
    assert.equal((await burst(60, get)).refused, 0);
  });

  it("does not affect other services", async () => {
    await burst(60, list);
    assert.equal((await burst(30, () => test.aws.sts.send(new GetCallerIdentityCommand({})))).refused, 0);
  });

  it("stops when it is switched off", async () => {
    await burst(60, list);
    test.emulator.configure({ throttle: false });
    assert.equal((await burst(60, list)).refused, 0);
  });
});
