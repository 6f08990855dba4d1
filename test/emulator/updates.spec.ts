// What moto lacks, so that it cannot be compared: revisions, and updates in progress.
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
import { ACCOUNT, layersOf, refused } from "./conformance/aws";
import { useEmulator } from "./harness";

/** Milliseconds; an update takes this long unless the test ends it. */
const FOREVER = 3_600_000;

const base = (version: number) => `arn:aws:lambda:us-east-1:${ACCOUNT}:layer:base:${version}`;

describe("the emulator's functions", () => {
  const test = useEmulator(
    { updateDelayMs: FOREVER },
    { layers: [{ name: "base", versions: 3 }], functions: [{ name: "api", layers: ["base:1"] }] },
  );

  const get = async () => (await test.aws.lambda.send(new GetFunctionCommand({ FunctionName: "api" }))).Configuration;
  const update = (input: Omit<UpdateFunctionConfigurationCommandInput, "FunctionName">) =>
    test.aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "api", ...input }));
  const publish = (RevisionId?: string) =>
    test.aws.lambda.send(new PublishVersionCommand({ FunctionName: "api", RevisionId }));

  /** The configuration once the update in progress has ended. */
  async function whenUpdated() {
    test.emulator.configure({ updateDelayMs: 0 });
    const configuration = await get();
    test.emulator.configure({ updateDelayMs: FOREVER });
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
        test.aws.lambda.send(
          new UpdateFunctionCodeCommand({ FunctionName: "api", ZipFile: Buffer.from("x"), RevisionId: revision }),
        );
      await refused(code("another"), "PreconditionFailedException", 412);
      assert.equal((await code(RevisionId)).LastUpdateStatus, "InProgress");
      await refused(update({ Timeout: 5 }), "ResourceConflictException", 409);
      assert.equal((await whenUpdated())?.LastUpdateStatus, "Successful");
    });

    it("remove from the configuration what is set to nothing", async () => {
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

    it("that fail leave everything unchanged, and say why", async () => {
      test.emulator.fault({
        resource: "api",
        times: 1,
        updateFails: { reason: "no room", code: "SubnetOutOfIPAddresses" },
      });
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
      test.emulator.configure({ createDelayMs: FOREVER });
      const created = await test.aws.create({ FunctionName: "slow" });
      assert.equal(created.State, "Pending");
      const early = new UpdateFunctionConfigurationCommand({ FunctionName: "slow", Timeout: 5 });
      await refused(test.aws.lambda.send(early), "ResourceConflictException", 409, /in the following state: Pending/);
      test.emulator.configure({ createDelayMs: 0 });
      const waiter = { client: test.aws.lambda, maxWaitTime: 10, minDelay: 1 };
      await waitUntilFunctionActiveV2(waiter, { FunctionName: "slow" });
      assert.equal((await test.aws.lambda.send(early)).Timeout, 5);
    });

    it("are refused for another account's functions", async () => {
      const arn = `arn:aws:lambda:us-east-1:464622532012:function:theirs`;
      const call = test.aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: arn, Timeout: 4 }));
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

    it("with a creation or an update of the code, on request", async () => {
      const created = await test.aws.create({ FunctionName: "new", Publish: true });
      assert.deepEqual([created.Version, created.FunctionArn?.split(":").slice(6)], ["1", ["new"]]);
      const input = { FunctionName: "new", ZipFile: Buffer.from("other") };
      const dry = await test.aws.lambda.send(new UpdateFunctionCodeCommand({ ...input, Publish: true, DryRun: true }));
      assert.equal(dry.CodeSha256, created.CodeSha256);
      const updated = await test.aws.lambda.send(new UpdateFunctionCodeCommand({ ...input, Publish: true }));
      assert.equal(updated.Version, "2");
      assert.notEqual(updated.CodeSha256, created.CodeSha256);
    });

    it("and moves an alias on condition of its RevisionId", async () => {
      await publish();
      const alias = { FunctionName: "api", Name: "live", FunctionVersion: "1" };
      const { RevisionId } = await test.aws.lambda.send(new CreateAliasCommand(alias));
      const move = (revision?: string) =>
        test.aws.lambda.send(new UpdateAliasCommand({ ...alias, FunctionVersion: "$LATEST", RevisionId: revision }));
      await refused(move("another"), "PreconditionFailedException", 412);
      assert.notEqual((await move(RevisionId)).RevisionId, RevisionId);
    });
  });
});
