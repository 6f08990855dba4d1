import assert from "node:assert/strict";
import { parseLayerVersionArn } from "../../sdk/core/arn";
import type { AssessedFunction, Standing } from "../../sdk/core/assess";
import type { LiveResult, LiveRollbackResult } from "../../sdk/ops/live/plans";
import { adviceAfterRunRollback, adviceAfterSync } from "../../sdk/ops/next-steps";
import { base } from "../aws/harness";

const arn = "arn:aws:lambda:us-east-1:123456789012:function:api";

/** What the advice knows about where it is given. */
const inProject = (hasProject: boolean) => ({
  advise: (words: readonly string[]) => `lambda-layers ${words.join(" ")}`,
  advisePulumi: (words: readonly string[]) => `pulumi ${words.join(" ")}`,
  stacks: { hasProject: () => hasProject },
});
const outcome = (status: string) => ({ function: "api", arn, status });

describe("the advice after a sync", () => {
  const sync = (back?: "updated" | "failed", project = true, standings: readonly Standing[] = []) => {
    const result = {
      outcomes: [outcome("updated")],
      ...(back && { rolledBack: { outcomes: [outcome(back)] } }),
    };
    return adviceAfterSync(inProject(project), "dev", result as unknown as LiveResult, standings);
  };
  const recorded = (recordedBy: AssessedFunction["recordedBy"], version: number) =>
    ({
      ...{ fn: { name: "api", arn, recordedBy }, layer: parseLayerVersionArn(base(version)), recorded: version },
      ...{ target: { version: 2, enforce: "exact" }, live: 1, isLost: false },
    }) as unknown as Standing;
  const state = [
    "If stack dev records these functions, its state may still have the old versions. To update it: lambda-layers --stack dev (if a LayerVersions resource records them: pulumi up --stack dev)",
  ];

  it("is about functions that were updated", () => assert.deepEqual(sync(), state));
  it("does not mention functions that were rolled back", () => assert.deepEqual(sync("updated"), []));
  it("is about functions that could not be rolled back", () => assert.deepEqual(sync("failed"), state));
  it("does not mention a state if there is no Pulumi project", () => assert.deepEqual(sync(undefined, false), []));

  for (const [by, advice] of [
    ["function", "The state of dev still records the old versions. To update it: lambda-layers --stack dev"],
    ["resource", "A LayerVersions resource of dev still records the old versions. To update it: pulumi up --stack dev"],
  ] as const) {
    it(`says who updates the record of a ${by}`, () => {
      assert.deepEqual(sync(undefined, true, [recorded(by, 1)]), [advice]);
      assert.deepEqual(sync(undefined, true, [recorded(by, 2)]), []);
    });
  }
});

describe("the advice after the rollback of a run", () => {
  const advice = (project: boolean) =>
    adviceAfterRunRollback(inProject(project), "dev", { functions: [], exclude: [] }, undefined, {
      outcomes: [outcome("updated")],
    } as unknown as LiveRollbackResult);

  it("names the command for either kind of record, and none if there is no Pulumi project", () => {
    assert.match(advice(true).join(), /: lambda-layers --stack dev \(if a LayerVersions .*: pulumi up --stack dev\)$/);
    assert.deepEqual(advice(false), []);
  });
});
