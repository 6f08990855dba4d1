import assert from "node:assert/strict";
import type { FunctionOutcome } from "../../sdk/core/live";
import type { Fault } from "../emulator";
import { base, fleet, moveBase, type TestAws, useAws } from "./harness";

const rate = 2000;

async function moveFleet(test: TestAws, count: number, faults: readonly Fault[]): Promise<FunctionOutcome[]> {
  test.emulator.seed(fleet(count));
  const aws = await test.connect({}, { rate });
  const { functions } = await aws.listFunctions({ all: true });
  test.emulator.resetCounts();
  for (const fault of faults) test.emulator.fault(fault);
  return aws.reconcile(functions, moveBase(2));
}

/** Every function is at its target, was written once, and its outcome says so. */
function assertMoved(test: TestAws, outcomes: readonly FunctionOutcome[]): void {
  for (const { function: name, status, reason, before, after } of outcomes) {
    assert.equal(status, "updated", `${name}: ${reason}`);
    assert.deepEqual(before, [base(1, "first"), base(1), base(1, "last")]);
    assert.deepEqual(after, [base(1, "first"), base(2), base(1, "last")]);
    assert.deepEqual(test.emulator.layersOf(name), after);
  }
  const written = test.emulator.writes().map(({ resource }) => resource);
  assert.deepEqual(written.sort(), outcomes.map(({ function: name }) => name).sort());
}

describe("reconcile through faults", function () {
  this.timeout(120_000);
  this.slow(20_000);
  const test = useAws();

  const kinds: readonly { readonly kind: string; readonly fault: Fault }[] = [
    { kind: "429", fault: { status: 429 } },
    { kind: "429 with Retry-After", fault: { status: 429, retryAfter: 1 } },
    { kind: "500", fault: { status: 500 } },
    { kind: "503", fault: { status: 503 } },
    { kind: "409", fault: { operation: "UpdateFunctionConfiguration", status: 409 } },
    { kind: "412", fault: { operation: "UpdateFunctionConfiguration", status: 412 } },
    { kind: "a connection dropped before the work is done", fault: { drop: true } },
    { kind: "a connection dropped after the work is done", fault: { drop: true, applied: true } },
    { kind: "500 after the work is done", fault: { status: 500, applied: true } },
  ];
  for (const { kind, fault } of kinds) {
    it(`moves every function with one write: ${kind}, at 20 %`, async () => {
      assertMoved(test, await moveFleet(test, 40, [{ ...fault, probability: 0.2 }]));
    });
  }

  it("moves every function with one write: all faults together, at 3 % each", async () => {
    const faults = kinds.map(({ fault }) => ({ ...fault, probability: 0.03 }));
    assertMoved(test, await moveFleet(test, 100, faults));
  });

  it("moves every function with one write: stalls of five seconds before and after the work is done", async () => {
    const stall = { delayMs: 5000, probability: 0.1 };
    assertMoved(test, await moveFleet(test, 40, [stall, { ...stall, applied: true }]));
  });

  it("waits as long as Retry-After asks", async () => {
    await moveFleet(test, 1, [{ operation: "UpdateFunctionConfiguration", status: 429, retryAfter: 2, times: 1 }]);
    const [refused, accepted] = test.calls.filter(({ operation }) => operation === "UpdateFunctionConfiguration");
    assert.equal(refused?.outcome, "TooManyRequestsException");
    assert.equal(accepted?.outcome, "ok");
    const [write] = test.emulator.writes();
    assert.ok((write?.at ?? 0) >= 2000);
  });

  it("reports an update whose answer was lost and that then failed", async () => {
    const fails = { operation: "UpdateFunctionConfiguration", updateFails: { reason: "The subnet is gone." } };
    const [outcome] = await moveFleet(test, 1, [{ ...fails, applied: true, drop: true, times: 1 }, fails]);
    assert.equal(outcome?.status, "failed");
    assert.match(outcome?.reason ?? "", /The subnet is gone/);
    assert.equal(outcome?.changedMeanwhile, undefined);
  });

  // One run covers all the slow cases, so that the suite does not take three times as long.
  it("moves all other functions if one never finishes", async () => {
    const update = "UpdateFunctionConfiguration";
    test.emulator.seed(fleet(10));
    const aws = await test.connect({}, { rate });
    const { functions } = await aws.listFunctions({ all: true });
    test.emulator.fault({ operation: update, resource: "fn-001", status: 500 });
    test.emulator.fault({ operation: update, resource: "fn-002", delayMs: 60_000, applied: true, times: 1 });
    test.emulator.fault({ operation: update, resource: "fn-003", delayMs: 60_000, times: 1 });
    test.emulator.fault({ operation: "GetFunction", resource: "fn-004", delayMs: 60_000, times: 1 });
    let memory = 128;
    const outcomes = await aws.reconcile(functions, moveBase(2), {
      beforeUpdate: ({ name }) => {
        memory += 1;
        if (name === "fn-005") test.emulator.edit(name, { MemorySize: memory });
      },
    });
    const [, broken, , , , embattled] = outcomes;
    assert.equal(broken?.status, "failed");
    assert.match(broken?.reason ?? "", /UpdateFunctionConfiguration of fn-001 failed .*ServiceException.*request ID/);
    assert.equal(embattled?.status, "failed");
    assert.match(embattled?.reason ?? "", /changed by someone else 10 times/);
    assert.ok(test.calls.some(({ outcome }) => outcome === "TimeoutError"));
    assert.equal(test.emulator.writes().length, 8);
    assertMoved(
      test,
      outcomes.filter((outcome) => outcome !== broken && outcome !== embattled),
    );
  });
});

describe("reconcile while someone else is at work", () => {
  const test = useAws();

  async function start(count: number) {
    test.emulator.seed(fleet(count));
    const aws = await test.connect({}, { rate });
    return { aws, functions: (await aws.listFunctions({ all: true })).functions };
  }

  it("plans again from what they left, and never overwrites it unseen", async () => {
    const { aws, functions } = await start(10);
    test.emulator.edit("fn-003", { Layers: ["last:3", "base:3"] });
    test.emulator.edit("fn-005", { MemorySize: 512 });
    const seen: [layers: readonly string[], instead: boolean][] = [];
    const outcomes = await aws.reconcile(functions, moveBase(2), {
      beforeUpdate: ({ name, layers }, _, instead) => {
        if (name === "fn-003") seen.push([layers, instead]);
      },
    });
    assert.ok(outcomes.every(({ status }) => status === "updated"));
    assert.deepEqual(seen, [
      [[base(1, "first"), base(1), base(1, "last")], false],
      [[base(3, "last"), base(3)], true],
    ]);
    assert.deepEqual(outcomes[3]?.before, [base(3, "last"), base(3)]);
    assert.deepEqual(test.emulator.layersOf("fn-003"), [base(3, "last"), base(2)]);
    const state = test.emulator.functions().find(({ name }) => name === "fn-005");
    assert.equal(state?.configuration.MemorySize, 512);
    const changed = outcomes.filter(({ changedMeanwhile }) => changedMeanwhile);
    assert.deepEqual(
      changed.map(({ function: name }) => name),
      ["fn-003", "fn-005"],
    );
    assert.equal(test.emulator.writes().length, 10);
  });

  it("does not announce the next update in place of one that may have been carried out", async () => {
    const { aws, functions } = await start(1);
    test.emulator.fault({ operation: "UpdateFunctionConfiguration", applied: true, drop: true, times: 1 });
    // Between the update whose answer is lost and the next read of the function.
    const edit = setInterval(() => {
      if (test.emulator.writes().length === 0) return;
      clearInterval(edit);
      test.emulator.edit("fn-000", { Layers: ["last:3", "base:3"] });
    }, 1);
    const seen: [layers: readonly string[], instead: boolean][] = [];
    const [outcome] = await aws.reconcile(functions, moveBase(2), {
      beforeUpdate: ({ layers }, _, instead) => void seen.push([layers, instead]),
    });
    assert.equal(outcome?.status, "updated");
    assert.deepEqual(seen, [
      [[base(1, "first"), base(1), base(1, "last")], false],
      [[base(3, "last"), base(3)], false],
    ]);
  });

  it("leaves alone what they have already brought to its layers", async () => {
    const { aws, functions } = await start(2);
    test.emulator.edit("fn-001", { Layers: ["first:1", "base:2", "last:1"] });
    const [, outcome] = await aws.reconcile(functions, moveBase(2));
    assert.equal(outcome?.status, "unchanged");
    assert.equal(outcome?.changedMeanwhile, true);
    assert.equal(test.emulator.writes().length, 1);
  });

  it("takes over a change made after its own update", async () => {
    const { aws, functions } = await start(1);
    const changes = [base(3), base(4)];
    const outcomes = await aws.reconcile(functions, moveBase(2), {
      beforeUpdate: ({ name }) => {
        const layer = changes.pop();
        if (layer) test.emulator.edit(name, { Layers: [layer] });
      },
    });
    assert.equal(outcomes[0]?.status, "updated");
    assert.deepEqual(test.emulator.layersOf("fn-000"), [base(2)]);
  });
});
