import assert from "node:assert/strict";
import type { LiveResult } from "../../sdk/ops/live/plans";
import { adviceAfterSync } from "../../sdk/ops/next-steps";

describe("the advice after a sync", () => {
  const advise = (words: readonly string[]) => `lambda-layers ${words.join(" ")}`;
  const arn = "arn:aws:lambda:us-east-1:123456789012:function:api";
  const sync = (back?: "updated" | "failed") => {
    const outcome = (status: string) => ({ function: "api", arn, status });
    const result = {
      outcomes: [outcome("updated")],
      ...(back && { rolledBack: { outcomes: [outcome(back)] } }),
    };
    return adviceAfterSync({ advise }, "dev", result as unknown as LiveResult, []);
  };
  const state = [
    "If a Pulumi stack records these functions, its state may still have the old versions. To update it: lambda-layers --stack dev",
  ];

  it("is about functions that were updated", () => assert.deepEqual(sync(), state));
  it("is about none that were rolled back", () => assert.deepEqual(sync("updated"), []));
  it("is about those that could not be rolled back", () => assert.deepEqual(sync("failed"), state));
});
