import assert from "node:assert/strict";
import { Lambda } from "@aws-sdk/client-lambda";
import fc from "fast-check";
import type { FunctionOutcome } from "../../sdk/core/live";
import { base } from "../aws/harness";
import type { Fault } from "../emulator";
import { counts, itSampled, soak } from "../support/counts";
import { taggedFleet, useFleet } from "./fleet-harness";

const update = "UpdateFunctionConfiguration";
const kinds: Readonly<Record<string, Fault>> = {
  "429": { status: 429, retryAfter: 1 },
  "500": { status: 500 },
  "503": { status: 503 },
  "409": { operation: update, status: 409 },
  "412": { operation: update, status: 412 },
  "a dropped connection": { drop: true },
  "a dropped connection after the work is done": { drop: true, applied: true },
  "a stall of 5 s": { delayMs: 5000 },
};

describe("a sync through faults", function () {
  this.timeout(soak ? 3_600_000 : 300_000);
  const fleet = useFleet();
  const size = soak ? 200 : 30;

  /** Every function is right in AWS, in the outcomes and in the record, and was written once. */
  async function assertAllRight(outcomes: readonly FunctionOutcome[]): Promise<void> {
    const functions = fleet.emulator.functions();
    for (const { name, layers } of functions)
      assert.deepEqual(layers, [base(1, "first"), base(2), base(1, "last")], name);
    assert.deepEqual(
      outcomes.filter(({ status }) => status !== "updated"),
      [],
    );
    const written = fleet.emulator.writes().map(({ resource }) => resource);
    assert.deepEqual(written.sort(), functions.map(({ name }) => name).sort());
    const lines = await fleet.record();
    assert.equal(
      lines.filter(({ line, outcome }) => line === "after" && outcome === "updated").length,
      functions.length,
    );
    assert.equal(lines.at(-1)?.line, "ended");
  }

  for (const [name, fault] of Object.entries(kinds)) {
    itSampled(`ends right, with one write per function: ${name}, at 20 %`, async () => {
      fleet.emulator.seed(taggedFleet(size));
      fleet.emulator.fault({ ...fault, probability: 0.2 });
      await assertAllRight((await fleet.sync()).aws.outcomes);
    });
  }

  it("ends right, with one write per function: all of them together, at 3 % each", async () => {
    fleet.emulator.seed(taggedFleet(soak ? 500 : 100));
    for (const fault of Object.values(kinds)) fleet.emulator.fault({ ...fault, probability: 0.03 });
    await assertAllRight((await fleet.sync()).aws.outcomes);
  });

  it("reports a fault that persists, and nothing else", async () => {
    fleet.emulator.seed(taggedFleet(size));
    for (const fault of Object.values(kinds)) fleet.emulator.fault({ ...fault, probability: 0.03 });
    fleet.emulator.fault({ operation: update, resource: "fn-0007", updateFails: { reason: "The subnet is gone." } });
    fleet.emulator.fault({
      operation: update,
      resource: "fn-0011",
      status: 400,
      code: "InvalidParameterValueException",
    });
    const { aws } = await fleet.sync();
    const failed = aws.outcomes.filter(({ status }) => status === "failed");
    assert.deepEqual(failed.map(({ function: name }) => name).sort(), ["fn-0007", "fn-0011"]);
    assert.match(failed.find(({ function: name }) => name === "fn-0007")?.reason ?? "", /The subnet is gone/);
    const others = fleet.emulator.functions().filter(({ name }) => !["fn-0007", "fn-0011"].includes(name));
    assert.ok(others.every(({ layers }) => layers[1] === base(2)));
  });

  it("ends once, and can be finished, if the credentials expire in the middle", async () => {
    fleet.emulator.seed(taggedFleet(60));
    fleet.emulator.fault({ operation: update, skip: 20, status: 403, code: "ExpiredTokenException" });
    fleet.emulator.fault({ operation: "GetFunction", skip: 90, status: 403, code: "ExpiredTokenException" });
    const error = await fleet.sync().catch((thrown) => thrown);
    assert.deepEqual([error.code, error.exitStatus], ["aws-credentials", 3]);
    assert.match(
      error.describe(),
      /\d+ of 60 functions were updated in AWS\.[\s\S]*Finish the run: +lambda-layers sync --stack dev --resume/,
    );
    assert.doesNotMatch(fleet.lines.join("\n"), /was not updated/);
    assert.equal((await fleet.record()).at(-1)?.line, "after");
    fleet.emulator.clearFaults();
    const resumed = await fleet.resume();
    assert.deepEqual(
      resumed.aws.outcomes.filter(({ status }) => status === "failed"),
      [],
    );
    for (const { name, layers } of fleet.emulator.functions()) assert.equal(layers[1], base(2), name);
  });

  it("ends once if AWS refuses every function, and continues if told to", async () => {
    fleet.emulator.seed(taggedFleet(60));
    fleet.emulator.fault({ operation: update, status: 403, code: "AccessDeniedException" });
    const error = await fleet.sync().catch((thrown) => thrown);
    assert.deepEqual([error.code, error.exitStatus], ["aws-permission", 3]);
    assert.match(error.describe(), /0 of 60 functions were updated in AWS/);
    const { aws } = await fleet.sync({}, { onFailure: "continue" });
    assert.equal(
      aws.outcomes.filter(({ status, code }) => status === "failed" && code === "aws-permission").length,
      60,
    );
  });

  it("shares the account's budget with someone else who takes half of it", async () => {
    const scale = 20;
    fleet.emulator.configure({ throttle: { scale, retryAfter: 0.1 } });
    fleet.emulator.seed(taggedFleet(soak ? 1500 : 300));
    // Another program, which does not know about ours, and does not mind being refused.
    const other = new Lambda({ credentials: { accessKeyId: "AKIAOTHER", secretAccessKey: "x" }, maxAttempts: 1 });
    let others = 0;
    const theirs = setInterval(
      () => {
        others += 1;
        other.listFunctions({ MaxItems: 1 }).catch(() => {});
      },
      1000 / ((15 * scale) / 2),
    );
    try {
      const { aws } = await fleet.sync({}, {}, { rate: 15 * scale });
      assert.ok(aws.outcomes.every(({ status }) => status === "updated"));
      const { calls = 0, throttled = 0 } = fleet.emulator.stats().operations[update] ?? {};
      assert.ok(others > 50);
      assert.ok(throttled < calls / 4, `${throttled} of ${calls} updates were refused`);
      assert.equal(fleet.emulator.writes().length, aws.outcomes.length);
    } finally {
      clearInterval(theirs);
      other.destroy();
    }
  });

  it("is never throttled in an account of its own", async () => {
    fleet.emulator.configure({ throttle: { scale: 10 }, updateDelayMs: 100 });
    fleet.emulator.seed(taggedFleet(soak ? 2000 : 200));
    await fleet.sync({}, {}, { rate: 150 });
    const operations = Object.entries(fleet.emulator.stats().operations);
    assert.deepEqual(
      operations.filter(([, { throttled }]) => throttled > 0),
      [],
    );
  });
});

describe("a sync while others change the same functions", function () {
  this.timeout(soak ? 3_600_000 : 120_000);
  const fleet = useFleet();

  it("never overwrites unseen what they have set, and reports it", async () => {
    const edits = fc.array(
      fc.record({
        index: fc.nat(29),
        layers: fc.constantFrom<string[]>(["base:3"], ["last:3", "base:1"], ["first:1", "last:1"], []),
      }),
      { maxLength: 40 },
    );
    const property = fc.asyncProperty(edits, async (changes) => {
      fleet.emulator.seed(taggedFleet(30));
      fleet.emulator.resetCounts();
      const left = [...changes];
      const edited = new Set<string>();
      const poke = setInterval(() => {
        const next = left.shift();
        if (!next) return;
        const name = `fn-${String(next.index).padStart(4, "0")}`;
        fleet.emulator.edit(name, { Layers: next.layers });
        edited.add(name);
      }, 5);
      const { aws } = await fleet.sync({}, {}, { rate: 300 }).finally(() => clearInterval(poke));
      for (const { resource, before, after } of fleet.emulator.writes()) {
        // Each of our updates moves the declared layer in the list as it was at that very moment.
        const [old, now] = [before, after].map((one) => layersIn(one));
        assert.deepEqual(
          now,
          old?.map((arn) => (arn.includes(":layer:base:") ? base(2) : arn)),
          resource,
        );
      }
      for (const { function: name, status, changedMeanwhile } of aws.outcomes) {
        assert.ok(status === "updated" || status === "unchanged", name);
        if (changedMeanwhile) assert.ok(edited.has(name), `nobody changed ${name}`);
      }
      const record = (await fleet.record((aws.record ?? "").replace("backups/", ""))).filter(
        ({ line }) => line === "before",
      );
      assert.ok(record.length >= fleet.emulator.writes().length);
    });
    await fc.assert(property, { ...counts({ sample: 5, full: 100 }), endOnFailure: true });
  });
});

function layersIn(configuration: unknown): string[] {
  const { Layers = [] } = configuration as { Layers?: { Arn: string }[] };
  return Layers.map(({ Arn }) => Arn);
}
