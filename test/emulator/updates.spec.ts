// What moto lacks, and so cannot be compared with it: revisions, and updates in progress.
import assert from "node:assert/strict";
import {
  CreateAliasCommand,
  GetFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  type UpdateFunctionConfigurationCommandInput,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import { type Emulator, startEmulator } from ".";
import { ACCOUNT, Aws, layersOf, refused } from "./conformance/aws";

/** Milliseconds; an update takes that long unless the test ends it. */
const FOREVER = 3_600_000;

const base = (version: number) => `arn:aws:lambda:us-east-1:${ACCOUNT}:layer:base:${version}`;

describe("the emulator's functions", () => {
  let emulator: Emulator;
  let aws: Aws;

  beforeEach(async () => {
    emulator = await startEmulator({ updateDelayMs: FOREVER });
    aws = new Aws("ours", emulator.url);
    emulator.seed({ layers: [{ name: "base", versions: 3 }], functions: [{ name: "api", layers: ["base:1"] }] });
  });

  afterEach(async () => {
    aws.destroy();
    await emulator.close();
  });

  const get = async () => (await aws.lambda.send(new GetFunctionCommand({ FunctionName: "api" }))).Configuration;
  const update = (input: Omit<UpdateFunctionConfigurationCommandInput, "FunctionName">) =>
    aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "api", ...input }));
  const publish = (RevisionId?: string) =>
    aws.lambda.send(new PublishVersionCommand({ FunctionName: "api", RevisionId }));

  /** The configuration once the update that is in progress has ended. */
  async function whenUpdated() {
    emulator.configure({ updateDelayMs: 0 });
    const configuration = await get();
    emulator.configure({ updateDelayMs: FOREVER });
    return configuration;
  }

  describe("updates", () => {
    it("are in progress for a while, then successful", async () => {
      const accepted = await update({ Layers: [base(3)] });
      assert.equal(accepted.LastUpdateStatus, "InProgress");
      assert.equal((await get())?.LastUpdateStatus, "InProgress");
      const done = await whenUpdated();
      assert.deepEqual([done?.LastUpdateStatus, layersOf(done)], ["Successful", [base(3)]]);
      assert.equal(done?.LastUpdateStatusReason, undefined);
    });

    it("of the code are in progress and conditional too", async () => {
      const RevisionId = (await get())?.RevisionId;
      const code = (revision?: string) =>
        aws.lambda.send(
          new UpdateFunctionCodeCommand({ FunctionName: "api", ZipFile: Buffer.from("x"), RevisionId: revision }),
        );
      await refused(code("another"), "PreconditionFailedException", 412);
      assert.equal((await code(RevisionId)).LastUpdateStatus, "InProgress");
      await refused(update({ Timeout: 5 }), "ResourceConflictException", 409);
      assert.equal((await whenUpdated())?.LastUpdateStatus, "Successful");
    });

    it("leave out of the configuration what is set to nothing", async () => {
      await update({ Environment: { Variables: { A: "b" } }, KMSKeyArn: "arn:aws:kms:us-east-1:1:key/1" });
      assert.deepEqual((await whenUpdated())?.Environment, { Variables: { A: "b" } });
      await update({ Environment: { Variables: {} }, KMSKeyArn: "" });
      const { Environment, KMSKeyArn } = (await whenUpdated()) ?? {};
      assert.deepEqual([Environment, KMSKeyArn], [undefined, undefined]);
    });

    it("are refused while another is in progress", async () => {
      await update({ Timeout: 5 });
      const message = /An update is in progress for resource: arn:aws:lambda:us-east-1:\d+:function:api/;
      await refused(update({ Timeout: 6 }), "ResourceConflictException", 409, message);
      await refused(publish(), "ResourceConflictException", 409, message);
      assert.equal((await whenUpdated())?.Timeout, 5);
      await update({ Timeout: 6 });
    });

    it("are conditional on a RevisionId that changes when an update starts and when it ends", async () => {
      const first = (await get())?.RevisionId;
      await refused(update({ Timeout: 5, RevisionId: "another" }), "PreconditionFailedException", 412);
      const accepted = await update({ Timeout: 5, RevisionId: first });
      const settled = await whenUpdated();
      assert.equal(new Set([first, accepted.RevisionId, settled?.RevisionId]).size, 3);
      await refused(
        update({ Timeout: 6, RevisionId: accepted.RevisionId }),
        "PreconditionFailedException",
        412,
        /The Revision Id provided does not match the latest Revision Id/,
      );
      await update({ Timeout: 6, RevisionId: settled?.RevisionId });
    });

    it("that are to fail leave everything as it was, and say why", async () => {
      emulator.fault({ resource: "api", times: 1, updateFails: { reason: "no room", code: "SubnetOutOfIPAddresses" } });
      assert.equal((await update({ Layers: [base(3)], Timeout: 60 })).LastUpdateStatus, "InProgress");
      const failed = await whenUpdated();
      assert.deepEqual(
        [failed?.LastUpdateStatus, failed?.LastUpdateStatusReason, failed?.LastUpdateStatusReasonCode],
        ["Failed", "no room", "SubnetOutOfIPAddresses"],
      );
      assert.deepEqual([layersOf(failed), failed?.Timeout], [[base(1)], 3]);
      await update({ Layers: [base(3)] });
      const done = await whenUpdated();
      assert.deepEqual(
        [done?.LastUpdateStatus, done?.LastUpdateStatusReason, layersOf(done)],
        ["Successful", undefined, [base(3)]],
      );
    });

    it("wait for a function that is being created", async () => {
      emulator.configure({ createDelayMs: FOREVER });
      const created = await aws.create({ FunctionName: "slow" });
      assert.equal(created.State, "Pending");
      const early = new UpdateFunctionConfigurationCommand({ FunctionName: "slow", Timeout: 5 });
      await refused(aws.lambda.send(early), "ResourceConflictException", 409, /in the following state: Pending/);
      emulator.configure({ createDelayMs: 0 });
      const waiter = { client: aws.lambda, maxWaitTime: 10, minDelay: 1 };
      await waitUntilFunctionActiveV2(waiter, { FunctionName: "slow" });
      assert.equal((await aws.lambda.send(early)).Timeout, 5);
    });

    it("are refused for another account's functions", async () => {
      const arn = `arn:aws:lambda:us-east-1:464622532012:function:theirs`;
      const call = aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: arn, Timeout: 4 }));
      await refused(call, "AccessDeniedException", 403, /lambda:UpdateFunctionConfiguration on resource/);
    });
  });

  describe("publishes versions", () => {
    it("on condition of a RevisionId, and changes that of $LATEST", async () => {
      await refused(publish("another"), "PreconditionFailedException", 412);
      const before = (await get())?.RevisionId;
      await publish(before);
      assert.notEqual((await get())?.RevisionId, before);
    });

    it("with a creation or an update of the code, if told to", async () => {
      const created = await aws.create({ FunctionName: "new", Publish: true });
      assert.deepEqual([created.Version, created.FunctionArn?.split(":").slice(6)], ["1", ["new"]]);
      const input = { FunctionName: "new", ZipFile: Buffer.from("other") };
      const dry = await aws.lambda.send(new UpdateFunctionCodeCommand({ ...input, Publish: true, DryRun: true }));
      assert.equal(dry.CodeSha256, created.CodeSha256);
      const updated = await aws.lambda.send(new UpdateFunctionCodeCommand({ ...input, Publish: true }));
      assert.equal(updated.Version, "2");
      assert.notEqual(updated.CodeSha256, created.CodeSha256);
    });

    it("and moves an alias on condition of its RevisionId", async () => {
      await publish();
      const alias = { FunctionName: "api", Name: "live", FunctionVersion: "1" };
      const { RevisionId } = await aws.lambda.send(new CreateAliasCommand(alias));
      const move = (revision?: string) =>
        aws.lambda.send(new UpdateAliasCommand({ ...alias, FunctionVersion: "$LATEST", RevisionId: revision }));
      await refused(move("another"), "PreconditionFailedException", 412);
      assert.notEqual((await move(RevisionId)).RevisionId, RevisionId);
    });
  });
});
