// aws:lambda/layerVersion:LayerVersion. Versions never change: any change makes a new one.

import { zipOf } from "./archive.mts";
import { type Resource, unlessMissing } from "./resource.mts";
import { fromAws, only, toAws } from "./translate.mts";
import { type Properties, pick, type Schema } from "./values.mts";

const schema: Schema = {
  code: { type: "archive", replaces: true, terraform: "filename" },
  compatibleArchitectures: { type: "list", replaces: true },
  compatibleRuntimes: { type: "list", replaces: true },
  description: { type: "string", replaces: true },
  layerName: { type: "string", required: true, replaces: true },
  licenseInfo: { type: "string", replaces: true },
  region: { type: "string", computed: true, replaces: true },
  s3Bucket: { type: "string", replaces: true },
  s3Key: { type: "string", replaces: true },
  s3ObjectVersion: { type: "string", replaces: true },
  skipDestroy: { type: "boolean" },
  sourceCodeHash: { type: "string", computed: true, replaces: true },

  arn: { type: "string", output: true, aws: "LayerVersionArn" },
  codeSha256: { type: "string", output: true },
  createdDate: { type: "string", output: true },
  layerArn: { type: "string", output: true },
  signingJobArn: { type: "string", output: true },
  signingProfileVersionArn: { type: "string", output: true },
  sourceCodeSize: { type: "number", output: true },
  version: { type: "string", output: true },
};

/** Given by programs, and not returned by AWS. */
const unreported = ["code", "s3Bucket", "s3Key", "s3ObjectVersion", "skipDestroy"];

export const layerVersion: Resource = {
  schema,
  title: "Lambda Layer Version",

  async create(inputs, aws) {
    const { PublishLayerVersionCommand } = await import("@aws-sdk/client-lambda");
    const client = await aws.lambda(inputs);
    const described = ["compatibleArchitectures", "compatibleRuntimes", "description", "licenseInfo"];
    const { LayerVersionArn } = await client.send(
      new PublishLayerVersionCommand({
        ...toAws(only(schema, described), inputs),
        LayerName: String(inputs.layerName),
        Content:
          inputs.s3Bucket == null
            ? { ZipFile: await zipOf(inputs.code) }
            : toAws(only(schema, ["s3Bucket", "s3Key", "s3ObjectVersion"]), inputs),
      }),
    );
    return String(LayerVersionArn);
  },

  async read(id, known, aws) {
    const { GetLayerVersionCommand } = await import("@aws-sdk/client-lambda");
    const { layerArn, name, region, version } = parse(id);
    const client = await aws.lambda({ region });
    const request = { LayerName: name, VersionNumber: version };
    const live = await unlessMissing(client.send(new GetLayerVersionCommand(request)));
    if (!live) return undefined;
    const { CodeSha256 = "", CodeSize, SigningJobArn, SigningProfileVersionArn } = live.Content ?? {};
    return {
      ...fromAws(schema, { ...live, SigningJobArn, SigningProfileVersionArn, SourceCodeSize: CodeSize }),
      codeSha256: CodeSha256,
      layerArn,
      layerName: name,
      region,
      sourceCodeHash: CodeSha256,
      version: String(version),
      ...unknownToAws,
      ...pick(known, (property, value) => unreported.includes(property) && value !== null),
    };
  },

  /** Without a new version, only whether it is deleted in the end can change. */
  async update() {},

  async delete(id, { skipDestroy }, aws) {
    if (skipDestroy === true) return;
    const { DeleteLayerVersionCommand } = await import("@aws-sdk/client-lambda");
    const { name, region, version } = parse(id);
    const client = await aws.lambda({ region });
    await client.send(new DeleteLayerVersionCommand({ LayerName: name, VersionNumber: version }));
  },
};

/** What is recorded for a layer version whose program sets none of the properties that AWS does not return. */
const unknownToAws: Properties = { code: null, s3Bucket: null, s3Key: null, s3ObjectVersion: null, skipDestroy: false };

function parse(arn: string) {
  const [, , , region = "", , , name = "", version = ""] = arn.split(":");
  return { layerArn: arn.slice(0, -version.length - 1), name, region, version: Number(version) };
}
