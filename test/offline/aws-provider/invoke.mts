import type { Aws } from "./aws.mts";
import { layerVersion } from "./layer-version.mts";
import type { Properties } from "./values.mts";

/** Answers `aws.getRegion()`, `aws.getCallerIdentity()`, `aws.lambda.getLayerVersion()` and `aws.lambda.getFunction()`. */
export async function invoke(token: string, args: Properties, aws: Aws): Promise<Properties> {
  if (token === "aws:index/getRegion:getRegion") {
    return { id: aws.region, name: aws.region, region: aws.region };
  }
  if (token === "aws:index/getCallerIdentity:getCallerIdentity") {
    const { GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
    const client = await aws.sts();
    const { Account = "", Arn = "", UserId = "" } = await client.send(new GetCallerIdentityCommand({}));
    return { accountId: Account, arn: Arn, id: Account, userId: UserId };
  }
  if (token === "aws:lambda/getLayerVersion:getLayerVersion") return getLayerVersion(args, aws);
  if (token === "aws:lambda/getFunction:getFunction") return getFunction(args, aws);
  throw new Error(`the stand-in for the AWS provider has no function ${token}`);
}

/** The layer version that is asked for, or else the newest; its version is a number here. */
async function getLayerVersion({ layerName, version, region }: Properties, aws: Aws): Promise<Properties> {
  const { GetLayerVersionCommand, ListLayerVersionsCommand } = await import("@aws-sdk/client-lambda");
  const client = await aws.lambda({ region });
  const LayerName = String(layerName);
  const { LayerVersions: [newest] = [] } =
    version == null ? await client.send(new ListLayerVersionsCommand({ LayerName })) : {};
  const VersionNumber = Number(version ?? newest?.Version);
  if (Number.isNaN(VersionNumber)) throw new Error(`No Lambda Layer Versions found for ${LayerName}`);
  const { LayerVersionArn = "" } = await client.send(new GetLayerVersionCommand({ LayerName, VersionNumber }));
  const outputs = await layerVersion.read(LayerVersionArn, {}, aws);
  return { ...outputs, id: LayerVersionArn, version: VersionNumber };
}

async function getFunction({ functionName, region }: Properties, aws: Aws): Promise<Properties> {
  const { GetFunctionCommand } = await import("@aws-sdk/client-lambda");
  const client = await aws.lambda({ region });
  const { Configuration: live = {} } = await client.send(
    new GetFunctionCommand({ FunctionName: String(functionName) }),
  );
  return {
    id: String(functionName),
    functionName: String(functionName),
    arn: live.FunctionArn ?? "",
    layers: (live.Layers ?? []).map(({ Arn = "" }) => Arn),
    runtime: live.Runtime ?? "",
    version: live.Version ?? "",
  };
}
