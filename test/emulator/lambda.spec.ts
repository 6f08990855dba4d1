// What moto lacks, and so cannot be compared with it: revisions, updates in progress, other accounts, checks of layers.
import assert from "node:assert/strict";
import {
  CreateAliasCommand,
  GetFunctionCommand,
  GetLayerVersionByArnCommand,
  GetLayerVersionCommand,
  ListLayerVersionsCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
  type UpdateFunctionConfigurationCommandInput,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import { type Emulator, startEmulator } from ".";
import { ACCOUNT, Aws, layersOf, refused } from "./conformance/aws";

/** Milliseconds; an update takes that long unless the test ends it. */
const FOREVER = 3_600_000;

const OTHER = "464622532012";
const own = (layer: string, region = "us-east-1") => `arn:aws:lambda:${region}:${ACCOUNT}:layer:${layer}`;
const foreign = (layer: string, region = "us-east-1") => `arn:aws:lambda:${region}:${OTHER}:layer:${layer}`;

describe("the emulator's Lambda", () => {
  let emulator: Emulator;
  let aws: Aws;

  beforeEach(async () => {
    emulator = await startEmulator({ updateDelayMs: FOREVER });
    aws = new Aws("ours", emulator.url);
    emulator.seed({
      layers: [
        { name: "base", versions: 3, deleted: [2] },
        ...["a", "b", "c", "d", "e"].map((name) => ({ name, versions: 1 })),
        { name: "base", versions: 1, region: "eu-west-1" },
        { name: "Datadog", versions: 98, account: OTHER },
        { name: "private", versions: 1, account: OTHER, sharedWith: [] },
        { name: "partner", versions: 1, account: OTHER, sharedWith: [ACCOUNT] },
      ],
      functions: [{ name: "api", layers: ["base:1"] }],
    });
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
      const accepted = await update({ Layers: [own("base:3")] });
      assert.equal(accepted.LastUpdateStatus, "InProgress");
      assert.equal((await get())?.LastUpdateStatus, "InProgress");
      const done = await whenUpdated();
      assert.deepEqual([done?.LastUpdateStatus, layersOf(done)], ["Successful", [own("base:3")]]);
      assert.equal(done?.LastUpdateStatusReason, undefined);
    });

    it("are refused while another is in progress", async () => {
      await update({ Timeout: 5 });
      const message = /An update is in progress for resource: arn:aws:lambda:us-east-1:\d+:function:api/;
      await refused(update({ Timeout: 6 }), "ResourceConflictException", 409, message);
      await refused(publish(), "ResourceConflictException", 409, message);
      assert.equal((await whenUpdated())?.Timeout, 5);
      await update({ Timeout: 6 });
    });

    it("are conditional on a RevisionId that changes when an update begins and when it ends", async () => {
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
      assert.equal((await update({ Layers: [own("base:3")], Timeout: 60 })).LastUpdateStatus, "InProgress");
      const failed = await whenUpdated();
      assert.deepEqual(
        [failed?.LastUpdateStatus, failed?.LastUpdateStatusReason, failed?.LastUpdateStatusReasonCode],
        ["Failed", "no room", "SubnetOutOfIPAddresses"],
      );
      assert.deepEqual([layersOf(failed), failed?.Timeout], [[own("base:1")], 3]);
      await update({ Layers: [own("base:3")] });
      const done = await whenUpdated();
      assert.deepEqual(
        [done?.LastUpdateStatus, done?.LastUpdateStatusReason, layersOf(done)],
        ["Successful", undefined, [own("base:3")]],
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

    it("change nothing but what another account's layers and functions allow", async () => {
      const arn = `arn:aws:lambda:us-east-1:${OTHER}:function:theirs`;
      const call = aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: arn, Timeout: 4 }));
      await refused(call, "AccessDeniedException", 403, /lambda:UpdateFunctionConfiguration on resource/);
    });
  });

  describe("checks the layers of a function", () => {
    const cases: { title: string; layers: string[]; error?: [name: string, status: number, message: RegExp] }[] = [
      { title: "takes five", layers: ["a:1", "b:1", "c:1", "d:1", "e:1"].map((name) => own(name)) },
      { title: "takes another account's shared layer", layers: [foreign("Datadog:98"), foreign("partner:1")] },
      {
        title: "refuses six",
        layers: ["a:1", "b:1", "c:1", "d:1", "e:1", "base:1"].map((name) => own(name)),
        error: ["InvalidParameterValueException", 400, /Cannot reference more than 5 layers/],
      },
      {
        title: "refuses two versions of one layer",
        layers: [own("base:1"), own("a:1"), own("base:3")],
        error: ["InvalidParameterValueException", 400, /Two different versions of the same layer are not allowed/],
      },
      {
        title: "refuses a version twice",
        layers: [own("base:1"), own("base:1")],
        error: ["InvalidParameterValueException", 400, /Two different versions of the same layer are not allowed/],
      },
      {
        title: "refuses a layer of another region",
        layers: [own("base:1", "eu-west-1")],
        error: ["InvalidParameterValueException", 400, /Layers are not in the same region as the function/],
      },
      {
        title: "refuses another account's layer of another region",
        layers: [foreign("Datadog:98", "eu-west-1")],
        error: ["AccessDeniedException", 403, /no resource-based policy allows the lambda:GetLayerVersion action/],
      },
      {
        title: "refuses a deleted version",
        layers: [own("base:2")],
        error: ["InvalidParameterValueException", 400, /Layer version .*:base:2 does not exist/],
      },
      {
        title: "refuses a version that another account does not have",
        layers: [foreign("Datadog:99")],
        error: ["AccessDeniedException", 403, /lambda:GetLayerVersion on resource: .*:Datadog:99/],
      },
      {
        title: "refuses a layer that is not shared",
        layers: [foreign("private:1")],
        error: ["AccessDeniedException", 403, /lambda:GetLayerVersion/],
      },
      {
        title: "refuses an ARN without version",
        layers: [own("base")],
        error: ["ValidationException", 400, /at 'layers' failed to satisfy constraint/],
      },
    ];
    for (const { title, layers, error } of cases) {
      it(title, async () => {
        if (!error) return assert.deepEqual(layersOf(await update({ Layers: layers })), layers);
        await refused(update({ Layers: layers }), ...error);
        assert.deepEqual(layersOf(await get()), [own("base:1")]);
      });
    }

    it("refuses any for an image", async () => {
      emulator.seed({ functions: [{ name: "image", PackageType: "Image", Code: { ImageUri: "app:1" } }] });
      const input = { FunctionName: "image", Layers: [own("base:1")] };
      const call = aws.lambda.send(new UpdateFunctionConfigurationCommand(input));
      await refused(call, "InvalidParameterValueException", 400, /Image/);
      const create = aws.create({ PackageType: "Image", Layers: [own("base:1")], Code: { ImageUri: "app:1" } });
      await refused(create, "InvalidParameterValueException", 400, /Layer/);
    });
  });

  describe("reads layer versions", () => {
    const read = (LayerName: string, VersionNumber: number) =>
      aws.lambda.send(new GetLayerVersionCommand({ LayerName, VersionNumber }));

    it("by a layer version's ARN for the name, as Lambda does", async () => {
      assert.equal((await read(own("base:3"), 3)).LayerVersionArn, own("base:3"));
      assert.equal((await read(foreign("Datadog:98"), 98)).LayerVersionArn, foreign("Datadog:98"));
    });

    it("by ARN alone", async () => {
      const get = (Arn: string) => aws.lambda.send(new GetLayerVersionByArnCommand({ Arn }));
      assert.equal((await get(foreign("Datadog:97"))).Version, 97);
      await refused(get(own("base:2")), "ResourceNotFoundException", 404);
      await refused(get(foreign("Datadog:99")), "AccessDeniedException", 403);
      await refused(get(own("base")), "ValidationException", 400);
    });

    it("of another account if they are there and shared, and tells neither apart", async () => {
      await refused(read(foreign("Datadog"), 99), "AccessDeniedException", 403, /lambda:GetLayerVersion/);
      await refused(read(foreign("private"), 1), "AccessDeniedException", 403, /lambda:GetLayerVersion/);
      assert.equal((await read(foreign("partner"), 1)).Version, 1);
    });

    it("but lists none of another account", async () => {
      const call = aws.lambda.send(new ListLayerVersionsCommand({ LayerName: foreign("Datadog") }));
      await refused(
        call,
        "AccessDeniedException",
        403,
        /lambda:ListLayerVersions on resource: .*:layer:Datadog because/,
      );
    });
  });

  describe("publishes versions", () => {
    it("on condition of a RevisionId, and changes that of $LATEST", async () => {
      await refused(publish("another"), "PreconditionFailedException", 412);
      const before = (await get())?.RevisionId;
      await publish(before);
      assert.notEqual((await get())?.RevisionId, before);
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
