import assert from "node:assert/strict";
import type { AwsPort } from "../../sdk/ports";
import { base, fleet, moveBase, useAws } from "./harness";

describe("Lambda's request limits", function () {
  this.timeout(60_000);
  this.slow(20_000);
  const test = useAws({ updateDelayMs: 300 });

  const throttled = () =>
    Object.values(test.emulator.stats().operations).reduce((sum, operation) => sum + operation.throttled, 0);

  /** Moves all functions; returns the time it took as a ratio of what the limit allows. */
  async function ratio(aws: AwsPort, count: number, limit: number): Promise<number> {
    const started = performance.now();
    const { functions } = await aws.listFunctions({ all: true });
    await aws.layerVersion(base(2));
    const outcomes = await aws.reconcile(functions, moveBase(2));
    const seconds = (performance.now() - started) / 1000;
    assert.ok(outcomes.every(({ status }) => status === "updated"));
    const {
      UpdateFunctionConfiguration: updates = 0,
      ListFunctions: pages,
      GetLayerVersion: layers,
    } = test.emulator.counts();
    assert.deepEqual([updates, pages, layers], [count, Math.ceil(count / 50), 1]);
    return seconds / ((Math.ceil(count / 50) + 1 + count) / limit);
  }

  it("are used up but never exceeded on a quiet account", async () => {
    test.emulator.seed(fleet(90));
    test.emulator.configure({ throttle: true });
    const used = await ratio(await test.connect(), 90, 15);
    assert.equal(throttled(), 0);
    assert.ok(used < 1.15, `${used} of the time that the limit allows`);
  });

  it("can be raised with the rate option", async () => {
    test.emulator.seed(fleet(200));
    test.emulator.configure({ throttle: { scale: 4 } });
    const used = await ratio(await test.connect({}, { rate: 60 }), 200, 60);
    assert.equal(throttled(), 0);
    assert.ok(used < 1.3, `${used} of the time that the limit allows`);
  });

  it("let GetFunction pass while all other calls wait", async () => {
    test.emulator.seed(fleet(40));
    test.emulator.configure({ throttle: true });
    const aws = await test.connect();
    const started = performance.now();
    const names = test.emulator.functions().map(({ name }) => name);
    await Promise.all([
      ...Array.from({ length: 40 }, (_, version) => aws.layerVersion(base(version + 1))),
      aws.listFunctions({ names }).then(() => {
        const share = (test.emulator.counts().GetLayerVersion ?? 0) / 40;
        assert.ok(share < 0.75, `${share} of the other calls were done before 40 GetFunction calls`);
      }),
    ]);
    assert.ok(performance.now() - started > ((40 - 15) / 15) * 1000);
    assert.equal(throttled(), 0);
  });

  it("are shared by all sessions of the process in one account and region", async () => {
    test.emulator.seed(fleet(60));
    test.emulator.configure({ throttle: { scale: 2 } });
    const sessions = await Promise.all([1, 2, 3].map(() => test.connect({}, { rate: 30 })));
    const { functions } = await (sessions[0] as AwsPort).listFunctions({ all: true });
    const runs = sessions.map((aws, index) =>
      aws.reconcile(functions.slice(index * 20, (index + 1) * 20), moveBase(2)),
    );
    await Promise.all(runs);
    assert.equal(test.emulator.counts().UpdateFunctionConfiguration, 60);
    assert.equal(throttled(), 0);
  });

  it("are respected by backing off while someone else uses half of them", async () => {
    const count = 400;
    test.emulator.seed(fleet(count));
    // What is left of 120 a second.
    test.emulator.configure({ throttle: { scale: 4 } });
    const aws = await test.connect({}, { rate: 120 });
    const { functions } = await aws.listFunctions({ all: true });
    const started = performance.now();
    const outcomes = await aws.reconcile(functions, moveBase(2));
    const seconds = (performance.now() - started) / 1000;
    assert.ok(outcomes.every(({ status }) => status === "updated"));
    assert.equal(test.emulator.writes().length, count);
    const refused = throttled() / count;
    assert.ok(refused < 0.5, `${refused} refusals per function; about 0.65 without backing off`);
    const used = seconds / (count / 60);
    assert.ok(used < 1.5, `${used} of the time that the limit allows`);
  });
});
