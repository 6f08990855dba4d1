import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Lambda } from "@aws-sdk/client-lambda";
import { commands } from "../../sdk/cli/commands";
import { createOption } from "../../sdk/cli/options";
import { taggedFleet, useFleet } from "../ops/fleet-harness";
import { checkout } from "../support/engine";
import { blocksOf } from "./markdown";

describe("docs/sync.md", () => {
  const fleet = useFleet();
  let document: string;
  before(async () => {
    document = await readFile(join(checkout, "docs/sync.md"), "utf8");
  });

  it("names every option that only sync has, and none that it does not have", () => {
    const sync = commands.find(({ name }) => name === "sync");
    const flags = new Set(
      ["rollback", "sync"]
        .flatMap((name) => commands.find((one) => one.name === name)?.options ?? [])
        .map((name) => createOption(name).long),
    );
    for (const [flag] of document.matchAll(/--[a-z][a-z-]+/g)) assert.ok(flags.has(flag), flag);
    const others = new Set(commands.filter((one) => one !== sync).flatMap(({ options }) => options));
    for (const option of sync?.options ?? []) {
      const { long } = createOption(option);
      if (!others.has(option)) assert.ok(document.includes(`\`${long}`), `${long}`);
    }
  });

  it("has policies that allow exactly the calls of a plan and a run", async () => {
    const [reading, writing] = blocksOf(document, "json").map((text) =>
      JSON.stringify(JSON.parse(text))
        .match(/"(lambda|tag|iam):\w+"/g)
        ?.map((action) => action.slice(1, -1)),
    );
    assert.ok(reading && writing);
    const called = () => {
      const services: Record<string, string> = { GetResources: "tag", SimulatePrincipalPolicy: "iam", GetRole: "iam" };
      const operations = Object.keys(fleet.emulator.counts()).filter((name) => name !== "GetCallerIdentity");
      return operations.map((name) => `${services[name] ?? "lambda"}:${name}`).sort();
    };
    fleet.emulator.seed(taggedFleet(60));
    const lambda = new Lambda({});
    await lambda.publishVersion({ FunctionName: "fn-0000" });
    lambda.destroy();
    fleet.emulator.resetCounts();
    await fleet.sync({ dryRun: true });
    assert.deepEqual([...called(), "iam:GetRole"].sort(), reading.sort());
    await fleet.sync();
    const both = [...reading, ...writing].filter((action) => action !== "iam:GetRole");
    assert.deepEqual(called(), both.sort());
  });
});
