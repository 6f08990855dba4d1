// How a run ends, by the outcomes of its functions, one after the other.

import assert from "node:assert/strict";
import type { ErrorCode } from "../../sdk/core/errors";
import type { FunctionOutcome, LiveFunction } from "../../sdk/core/live";
import { moveFunctions } from "../../sdk/ops/live/move";
import type { RunRecorder } from "../../sdk/ops/live/recorder";
import type { AwsPort } from "../../sdk/ports";
import { createPorts } from "../../sdk/wiring";

type Came = FunctionOutcome["status"] | ErrorCode;

const fn = (name: string): LiveFunction => ({
  ...{ name, arn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`, layers: [], runtime: undefined },
  ...{ architectures: [], packageType: "Zip", revisionId: "1" },
});
const statuses: readonly string[] = ["updated", "unchanged", "failed", "cancelled", "unknown"];

/** Moves functions with these outcomes, in this order; functions that a run does not reach are cancelled. */
async function move(came: readonly Came[], options: { goOnRefused?: boolean; stopOnFailure?: boolean } = {}) {
  const told: string[] = [];
  const outcomeOf = ({ name, arn }: LiveFunction, one: Came): FunctionOutcome => ({
    ...{ function: name, arn, before: [], after: [], revisionId: "1" },
    ...(statuses.includes(one)
      ? { status: one as FunctionOutcome["status"] }
      : { status: "failed", code: one as ErrorCode, reason: `It is ${one}.` }),
  });
  const reconcile: AwsPort["reconcile"] = async (functions, _goal, { signal, onOutcome } = {}) => {
    const outcomes: FunctionOutcome[] = [];
    for (const [index, one] of functions.entries()) {
      const outcome = outcomeOf(one, signal?.aborted ? "cancelled" : (came[index] ?? "unchanged"));
      await onOutcome?.(outcome);
      outcomes.push(outcome);
    }
    return outcomes;
  };
  const ports = createPorts();
  const aws = { ...ports.aws, connect: async () => ({ reconcile, close() {} }) as unknown as AwsPort };
  const recorder = { before: async () => {}, after: async () => {} } as unknown as RunRecorder;
  const site = { region: "us-east-1", functions: came.map((_, index) => fn(`f${index}`)) };
  const outcomes = await moveFunctions({ ...ports, aws }, [site], () => [], {
    ...{ recorder, onOutcome: ({ function: name }) => void told.push(name), ...options },
  });
  return { told, statuses: outcomes.map(({ status }) => status) };
}

describe("a run whose functions AWS refuses to update", () => {
  const refused = (number: number) => Array<Came>(number).fill("aws-permission");
  const ended = { code: "aws-permission", message: "It is aws-permission." };

  it("ends if all updates are refused, however few", async () => {
    await assert.rejects(move(refused(2)), ended);
  });

  it("ends after ten refusals if it has updated none", async () => {
    await assert.rejects(move([...refused(10), "updated"]), ended);
  });

  it("continues if it has updated any: the others lack their own permission", async () => {
    const { told, statuses } = await move(["updated", ...refused(11), "updated"]);
    assert.deepEqual([told.length, statuses.at(-1)], [13, "updated"]);
  });

  it("continues if it has only one function, or if told to", async () => {
    assert.deepEqual((await move(refused(1))).statuses, ["failed"]);
    assert.equal((await move(refused(12), { goOnRefused: true })).told.length, 12);
  });

  it("ends at once without credentials, whatever it has updated", async () => {
    await assert.rejects(move(["updated", "aws-credentials", "updated"]), { code: "aws-credentials" });
  });

  it("stops at the first failure if told to, and names what was not attempted", async () => {
    const { statuses } = await move(["updated", "failed", "updated"], { stopOnFailure: true });
    assert.deepEqual(statuses, ["updated", "failed", "cancelled"]);
  });
});
