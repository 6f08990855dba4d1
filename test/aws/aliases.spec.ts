import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateAliasCommand,
  LambdaClient,
  UpdateAliasCommand,
  type UpdateAliasCommandInput,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { createAliasMethods } from "../../sdk/aws/aliases";
import { Budget } from "../../sdk/aws/budget";
import { Caller } from "../../sdk/aws/caller";
import type { Clients } from "../../sdk/aws/clients";
import { stateOf } from "../../sdk/aws/functions";
import type { AliasMove } from "../../sdk/core/live";
import { arnOf, base, useAws } from "./harness";

describe("published versions and aliases", () => {
  const test = useAws();
  const api = arnOf("api");

  /** A function whose alias `live` serves its version 1 with layer version 1; $LATEST has layer version 2. */
  async function start() {
    test.emulator.seed({ layers: [{ name: "base", versions: 3 }], functions: [{ name: "api", layers: ["base:1"] }] });
    const aws = await test.connect();
    const { version } = await aws.publish(api);
    await createAlias("live", { FunctionVersion: version });
    test.emulator.edit("api", { Layers: ["base:2"] });
    test.emulator.resetCounts();
    return aws;
  }

  async function createAlias(Name: string, more: { FunctionVersion: string; weight?: Record<string, number> }) {
    const lambda = new LambdaClient({});
    const RoutingConfig = more.weight && { AdditionalVersionWeights: more.weight };
    const { FunctionVersion } = more;
    await lambda.send(new CreateAliasCommand({ FunctionName: "api", Name, FunctionVersion, RoutingConfig }));
    lambda.destroy();
  }

  async function updateAlias(more: Omit<UpdateAliasCommandInput, "FunctionName" | "Name">) {
    const lambda = new LambdaClient({});
    await lambda.send(new UpdateAliasCommand({ FunctionName: "api", Name: "live", ...more }));
    lambda.destroy();
  }

  it("are listed, with the versions that share the traffic", async () => {
    const aws = await start();
    const { version } = await aws.publish(api);
    await createAlias("shifting", { FunctionVersion: "1", weight: { [version]: 0.1 } });
    assert.deepEqual(await aws.listAliases(api), [
      { name: "live", version: "1" },
      { name: "shifting", version: "1", otherVersion: "2" },
    ]);
    assert.deepEqual((await aws.functionVersion(api, "1"))?.layers, [base(1)]);
    assert.deepEqual((await aws.functionVersion(api, "2"))?.layers, [base(2)]);
    assert.equal(await aws.functionVersion(api, "3"), undefined);
  });

  it("are listed to the last page", async () => {
    const aws = await start();
    const names = Array.from({ length: 60 }, (_, index) => `alias-${10 + index}`);
    for (const name of names) await createAlias(name, { FunctionVersion: "1" });
    assert.deepEqual(
      (await aws.listAliases(api)).map(({ name }) => name),
      [...names, "live"],
    );
  });

  it("follow: a version is published and the alias moves to it", async () => {
    const aws = await start();
    const told: AliasMove[] = [];
    const published = await aws.publish(api, {
      alias: "live",
      beforeMove: async (move) => {
        told.push(move);
        assert.equal(test.emulator.counts().UpdateAlias, undefined);
      },
    });
    const moved = { alias: "live", from: "1", to: "2" };
    assert.deepEqual(published, { version: "2", moved });
    assert.deepEqual(told, [moved]);
    assert.deepEqual(await aws.listAliases(api), [{ name: "live", version: "2" }]);
  });

  it("stay if they already serve these layers", async () => {
    const aws = await start();
    await aws.publish(api, { alias: "live" });
    test.emulator.resetCounts();
    assert.deepEqual(await aws.publish(api, { alias: "live" }), { version: "2" });
    const { PublishVersion, UpdateAlias } = test.emulator.counts();
    assert.deepEqual([PublishVersion, UpdateAlias], [undefined, undefined]);
  });

  it("do not release code that nobody has released", async () => {
    const aws = await start();
    const lambda = new LambdaClient({});
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: "api", ZipFile: Buffer.from("new code") }));
    lambda.destroy();
    await assert.rejects(aws.publish(api, { alias: "live" }), {
      code: "aws-update-failed",
      message: /^Alias live of api serves version 1, which differs from \$LATEST in more than layers \(CodeSha256\)/,
    });
    assert.deepEqual(await aws.listAliases(api), [{ name: "live", version: "1" }]);
  });

  it("do not release other settings", async () => {
    const aws = await start();
    test.emulator.edit("api", { MemorySize: 512, Environment: { Variables: { MODE: "new" } } });
    await assert.rejects(aws.publish(api, { alias: "live" }), { message: /\(MemorySize, Environment\)/ });
  });

  it("stay while a rollout shifts traffic, and if there is no such alias", async () => {
    const aws = await start();
    const { version } = await aws.publish(api);
    await createAlias("shifting", { FunctionVersion: "1", weight: { [version]: 0.1 } });
    await assert.rejects(aws.publish(api, { alias: "shifting" }), { message: /splits traffic between two versions/ });
    await assert.rejects(aws.publish(api, { alias: "nobody" }), { message: "Function api has no alias nobody." });
  });

  it("are not moved if someone else has moved them", async () => {
    const aws = await start();
    await aws.publish(api, { alias: "live" });
    await assert.rejects(aws.moveAlias(api, { alias: "live", from: "3", to: "1" }), {
      message: "Alias live of api was moved by someone else and now serves 2.",
    });
    await aws.moveAlias(api, { alias: "live", from: "2", to: "1" });
    assert.deepEqual(await aws.listAliases(api), [{ name: "live", version: "1" }]);
  });

  it("are not moved back while someone else shifts their traffic", async () => {
    const aws = await start();
    await aws.publish(api, { alias: "live" });
    test.emulator.edit("api", { Layers: ["base:3"] });
    const { version } = await aws.publish(api);
    await updateAlias({ RoutingConfig: { AdditionalVersionWeights: { [version]: 0.1 } } });
    await assert.rejects(aws.moveAlias(api, { alias: "live", from: "2", to: "1" }), {
      message: "Alias live of api splits traffic between two versions: a rollout is in progress.",
    });
    assert.deepEqual(await aws.listAliases(api), [{ name: "live", version: "2", otherVersion: version }]);
  });

  it("are moved although someone else describes them at the same moment", async () => {
    const aws = await start();
    await aws.publish(api, { alias: "live" });
    test.emulator.resetCounts();
    test.emulator.fault({ operation: "UpdateAlias", delayMs: 500, times: 1 });
    const moving = aws.moveAlias(api, { alias: "live", from: "2", to: "1" });
    while (test.emulator.counts().UpdateAlias === undefined) await sleep(5);
    await updateAlias({ Description: "in use" });
    await moving;
    assert.deepEqual(await aws.listAliases(api), [{ name: "live", version: "1" }]);
  });

  it("are not moved if someone else moves them at the same moment", async () => {
    const aws = await start();
    await aws.publish(api, { alias: "live" });
    test.emulator.edit("api", { Layers: ["base:3"] });
    const { version } = await aws.publish(api);
    test.emulator.resetCounts();
    test.emulator.fault({ operation: "UpdateAlias", delayMs: 500, times: 1 });
    const moving = aws.moveAlias(api, { alias: "live", from: "2", to: "1" });
    while (test.emulator.counts().UpdateAlias === undefined) await sleep(5);
    await updateAlias({ FunctionVersion: version });
    await assert.rejects(moving, { message: `Alias live of api was moved by someone else and now serves ${version}.` });
    assert.deepEqual(await aws.listAliases(api), [{ name: "live", version }]);
  });

  /** Opens a session during which someone changes the function once its alias has been read. */
  async function changedOnTheWay(change: Parameters<typeof test.emulator.edit>[1]) {
    await start();
    let changed = false;
    return test.connect(
      {},
      {
        onCall({ operation }) {
          if (operation === "GetAlias" && !changed) test.emulator.edit("api", change);
          changed ||= operation === "GetAlias";
        },
      },
    );
  }

  it("do not release a change made after the function was read", async () => {
    const aws = await changedOnTheWay({ MemorySize: 512 });
    await assert.rejects(aws.publish(api, { alias: "live" }), { message: /\(MemorySize\)/ });
    assert.deepEqual(await aws.listAliases(api), [{ name: "live", version: "1" }]);
  });

  it("stay at $LATEST, whatever changes meanwhile", async () => {
    const aws = await changedOnTheWay({ Layers: ["base:3"] });
    await createAlias("latest", { FunctionVersion: "$LATEST" });
    assert.deepEqual(await aws.publish(api, { alias: "latest" }), { version: "$LATEST" });
    assert.equal(test.emulator.counts().PublishVersion, undefined);
  });

  // The emulator publishes instantly.
  it("move to a version only once it is ready", async () => {
    const state = { FunctionName: "api", FunctionArn: api, RevisionId: "r", Version: "7" };
    const left = ["InProgress", "InProgress", "Successful"] as const;
    let reads = 0;
    const caller = new Caller({
      limiter: async () => ({ budget: () => new Budget(1000), setRate() {} }),
      where: { region: "us-east-1" },
      signal: new AbortController().signal,
    });
    const lambda = {
      getFunction: async () => ({ Configuration: state }),
      publishVersion: async () => ({ ...state, State: "Pending" }),
    };
    const methods = createAliasMethods({ lambda } as unknown as Clients, caller, async () =>
      stateOf({ ...state, LastUpdateStatus: left[reads++] }),
    );
    assert.deepEqual(await methods.publish(api), { version: "7" });
    assert.equal(reads, 3);
  });

  for (const [name, fault] of [
    ["500", { status: 500 }],
    ["429", { status: 429 }],
    ["409", { operation: "PublishVersion", status: 409 }],
    ["412", { operation: "PublishVersion", status: 412 }],
    ["lost answers", { drop: true, applied: true }],
  ] as const) {
    it(`move once despite faults: ${name}`, async () => {
      const aws = await start();
      test.emulator.fault({ ...fault, probability: 0.3 });
      assert.deepEqual((await aws.publish(api, { alias: "live" })).moved, { alias: "live", from: "1", to: "2" });
      test.emulator.clearFaults();
      assert.deepEqual(await aws.listAliases(api), [{ name: "live", version: "2" }]);
    });
  }
});
