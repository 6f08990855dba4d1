import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  ListFunctionsCommand,
  ListTagsCommand,
  PutFunctionConcurrencyCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { ACCOUNT, type Case, layersOf, refused, unique, ZIP } from "./aws";

const ROLE = `arn:aws:iam::${ACCOUNT}:role/nobody`;

export const functionCases: Case[] = [
  {
    title: "creates a function with Lambda's defaults",
    async run(aws) {
      const created = await aws.create({ Description: "hello" });
      assert.equal(created.FunctionArn, `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${created.FunctionName}`);
      assert.deepEqual(
        [created.Runtime, created.Handler, created.Description, created.Timeout, created.MemorySize],
        ["python3.12", "index.handler", "hello", 3, 128],
      );
      assert.deepEqual([created.PackageType, created.Architectures], ["Zip", ["x86_64"]]);
      assert.equal(created.CodeSize, ZIP.length);
      assert.deepEqual(layersOf(created), []);
    },
  },
  {
    title: "gives the same answer to GetFunction and GetFunctionConfiguration",
    async run(aws) {
      const [layer = ""] = await aws.layer();
      const name = await aws.fn({ Layers: [layer], MemorySize: 256, Environment: { Variables: { A: "b" } } });
      const { Configuration: got, Code } = await aws.lambda.send(new GetFunctionCommand({ FunctionName: name }));
      const { $metadata, ...configuration } = await aws.lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName: name }),
      );
      assert.deepEqual(got, configuration);
      assert.equal(Code?.RepositoryType, "S3");
      assert.deepEqual([got?.Version, got?.State, got?.LastUpdateStatus], ["$LATEST", "Active", "Successful"]);
      assert.deepEqual([got?.MemorySize, got?.Environment?.Variables], [256, { A: "b" }]);
      assert.deepEqual(layersOf(got), [layer]);
    },
  },
  {
    title: "lists functions with their layers in order",
    async run(aws) {
      const [a = ""] = await aws.layer();
      const [b = ""] = await aws.layer();
      const name = await aws.fn({ Layers: [b, a] });
      const listed = (await aws.list()).filter(({ FunctionName }) => FunctionName === name);
      assert.deepEqual(listed.map(layersOf), [[b, a]]);
      assert.equal(listed[0]?.Runtime, "python3.12");
    },
  },
  {
    title: "returns the state of a function from GetFunction, but not from ListFunctions",
    differs: "moto lists State and LastUpdateStatus; the API reference says that ListFunctions leaves them out",
    async run(aws) {
      const name = await aws.fn();
      const listed = (await aws.list()).find(({ FunctionName }) => FunctionName === name);
      assert.equal(listed?.State, aws.expected<string | undefined>(undefined, { moto: "Active" }));
      assert.equal(listed?.LastUpdateStatus, aws.expected<string | undefined>(undefined, { moto: "Successful" }));
    },
  },
  {
    title: "replaces the whole list of layers, in the order given",
    async run(aws) {
      const [a1 = "", a2 = ""] = await aws.layer(2);
      const [b = ""] = await aws.layer();
      const name = await aws.fn({ Layers: [a1, b] });
      for (const layers of [[b, a2], [a2], []]) {
        const command = new UpdateFunctionConfigurationCommand({ FunctionName: name, Layers: layers });
        assert.deepEqual(layersOf(await aws.lambda.send(command)), layers);
        await waitUntilFunctionUpdatedV2({ client: aws.lambda, maxWaitTime: 30, minDelay: 1 }, { FunctionName: name });
        const got = await aws.lambda.send(new GetFunctionCommand({ FunctionName: name }));
        assert.deepEqual(layersOf(got.Configuration), layers);
      }
    },
  },
  {
    title: "leaves layers alone if an update does not name them",
    async run(aws) {
      const layers = await aws.layer();
      const name = await aws.fn({ Layers: layers });
      const input = { FunctionName: name, Timeout: 30, MemorySize: 512, Description: "new", Handler: "other.handler" };
      const updated = await aws.lambda.send(new UpdateFunctionConfigurationCommand(input));
      assert.deepEqual(layersOf(updated), layers);
      assert.deepEqual(
        [updated.Timeout, updated.MemorySize, updated.Description, updated.Handler, updated.Runtime],
        [30, 512, "new", "other.handler", "python3.12"],
      );
    },
  },
  {
    title: "updates code and leaves the configuration alone",
    async run(aws) {
      const layers = await aws.layer();
      const created = await aws.create({ Layers: layers, MemorySize: 256 });
      const ZipFile = Buffer.concat([ZIP, Buffer.from("x")]);
      const FunctionName = created.FunctionName;
      const updated = await aws.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
      assert.notEqual(updated.CodeSha256, created.CodeSha256);
      assert.equal(updated.CodeSha256, createHash("sha256").update(ZipFile).digest("base64"));
      assert.deepEqual([updated.CodeSize, updated.MemorySize, layersOf(updated)], [ZipFile.length, 256, layers]);
    },
  },
  {
    title: "reserves concurrency",
    async run(aws) {
      const FunctionName = await aws.fn();
      const reserved = async () => [
        (await aws.lambda.send(new GetFunctionCommand({ FunctionName }))).Concurrency?.ReservedConcurrentExecutions,
        (await aws.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions,
      ];
      await aws.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 7 }));
      assert.deepEqual(await reserved(), [7, 7]);
      await aws.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
      assert.deepEqual(await reserved(), [undefined, undefined]);
    },
  },
  {
    title: "accepts a function's ARN as its name",
    async run(aws) {
      const { FunctionArn: arn = "", FunctionName: name } = await aws.create();
      const got = await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: arn }));
      assert.equal(got.FunctionName, name);
      const update = new UpdateFunctionConfigurationCommand({ FunctionName: arn, Timeout: 9 });
      assert.equal((await aws.lambda.send(update)).Timeout, 9);
    },
  },
  {
    title: "accepts a qualifier with the name, and shows it in the ARN",
    async run(aws) {
      const { FunctionArn: arn, FunctionName: name } = await aws.create();
      const got = await aws.lambda.send(new GetFunctionCommand({ FunctionName: name, Qualifier: "$LATEST" }));
      assert.equal(got.Configuration?.FunctionArn, `${arn}:$LATEST`);
    },
  },
  {
    title: "knows only functions that were created",
    async run(aws) {
      const FunctionName = unique("missing");
      const missing = [
        aws.lambda.send(new GetFunctionCommand({ FunctionName })),
        aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
        aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 5 })),
        aws.lambda.send(new DeleteFunctionCommand({ FunctionName })),
      ];
      const message = new RegExp(`Function not found: arn:aws:lambda:us-east-1:${ACCOUNT}:function:${FunctionName}$`);
      for (const call of missing) await refused(call, "ResourceNotFoundException", 404, message);
    },
  },
  {
    title: "refuses to create a function twice",
    async run(aws) {
      const name = await aws.fn();
      const again = { FunctionName: name, Role: ROLE, Runtime: "python3.12", Handler: "a.b", Code: { ZipFile: ZIP } };
      const call = aws.lambda.send(new CreateFunctionCommand({ ...again, Runtime: "python3.12" }));
      await refused(call, "ResourceConflictException", 409, new RegExp(`Function already exist: ${name}`));
    },
  },
  {
    title: "refuses a role that is not an ARN",
    async run(aws) {
      const call = aws.create({ Role: "not-a-role" });
      await refused(call, "ValidationException", 400, /at 'role' failed to satisfy constraint/);
    },
  },
  {
    title: "forgets a deleted function",
    async run(aws) {
      const name = await aws.fn();
      await aws.lambda.send(new DeleteFunctionCommand({ FunctionName: name }));
      const call = aws.lambda.send(new GetFunctionCommand({ FunctionName: name }));
      await refused(call, "ResourceNotFoundException", 404);
      assert.ok(!(await aws.list()).some(({ FunctionName }) => FunctionName === name));
    },
  },
  {
    title: "creates functions from images, which have neither runtime nor layers",
    async run(aws) {
      const image = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/app:1`;
      const created = await aws.create({ PackageType: "Image", Code: { ImageUri: image } });
      assert.deepEqual([created.PackageType, created.Runtime ?? undefined], ["Image", undefined]);
      assert.deepEqual(layersOf(created), []);
      const got = await aws.lambda.send(new GetFunctionCommand({ FunctionName: created.FunctionName }));
      assert.deepEqual([got.Code?.RepositoryType, got.Code?.ImageUri], ["ECR", image]);
    },
  },
  {
    title: "satisfies the SDK's waiters",
    async run(aws) {
      const name = await aws.fn();
      const waiter = { client: aws.lambda, maxWaitTime: 30, minDelay: 1 };
      assert.equal((await waitUntilFunctionActiveV2(waiter, { FunctionName: name })).state, "SUCCESS");
      assert.equal((await waitUntilFunctionUpdatedV2(waiter, { FunctionName: name })).state, "SUCCESS");
    },
  },
  {
    title: "keeps regions apart",
    async run(aws) {
      const name = await aws.fn();
      const elsewhere = aws.inRegion("eu-west-1");
      const call = elsewhere.lambda.send(new GetFunctionCommand({ FunctionName: name }));
      await refused(call, "ResourceNotFoundException", 404, /:eu-west-1:/);
      const listed = await elsewhere.lambda.send(new ListFunctionsCommand({}));
      assert.ok(!listed.Functions?.some(({ FunctionName }) => FunctionName === name));
      elsewhere.destroy();
    },
  },
  {
    title: "tags functions at creation and later",
    async run(aws) {
      const { FunctionArn: Resource, FunctionName } = await aws.create({ Tags: { environment: "dev", team: "a" } });
      await aws.lambda.send(new TagResourceCommand({ Resource, Tags: { team: "b", cost: "1" } }));
      await aws.lambda.send(new UntagResourceCommand({ Resource, TagKeys: ["cost"] }));
      const expected = { environment: "dev", team: "b" };
      assert.deepEqual((await aws.lambda.send(new ListTagsCommand({ Resource }))).Tags, expected);
      assert.deepEqual((await aws.lambda.send(new GetFunctionCommand({ FunctionName }))).Tags, expected);
    },
  },
];
