import assert from "node:assert/strict";
import {
  DeleteLayerVersionCommand,
  GetFunctionCommand,
  GetLayerVersionCommand,
  ListLayerVersionsCommand,
  PublishLayerVersionCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { ACCOUNT, type Case, layersOf, refused, unique, ZIP } from "./aws";

const withoutVersion = (arn: string) => arn.slice(0, arn.lastIndexOf(":"));
const nameOf = (arn: string) => arn.split(":")[6] ?? "";

export const layerCases: Case[] = [
  {
    title: "publishes versions that count up from 1",
    async run(aws) {
      const name = unique("layer");
      const input = {
        LayerName: name,
        Content: { ZipFile: ZIP },
        Description: "first",
        CompatibleRuntimes: ["python3.12" as const],
        CompatibleArchitectures: ["arm64" as const],
      };
      const first = await aws.lambda.send(new PublishLayerVersionCommand(input));
      const second = await aws.lambda.send(new PublishLayerVersionCommand(input));
      const arn = `arn:aws:lambda:us-east-1:${ACCOUNT}:layer:${name}`;
      assert.deepEqual([first.Version, first.LayerArn, first.LayerVersionArn], [1, arn, `${arn}:1`]);
      assert.deepEqual([second.Version, second.LayerVersionArn], [2, `${arn}:2`]);
      assert.deepEqual([first.Description, first.Content?.CodeSize], ["first", ZIP.length]);
      assert.deepEqual([first.CompatibleRuntimes, first.CompatibleArchitectures], [["python3.12"], ["arm64"]]);
    },
  },
  {
    title: "gets a version by the layer's name and by its ARN",
    async run(aws) {
      const [, arn = ""] = await aws.layer(2);
      for (const LayerName of [nameOf(arn), withoutVersion(arn)]) {
        const got = await aws.lambda.send(new GetLayerVersionCommand({ LayerName, VersionNumber: 2 }));
        assert.deepEqual([got.LayerVersionArn, got.Version, got.Content?.CodeSize], [arn, 2, ZIP.length]);
      }
    },
  },
  {
    title: "does not find a version that was not published",
    async run(aws) {
      const [arn = ""] = await aws.layer();
      for (const LayerName of [nameOf(arn), withoutVersion(arn), unique("missing")]) {
        const call = aws.lambda.send(new GetLayerVersionCommand({ LayerName, VersionNumber: 7 }));
        await refused(call, "ResourceNotFoundException", 404);
      }
    },
  },
  {
    title: "lists versions newest first, and none of a layer that does not exist",
    async run(aws) {
      const arns = await aws.layer(3);
      const list = async (LayerName: string) =>
        (await aws.lambda.send(new ListLayerVersionsCommand({ LayerName }))).LayerVersions;
      const listed = await list(nameOf(arns[0] ?? ""));
      assert.deepEqual(
        listed?.map(({ LayerVersionArn }) => LayerVersionArn),
        arns.toReversed(),
      );
      assert.deepEqual(await list(unique("missing")), []);
    },
  },
  {
    title: "refuses to attach a version that does not exist",
    differs: "moto answers 404 ResourceNotFoundException; Lambda answers 400 InvalidParameterValueException",
    async run(aws) {
      const [arn = ""] = await aws.layer();
      const missing = `${withoutVersion(arn)}:9`;
      const name = await aws.fn({ Layers: [arn] });
      const update = new UpdateFunctionConfigurationCommand({ FunctionName: name, Layers: [missing] });
      const [error, status, message] = aws.expected<[string, number, RegExp]>(
        ["InvalidParameterValueException", 400, new RegExp(`Layer version ${missing} does not exist`)],
        { moto: ["ResourceNotFoundException", 404, /One or more LayerVersion does not exist/] },
      );
      await refused(aws.lambda.send(update), error, status, message);
      await refused(aws.create({ Layers: [missing] }), error, status, message);
      const got = await aws.lambda.send(new GetFunctionCommand({ FunctionName: name }));
      assert.deepEqual(layersOf(got.Configuration), [arn], "a refused update changes nothing");
    },
  },
  {
    title: "keeps a deleted version where it is attached, and nowhere else",
    differs: "moto answers 404 to attaching it, see above",
    async run(aws) {
      const [first = "", second = ""] = await aws.layer(2);
      const LayerName = nameOf(first);
      const name = await aws.fn({ Layers: [first] });
      await aws.lambda.send(new DeleteLayerVersionCommand({ LayerName, VersionNumber: 1 }));
      const got = await aws.lambda.send(new GetFunctionCommand({ FunctionName: name }));
      assert.deepEqual(layersOf(got.Configuration), [first]);
      const read = aws.lambda.send(new GetLayerVersionCommand({ LayerName, VersionNumber: 1 }));
      await refused(read, "ResourceNotFoundException", 404);
      const listed = await aws.lambda.send(new ListLayerVersionsCommand({ LayerName }));
      assert.deepEqual(
        listed.LayerVersions?.map(({ LayerVersionArn }) => LayerVersionArn),
        [second],
      );
      const [error, status] = aws.expected<[string, number]>(["InvalidParameterValueException", 400], {
        moto: ["ResourceNotFoundException", 404],
      });
      await refused(aws.create({ Layers: [first] }), error, status);
    },
  },
  {
    title: "does not reuse a deleted version's number",
    async run(aws) {
      const [, second = ""] = await aws.layer(2);
      const LayerName = nameOf(second);
      await aws.lambda.send(new DeleteLayerVersionCommand({ LayerName, VersionNumber: 2 }));
      const input = { LayerName, Content: { ZipFile: ZIP } };
      assert.equal((await aws.lambda.send(new PublishLayerVersionCommand(input))).Version, 3);
    },
  },
  {
    title: "deletes a version that does not exist without complaint",
    async run(aws) {
      const [arn = ""] = await aws.layer();
      await aws.lambda.send(new DeleteLayerVersionCommand({ LayerName: nameOf(arn), VersionNumber: 5 }));
    },
  },
];
