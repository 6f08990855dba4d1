import assert from "node:assert/strict";
import { GetFunctionCommand, ListFunctionsCommand, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import fc from "fast-check";
import { startEmulator } from ".";
import { Aws, refused } from "./conformance/aws";
import { type Fault, Faults, seededRandom } from "./faults";
import { useEmulator } from "./harness";

const call = {
  operation: "GetFunction",
  resource: "api",
  region: "us-east-1",
  caller: { account: "1", accessKeyId: "AKIA" },
};

describe("faults", () => {
  const cases: { title: string; fault: Fault; strikes: boolean[] }[] = [
    { title: "strike every call without selectors", fault: {}, strikes: [true, true, true, true] },
    { title: "strike a given number of times", fault: { times: 2 }, strikes: [true, true, false, false] },
    {
      title: "let a given number of calls through first",
      fault: { skip: 1, times: 1 },
      strikes: [false, true, false, false],
    },
    { title: "never strike with probability 0", fault: { probability: 0 }, strikes: [false, false, false, false] },
    { title: "always strike with probability 1", fault: { probability: 1 }, strikes: [true, true, true, true] },
    { title: "select by operation", fault: { operation: "ListFunctions" }, strikes: [false, false, false, false] },
    { title: "select by resource", fault: { resource: "other" }, strikes: [false, false, false, false] },
    { title: "select by region", fault: { region: "eu-west-1" }, strikes: [false, false, false, false] },
    { title: "select by account", fault: { account: "2" }, strikes: [false, false, false, false] },
    { title: "select by access key", fault: { accessKeyId: "ASIA" }, strikes: [false, false, false, false] },
    {
      title: "select by all of them together",
      fault: { operation: "GetFunction", resource: "api", region: "us-east-1", account: "1", accessKeyId: "AKIA" },
      strikes: [true, true, true, true],
    },
  ];
  for (const { title, fault, strikes } of cases) {
    it(title, () => {
      const faults = new Faults(1);
      const id = faults.order(fault);
      assert.deepEqual(
        strikes.map(() => faults.strike(call) !== undefined),
        strikes,
      );
      assert.equal(faults.struck(id), strikes.filter(Boolean).length);
    });
  }

  it("give way to the next one once they are used up", () => {
    const faults = new Faults(1);
    faults.order({ status: 500, times: 1 });
    faults.order({ status: 503 });
    assert.deepEqual([faults.strike(call)?.status, faults.strike(call)?.status], [500, 503]);
    faults.clear();
    assert.equal(faults.strike(call), undefined);
  });

  it("with a probability strike that share of calls, and the same ones for the same seed", () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, probability) => {
        const strikes = () => {
          const faults = new Faults(seed);
          faults.order({ probability });
          return Array.from({ length: 2000 }, () => faults.strike(call) !== undefined);
        };
        const first = strikes();
        assert.deepEqual(strikes(), first);
        // Six standard deviations of a fair draw.
        const allowed = 6 * Math.sqrt((probability * (1 - probability)) / 2000) + 0.001;
        assert.ok(Math.abs(first.filter(Boolean).length / 2000 - probability) <= allowed);
      }),
      { numRuns: 50 },
    );
  });

  it("draw from the whole of 0 to 1", () => {
    const random = seededRandom(7);
    const drawn = Array.from({ length: 10_000 }, random);
    assert.ok(drawn.every((number) => number >= 0 && number < 1));
    assert.ok(Math.min(...drawn) < 0.01 && Math.max(...drawn) > 0.99);
  });
});

describe("the emulator's faults", () => {
  const test = useEmulator({}, { functions: [{ name: "api" }, { name: "web" }] });

  const list = () => test.aws.lambda.send(new ListFunctionsCommand({}));
  const update = (FunctionName: string, Timeout: number) =>
    test.aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout }));
  const timeoutOf = (name: string) => test.emulator.functions().find((fn) => fn.name === name)?.configuration.Timeout;

  const errors: [status: number, code: string][] = [
    [409, "ResourceConflictException"],
    [412, "PreconditionFailedException"],
    [429, "TooManyRequestsException"],
    [500, "ServiceException"],
    [503, "ServiceUnavailableException"],
  ];
  for (const [status, code] of errors) {
    it(`answer ${status} with ${code}`, async () => {
      test.emulator.fault({ status, times: 1 });
      await refused(list(), code, status);
      await list();
    });
  }

  it("answer as told", async () => {
    test.emulator.fault({ status: 400, code: "CodeStorageExceededException", message: "full", retryAfter: 2 });
    await refused(list(), "CodeStorageExceededException", 400, /^full$/);
  });

  it("strike one function and spare the others", async () => {
    test.emulator.fault({ operation: "UpdateFunctionConfiguration", resource: "api", status: 500 });
    await refused(update("api", 9), "ServiceException", 500);
    await update("web", 9);
    assert.deepEqual([timeoutOf("api"), timeoutOf("web")], [3, 9]);
  });

  it("drop the connection before the call is carried out", async () => {
    test.emulator.fault({ operation: "UpdateFunctionConfiguration", drop: true, times: 1 });
    await assert.rejects(update("api", 9), /ECONNRESET|socket hang up/);
    assert.equal(timeoutOf("api"), 3);
    assert.equal(test.emulator.writes().length, 0);
  });

  it("drop the connection after the call is carried out: applied, but the answer is lost", async () => {
    test.emulator.fault({ operation: "UpdateFunctionConfiguration", drop: true, applied: true, times: 1 });
    await assert.rejects(update("api", 9), /ECONNRESET|socket hang up/);
    assert.equal(timeoutOf("api"), 9);
    assert.equal(test.emulator.writes().length, 1);
  });

  it("answer with an error although the call is carried out", async () => {
    test.emulator.fault({ status: 503, applied: true, times: 1 });
    await refused(update("api", 9), "ServiceUnavailableException", 503);
    assert.equal(timeoutOf("api"), 9);
  });

  it("delay a call, which is then answered normally", async () => {
    test.emulator.fault({ operation: "GetFunction", resource: "api", delayMs: 300, times: 1 });
    const began = performance.now();
    const { Configuration } = await test.aws.lambda.send(new GetFunctionCommand({ FunctionName: "api" }));
    assert.ok(performance.now() - began >= 299);
    assert.equal(Configuration?.FunctionName, "api");
  });

  it("do not keep a delayed call waiting if the emulator closes", async () => {
    const closing = await startEmulator();
    closing.fault({ delayMs: 3_600_000 });
    const aws = new Aws("ours", closing.url);
    const call = aws.list();
    while (closing.counts().ListFunctions !== 1) await new Promise(setImmediate);
    await Promise.all([assert.rejects(call), closing.close()]);
    aws.destroy();
  });

  it("are counted", async () => {
    test.emulator.fault({ operation: "ListFunctions", status: 500, times: 2 });
    await assert.rejects(list());
    await assert.rejects(list());
    await list();
    const { ListFunctions } = test.emulator.stats().operations;
    assert.deepEqual(ListFunctions, { calls: 3, throttled: 0, faulted: 2, errors: 2 });
  });
});
