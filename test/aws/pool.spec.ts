import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { pooled } from "../../sdk/core/pool";
import type { AwsPort } from "../../sdk/ports";
import { fleet, useAws } from "./harness";

const count = 45;

describe("requests for many functions", () => {
  const test = useAws();

  // Lambda's budget admits five of them at once, so that the others are waiting when the first is refused.
  for (const [operation, most, ask] of [
    ["ListAliases", 10, (aws, arns) => pooled(arns, 10, (arn) => aws.listAliases(arn))],
    ["GetFunction", 25, (aws, arns) => aws.busyFunctions(arns)],
  ] as readonly [string, number, (aws: AwsPort, arns: readonly string[]) => Promise<unknown>][]) {
    it(`end with the first refusal, and nothing is sent afterwards: ${operation}`, async () => {
      test.emulator.seed(fleet(count));
      const aws = await test.connect();
      const { functions } = await aws.listFunctions({ all: true });
      test.emulator.deny({ action: `lambda:${operation}` });
      test.emulator.resetCounts();
      const run = ask(
        aws,
        functions.map(({ arn }) => arn),
      );
      await assert.rejects(run, { code: "aws-permission" });
      const sent = test.emulator.counts()[operation] ?? 0;
      await sleep(1000);
      assert.equal(test.emulator.counts()[operation], sent);
      assert.ok(sent <= most, `${sent} requests`);
    });
  }
});
