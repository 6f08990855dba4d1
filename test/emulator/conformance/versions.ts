import assert from "node:assert/strict";
import {
  CreateAliasCommand,
  DeleteAliasCommand,
  GetAliasCommand,
  GetFunctionCommand,
  ListAliasesCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { type Aws, type Case, layersOf, refused } from "./aws";

/** Sets layers and waits for the update, so that the next version can be published. */
async function setLayers(aws: Aws, FunctionName: string, Layers: string[]): Promise<void> {
  await aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Layers }));
  await waitUntilFunctionUpdatedV2({ client: aws.lambda, maxWaitTime: 30, minDelay: 1 }, { FunctionName });
}

const publish = async (aws: Aws, FunctionName: string) =>
  (await aws.lambda.send(new PublishVersionCommand({ FunctionName }))).Version;

export const versionCases: Case[] = [
  {
    title: "publishes versions that keep the layers they were published with",
    async run(aws) {
      const [first = "", second = ""] = await aws.layer(2);
      const { FunctionName = "", FunctionArn } = await aws.create({ Layers: [first] });
      assert.equal(await publish(aws, FunctionName), "1");
      await setLayers(aws, FunctionName, [second]);
      assert.equal(await publish(aws, FunctionName), "2");
      for (const [Qualifier, layer] of Object.entries({ 1: first, 2: second })) {
        const got = await aws.lambda.send(new GetFunctionCommand({ FunctionName, Qualifier }));
        assert.deepEqual(layersOf(got.Configuration), [layer]);
        assert.equal(got.Configuration?.Version, Qualifier);
        assert.equal(got.Configuration?.FunctionArn, `${FunctionArn}:${Qualifier}`);
      }
    },
  },
  {
    title: "publishes nothing if nothing has changed since the last version",
    async run(aws) {
      const name = await aws.fn();
      assert.equal(await publish(aws, name), "1");
      assert.equal(await publish(aws, name), "1");
    },
  },
  {
    title: "lists $LATEST and all published versions",
    async run(aws) {
      const { FunctionName = "", FunctionArn } = await aws.create();
      await publish(aws, FunctionName);
      const { Versions } = await aws.lambda.send(new ListVersionsByFunctionCommand({ FunctionName }));
      assert.deepEqual(
        Versions?.map((version) => version.FunctionArn),
        [`${FunctionArn}:$LATEST`, `${FunctionArn}:1`],
      );
      assert.deepEqual(
        Versions?.map(({ Version }) => Version),
        ["$LATEST", "1"],
      );
    },
  },
  {
    title: "does not find a version that was not published",
    async run(aws) {
      const { FunctionName, FunctionArn } = await aws.create();
      const call = aws.lambda.send(new GetFunctionCommand({ FunctionName, Qualifier: "4" }));
      await refused(call, "ResourceNotFoundException", 404, new RegExp(`Function not found: ${FunctionArn}:4`));
    },
  },
  {
    title: "moves an alias from version to version",
    async run(aws) {
      const [first = "", second = ""] = await aws.layer(2);
      const { FunctionName = "", FunctionArn } = await aws.create({ Layers: [first] });
      await publish(aws, FunctionName);
      const created = await aws.lambda.send(
        new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1", Description: "what is served" }),
      );
      assert.deepEqual([created.AliasArn, created.FunctionVersion], [`${FunctionArn}:live`, "1"]);
      await setLayers(aws, FunctionName, [second]);
      await publish(aws, FunctionName);
      const served = async () =>
        layersOf((await aws.lambda.send(new GetFunctionCommand({ FunctionName, Qualifier: "live" }))).Configuration);
      assert.deepEqual(await served(), [first], "a new version alone changes nothing for callers");
      await aws.lambda.send(new UpdateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "2" }));
      assert.deepEqual(await served(), [second]);
      const got = await aws.lambda.send(new GetAliasCommand({ FunctionName, Name: "live" }));
      assert.deepEqual([got.FunctionVersion, got.Description], ["2", "what is served"]);
    },
  },
  {
    title: "lists and deletes aliases",
    async run(aws) {
      const FunctionName = await aws.fn();
      await publish(aws, FunctionName);
      for (const Name of ["b", "a"]) {
        await aws.lambda.send(new CreateAliasCommand({ FunctionName, Name, FunctionVersion: "1" }));
      }
      const names = async () =>
        (await aws.lambda.send(new ListAliasesCommand({ FunctionName }))).Aliases?.map(({ Name }) => Name);
      assert.deepEqual(await names(), ["a", "b"]);
      await aws.lambda.send(new DeleteAliasCommand({ FunctionName, Name: "a" }));
      assert.deepEqual(await names(), ["b"]);
    },
  },
  {
    title: "refuses an alias that exists, one without a version, and one that does not exist",
    differs:
      "moto's code for an alias that exists is ConflictException; the API reference has ResourceConflictException",
    async run(aws) {
      const FunctionName = await aws.fn();
      const create = (FunctionVersion: string) =>
        aws.lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion }));
      await refused(create("3"), "ResourceNotFoundException", 404);
      await create("$LATEST");
      await refused(
        create("$LATEST"),
        aws.expected("ResourceConflictException", { moto: "ConflictException" }),
        409,
        /Alias already exists/,
      );
      const missing = aws.lambda.send(new GetAliasCommand({ FunctionName, Name: "missing" }));
      await refused(missing, "ResourceNotFoundException", 404, /Cannot find alias arn/);
    },
  },
];
