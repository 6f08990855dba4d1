// What moto lacks, so that it cannot be compared: layers of other accounts, and the checks of a function's list.
import assert from "node:assert/strict";
import {
  GetFunctionCommand,
  GetLayerVersionByArnCommand,
  GetLayerVersionCommand,
  ListLayerVersionsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { ACCOUNT, layersOf, refused } from "./conformance/aws";
import { useEmulator } from "./harness";

const OTHER = "464622532012";
const own = (layer: string, region = "us-east-1") => `arn:aws:lambda:${region}:${ACCOUNT}:layer:${layer}`;
const foreign = (layer: string, region = "us-east-1") => `arn:aws:lambda:${region}:${OTHER}:layer:${layer}`;

describe("the emulator's layers", () => {
  const test = useEmulator(
    {},
    {
      layers: [
        { name: "base", versions: 3, deleted: [2] },
        ...["a", "b", "c", "d", "e"].map((name) => ({ name, versions: 1 })),
        { name: "base", versions: 1, region: "eu-west-1" },
        { name: "Datadog", versions: 98, account: OTHER },
        { name: "private", versions: 1, account: OTHER, sharedWith: [] },
        { name: "partner", versions: 1, account: OTHER, sharedWith: [ACCOUNT] },
      ],
      functions: [{ name: "api", layers: ["base:1"] }],
    },
  );

  const get = async () => (await test.aws.lambda.send(new GetFunctionCommand({ FunctionName: "api" }))).Configuration;
  const update = (Layers: string[], FunctionName = "api") =>
    test.aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Layers }));

  describe("of a function", () => {
    const cases: { title: string; layers: string[]; error?: [name: string, status: number, message: RegExp] }[] = [
      { title: "may number five", layers: ["a:1", "b:1", "c:1", "d:1", "e:1"].map((name) => own(name)) },
      { title: "may be another account's if shared", layers: [foreign("Datadog:98"), foreign("partner:1")] },
      {
        title: "are refused if there are six",
        layers: ["a:1", "b:1", "c:1", "d:1", "e:1", "base:1"].map((name) => own(name)),
        error: ["InvalidParameterValueException", 400, /Cannot reference more than 5 layers/],
      },
      {
        title: "are refused if two are versions of one layer",
        layers: [own("base:1"), own("a:1"), own("base:3")],
        error: ["InvalidParameterValueException", 400, /Two different versions of the same layer are not allowed/],
      },
      {
        title: "are refused if one appears twice",
        layers: [own("base:1"), own("base:1")],
        error: ["InvalidParameterValueException", 400, /Two different versions of the same layer are not allowed/],
      },
      {
        title: "are refused if one is of another region",
        layers: [own("base:1", "eu-west-1")],
        error: ["InvalidParameterValueException", 400, /Layers are not in the same region as the function/],
      },
      {
        title: "are refused if one is of another account and region",
        layers: [foreign("Datadog:98", "eu-west-1")],
        error: ["AccessDeniedException", 403, /no resource-based policy allows the lambda:GetLayerVersion action/],
      },
      {
        title: "are refused if one was deleted",
        layers: [own("base:2")],
        error: ["InvalidParameterValueException", 400, /Layer version .*:base:2 does not exist/],
      },
      {
        title: "are refused if another account does not have one",
        layers: [foreign("Datadog:99")],
        error: ["AccessDeniedException", 403, /lambda:GetLayerVersion on resource: .*:Datadog:99/],
      },
      {
        title: "are refused if one is not shared",
        layers: [foreign("private:1")],
        error: ["AccessDeniedException", 403, /lambda:GetLayerVersion/],
      },
      {
        title: "are refused if one has no version",
        layers: [own("base")],
        error: ["ValidationException", 400, /at 'layers' failed to satisfy constraint/],
      },
    ];
    for (const { title, layers, error } of cases) {
      it(title, async () => {
        if (!error) return assert.deepEqual(layersOf(await update(layers)), layers);
        await refused(update(layers), ...error);
        assert.deepEqual(layersOf(await get()), [own("base:1")]);
      });
    }

    it("are refused for an image", async () => {
      test.emulator.seed({ functions: [{ name: "image", PackageType: "Image", Code: { ImageUri: "app:1" } }] });
      await refused(update([own("base:1")], "image"), "InvalidParameterValueException", 400, /Image/);
      const create = test.aws.create({ PackageType: "Image", Layers: [own("base:1")], Code: { ImageUri: "app:1" } });
      await refused(create, "InvalidParameterValueException", 400, /Layer/);
    });
  });

  describe("by version", () => {
    const read = (LayerName: string, VersionNumber: number) =>
      test.aws.lambda.send(new GetLayerVersionCommand({ LayerName, VersionNumber }));

    it("are found if the name is a layer version's ARN, as in Lambda", async () => {
      assert.equal((await read(own("base:3"), 3)).LayerVersionArn, own("base:3"));
      assert.equal((await read(foreign("Datadog:98"), 98)).LayerVersionArn, foreign("Datadog:98"));
    });

    it("are found by ARN alone", async () => {
      const get = (Arn: string) => test.aws.lambda.send(new GetLayerVersionByArnCommand({ Arn }));
      assert.equal((await get(foreign("Datadog:97"))).Version, 97);
      await refused(get(own("base:2")), "ResourceNotFoundException", 404);
      await refused(get(foreign("Datadog:99")), "AccessDeniedException", 403);
      await refused(get(own("base")), "ValidationException", 400);
    });

    it("of another account are found if shared, and a missing one is answered like one that is not shared", async () => {
      await refused(read(foreign("Datadog"), 99), "AccessDeniedException", 403, /lambda:GetLayerVersion/);
      await refused(read(foreign("private"), 1), "AccessDeniedException", 403, /lambda:GetLayerVersion/);
      assert.equal((await read(foreign("partner"), 1)).Version, 1);
    });

    it("of another account are not listed", async () => {
      const call = test.aws.lambda.send(new ListLayerVersionsCommand({ LayerName: foreign("Datadog") }));
      await refused(
        call,
        "AccessDeniedException",
        403,
        /lambda:ListLayerVersions on resource: .*:layer:Datadog because/,
      );
    });
  });
});
