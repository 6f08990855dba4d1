import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { LiveFunction } from "../../sdk/core/live";
import { base, fleet, moveBase, useAws } from "./harness";

describe("reconcile", () => {
  const test = useAws({ updateDelayMs: 100 });
  const rate = 1000;

  async function start(count: number) {
    test.emulator.seed(fleet(count));
    const aws = await test.connect({}, { rate });
    const { functions } = await aws.listFunctions({ all: true });
    test.emulator.resetCounts();
    return { aws, functions };
  }

  it("moves what differs, keeps order and other layers, and waits for success", async () => {
    const { aws, functions } = await start(20);
    const outcomes = await aws.reconcile(functions, moveBase(4));
    for (const [index, outcome] of outcomes.entries()) {
      const fn = functions[index];
      const now = test.emulator.functions()[index];
      assert.deepEqual(outcome, {
        function: fn?.name,
        arn: fn?.arn,
        before: [base(1, "first"), base(1), base(1, "last")],
        after: [base(1, "first"), base(4), base(1, "last")],
        status: "updated",
        revisionId: now?.configuration.RevisionId,
      });
      assert.deepEqual(now?.layers, outcome.after);
      assert.equal(now?.configuration.LastUpdateStatus, "Successful");
    }
    assert.equal(test.emulator.counts().UpdateFunctionConfiguration, 20);
  });

  it("sends nothing for functions that are as desired", async () => {
    const { aws, functions } = await start(5);
    const outcomes = await aws.reconcile(functions, moveBase(1));
    assert.ok(outcomes.every(({ status }) => status === "unchanged"));
    assert.deepEqual(test.emulator.counts(), {});
  });

  it("waits for some functions while it updates others", async () => {
    test.emulator.configure({ updateDelayMs: 1000 });
    const { aws, functions } = await start(30);
    const sent: number[] = [];
    await aws.reconcile(functions, moveBase(2), { onOutcome: () => void sent.push(test.emulator.writes().length) });
    assert.ok((sent[0] ?? 0) > 10, `${sent[0]} updates were sent before the first had ended`);
  });

  it("has no more functions in progress than allowed", async () => {
    const { aws, functions } = await start(12);
    let atWork = 0;
    let most = 0;
    await aws.reconcile(functions, moveBase(2), {
      concurrency: 3,
      beforeUpdate: () => {
        atWork += 1;
        most = Math.max(most, atWork);
      },
      onOutcome: () => {
        atWork -= 1;
      },
    });
    assert.equal(most, 3);
  });

  it("reports each update before it is sent and after it has ended", async () => {
    const { aws, functions } = await start(3);
    const events: string[] = [];
    const written = () => test.emulator.writes().length;
    await aws.reconcile(functions, moveBase(3), {
      concurrency: 1,
      beforeUpdate: async (fn: LiveFunction, layers) => {
        events.push(`before ${fn.name} ${written()} ${fn.layers[1] === base(1)} ${layers[1] === base(3)}`);
      },
      onOutcome: async ({ function: name, status }) => {
        events.push(`after ${name} ${written()} ${status}`);
      },
    });
    assert.deepEqual(events, [
      "before fn-000 0 true true",
      "after fn-000 1 updated",
      "before fn-001 1 true true",
      "after fn-001 2 updated",
      "before fn-002 2 true true",
      "after fn-002 3 updated",
    ]);
  });

  it("writes nothing more once a hook has failed", async () => {
    const { aws, functions } = await start(10);
    const failure = new Error("disk full");
    let called = 0;
    const run = aws.reconcile(functions, moveBase(3), {
      concurrency: 1,
      beforeUpdate: () => {
        called += 1;
        if (called === 4) throw failure;
      },
    });
    await assert.rejects(run, failure);
    assert.equal(test.emulator.writes().length, 3);
  });

  it("attempts all others if some fail, and says why they did", async () => {
    const { aws, functions } = await start(20);
    const resource = functions[7]?.arn ?? "";
    test.emulator.deny({ action: "lambda:UpdateFunctionConfiguration", resource });
    test.emulator.fault({
      resource: "fn-011",
      updateFails: { reason: "The role cannot be assumed." },
      operation: "UpdateFunctionConfiguration",
    });
    const outcomes = await aws.reconcile(functions, (fn) => (fn.name === "fn-015" ? [base(99)] : moveBase(2)(fn)));
    const failed = outcomes.filter(({ status }) => status !== "updated");
    assert.deepEqual(
      failed.map(({ function: name, status }) => [name, status]),
      [
        ["fn-007", "failed"],
        ["fn-011", "failed"],
        ["fn-015", "failed"],
      ],
    );
    assert.match(failed[0]?.reason ?? "", /lambda:UpdateFunctionConfiguration on arn:\S+:function:fn-007 is denied/);
    assert.match(failed[1]?.reason ?? "", /The role cannot be assumed/);
    assert.match(failed[2]?.reason ?? "", /^Layer version does not exist: arn:\S+:layer:base:99/);
    for (const { before, after } of failed) assert.deepEqual(after, before);
    assert.equal(test.emulator.writes().length, 18);
  });

  it("reports that a function is gone", async () => {
    const { aws, functions } = await start(1);
    test.emulator.fault({ operation: "UpdateFunctionConfiguration", status: 412, times: 1 });
    test.emulator.fault({ operation: "GetFunction", status: 404, times: 1 });
    const [outcome] = await aws.reconcile(functions, moveBase(2));
    assert.equal(outcome?.status, "failed");
    assert.match(outcome?.reason ?? "", /fn-000 no longer exists/);
  });

  it("gives up at the deadline if an update is still in progress, and says so", async () => {
    const { aws, functions } = await start(2);
    test.emulator.configure({ updateDelayMs: 60_000 });
    const outcomes = await aws.reconcile(functions, moveBase(2), { deadlineMs: 500 });
    for (const { status, after, reason } of outcomes) {
      assert.equal(status, "unknown");
      assert.equal(after[1], base(2));
      assert.match(reason ?? "", /still in progress .* Lambda accepted its update/);
    }
  });

  it("gives up at the deadline if it is throttled all the time", async () => {
    const { aws, functions } = await start(2);
    test.emulator.fault({ operation: "UpdateFunctionConfiguration", status: 429 });
    const outcomes = await aws.reconcile(functions, moveBase(2), { deadlineMs: 500 });
    assert.ok(outcomes.every(({ status, reason }) => status === "failed" && /TooManyRequests/.test(reason ?? "")));
    assert.equal(test.emulator.writes().length, 0);
  });

  it("finishes what is in progress if it is interrupted, and starts nothing more", async () => {
    const { aws, functions } = await start(20);
    const stop = new AbortController();
    const outcomes = await aws.reconcile(functions, moveBase(2), {
      signal: stop.signal,
      concurrency: 4,
      onOutcome: () => stop.abort(),
    });
    const updated = outcomes.filter(({ status }) => status === "updated");
    assert.ok(updated.length >= 1 && updated.length <= 8, `${updated.length} updated`);
    assert.equal(test.emulator.writes().length, updated.length);
    for (const { status, before, after } of outcomes) {
      if (status === "updated") continue;
      assert.equal(status, "cancelled");
      assert.deepEqual(after, before);
    }
  });

  it("waits after an interrupt for updates that Lambda has accepted, and reports how they ended", async () => {
    test.emulator.configure({ updateDelayMs: 1500 });
    const { aws, functions } = await start(3);
    const stop = new AbortController();
    const run = aws.reconcile(functions, moveBase(2), { signal: stop.signal });
    while (test.emulator.writes().length < 3) await sleep(5);
    stop.abort();
    for (const { status, reason, revisionId } of await run) {
      assert.equal(status, "updated", reason);
      assert.ok(revisionId);
    }
    const { GetFunction: polls = 0 } = test.emulator.counts();
    assert.ok(polls <= 3 * 5, `${polls} polls: they get rarer, as GetFunction has a budget too`);
  });

  it("ends with the session's signal, even while it waits for its turn", async () => {
    test.emulator.seed(fleet(20));
    const stop = new AbortController();
    const aws = await test.connect({}, { rate: 2, signal: stop.signal });
    const { functions } = await aws.listFunctions({ all: true });
    const outcomes = await aws.reconcile(functions, moveBase(2), { onOutcome: () => stop.abort() });
    assert.ok(outcomes.some(({ status }) => status === "cancelled"));
    await assert.rejects(aws.listFunctions({ all: true }), { code: "interrupted" });
  });
});
