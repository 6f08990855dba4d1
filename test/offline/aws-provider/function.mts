// aws:lambda/function:Function

import type { FunctionCode, FunctionConfiguration, GetFunctionResponse, LambdaClient } from "@aws-sdk/client-lambda";
import { zipOf } from "./archive.mts";
import { code, configuration, schema, unreported } from "./function-schema.mts";
import { CreatedError, type Resource, unlessMissing } from "./resource.mts";
import { emptied, fromAws, only, toAws } from "./translate.mts";
import { isZero, type Properties, pick, type Schema, type Value } from "./values.mts";

const tenMinutes = 600_000_000_000;

export const lambdaFunction: Resource = {
  schema,
  title: "Lambda Function",
  timeouts: { create: tenMinutes, delete: tenMinutes, update: tenMinutes },

  async create(inputs, aws) {
    const { CreateFunctionCommand } = await import("@aws-sdk/client-lambda");
    const client = await aws.lambda(inputs);
    const name = String(inputs.name);
    await client.send(
      new CreateFunctionCommand({
        ...request(only(schema, [...Object.keys(configuration), "architectures", "packageType", "publish"]), inputs),
        FunctionName: name,
        Role: String(inputs.role),
        Code: await codeOf(inputs),
        Tags: inputs.tagsAll as Record<string, string>,
      }),
    );
    try {
      await untilReady(client, name);
      if (inputs.reservedConcurrentExecutions !== -1) await reserve(client, name, inputs);
    } catch (error) {
      throw new CreatedError(name, error);
    }
    return name;
  },

  async read(id, known, aws) {
    const { GetFunctionCommand } = await import("@aws-sdk/client-lambda");
    const client = await aws.lambda(known);
    const found = await unlessMissing(client.send(new GetFunctionCommand({ FunctionName: id })));
    if (!found) return undefined;
    const version = known.publish === true ? await newestVersion(client, id) : "$LATEST";
    return {
      ...outputs(found, version),
      ...aws.tagOutputs(found.Tags ?? {}, known),
      ...pick(known, (name, value) => unreported.includes(name) && value !== null),
    };
  },

  renewed(changed, inputs) {
    return publishes(changed, inputs) ? ["qualifiedArn", "qualifiedInvokeArn", "version"] : [];
  },

  async update(id, changed, inputs, { arn }, aws) {
    const client = await aws.lambda(inputs);
    const sdk = await import("@aws-sdk/client-lambda");
    if (changed.has("tagsAll")) await retag(client, String(arn), inputs.tagsAll);
    const settings = only(configuration, changed);
    if (Object.keys(settings).length > 0) {
      const members = request(settings, inputs, emptied(settings));
      await client.send(new sdk.UpdateFunctionConfigurationCommand({ ...members, FunctionName: id }));
      await untilReady(client, id);
    }
    const newCode = Object.keys(code).some((name) => changed.has(name));
    if (newCode) {
      const members = { ...(await codeOf(inputs)), ...toAws(only(code, ["architectures"]), inputs) };
      await client.send(new sdk.UpdateFunctionCodeCommand({ ...members, FunctionName: id }));
      await untilReady(client, id);
    }
    if (changed.has("reservedConcurrentExecutions")) await reserve(client, id, inputs);
    if (publishes(changed, inputs)) {
      await client.send(new sdk.PublishVersionCommand({ FunctionName: id }));
    }
  },

  async delete(id, { skipDestroy, region }, aws) {
    if (skipDestroy === true) return;
    const { DeleteFunctionCommand } = await import("@aws-sdk/client-lambda");
    const client = await aws.lambda({ region });
    await unlessMissing(client.send(new DeleteFunctionCommand({ FunctionName: id })));
  },
};

/** Whether an update ends with a new version. */
function publishes(changed: ReadonlySet<string>, inputs: Properties): boolean {
  const counting = ["publish", ...Object.keys(code), ...Object.keys(configuration)];
  return inputs.publish === true && counting.some((name) => changed.has(name));
}

/** The members of CreateFunction or UpdateFunctionConfiguration; there, file systems are a list of one. */
function request(schema: Schema, inputs: Properties, base: Record<string, unknown> = {}): Record<string, unknown> {
  const members = { ...base, ...toAws(schema, inputs) };
  const { FileSystemConfigs } = members;
  if (FileSystemConfigs === undefined) return members;
  return { ...members, FileSystemConfigs: isZero(inputs.fileSystemConfig) ? [] : [FileSystemConfigs] };
}

function outputs({ Configuration: live = {}, Code, Concurrency }: GetFunctionResponse, version: string): Properties {
  const { DeadLetterConfig, Environment, FunctionArn: arn = "", SnapStart, VpcConfig } = live;
  const region = arn.split(":")[3] ?? "";
  const partition = arn.split(":")[1] ?? "";
  const invokeArn = (of: string) =>
    `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${of}/invocations`;
  return {
    ...fromAws(schema, {
      ...live,
      DeadLetterConfig: DeadLetterConfig?.TargetArn ? DeadLetterConfig : undefined,
      Environment: Object.keys(Environment?.Variables ?? {}).length > 0 ? Environment : undefined,
      FileSystemConfigs: live.FileSystemConfigs?.[0],
      ImageConfig: live.ImageConfigResponse?.ImageConfig,
      ImageUri: Code?.ImageUri,
      Layers: live.Layers?.map((layer) => layer.Arn),
      SnapStart: SnapStart?.ApplyOn === "PublishedVersions" ? SnapStart : undefined,
      VpcConfig: VpcConfig?.SubnetIds?.length ? VpcConfig : undefined,
    }),
    codeSha256: live.CodeSha256 ?? "",
    invokeArn: invokeArn(arn),
    qualifiedArn: `${arn}:${version}`,
    qualifiedInvokeArn: invokeArn(`${arn}:${version}`),
    region,
    reservedConcurrentExecutions: Concurrency?.ReservedConcurrentExecutions ?? -1,
    version,
    ...unknownToAws,
  };
}

/** What is recorded for a function whose program sets none of the properties that AWS does not return. */
const unknownToAws: Properties = {
  code: null,
  publish: false,
  replaceSecurityGroupsOnDestroy: null,
  replacementSecurityGroupIds: null,
  s3Bucket: null,
  s3Key: null,
  s3ObjectVersion: null,
  skipDestroy: false,
};

async function codeOf(inputs: Properties): Promise<FunctionCode> {
  if (inputs.imageUri != null) return { ImageUri: String(inputs.imageUri) };
  if (inputs.s3Bucket != null) return toAws(only(code, ["s3Bucket", "s3Key", "s3ObjectVersion"]), inputs);
  return { ZipFile: await zipOf(inputs.code) };
}

/** Waits until a new function is active, or an update has ended. */
async function untilReady(client: LambdaClient, name: string): Promise<void> {
  const { GetFunctionCommand } = await import("@aws-sdk/client-lambda");
  for (let pause = 25; ; pause = Math.min(pause * 2, 1000)) {
    const { Configuration: live = {} } = await client.send(new GetFunctionCommand({ FunctionName: name }));
    if (live.State === "Failed") throw new Error(`function ${name} is not active: ${live.StateReason}`);
    if (live.LastUpdateStatus === "Failed") throw new Error(lastFailure(name, live));
    if (live.State !== "Pending" && live.LastUpdateStatus !== "InProgress") return;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function lastFailure(name: string, { LastUpdateStatusReason, LastUpdateStatusReasonCode }: FunctionConfiguration) {
  return `waiting for Lambda Function (${name}) update: ${LastUpdateStatusReasonCode}: ${LastUpdateStatusReason}`;
}

async function reserve(client: LambdaClient, FunctionName: string, inputs: Properties): Promise<void> {
  const { DeleteFunctionConcurrencyCommand, PutFunctionConcurrencyCommand } = await import("@aws-sdk/client-lambda");
  const ReservedConcurrentExecutions = Number(inputs.reservedConcurrentExecutions);
  if (ReservedConcurrentExecutions === -1) await client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  else await client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }));
}

async function newestVersion(client: LambdaClient, FunctionName: string): Promise<string> {
  const { paginateListVersionsByFunction } = await import("@aws-sdk/client-lambda");
  let newest = "$LATEST";
  for await (const { Versions = [] } of paginateListVersionsByFunction({ client }, { FunctionName })) {
    newest = Versions.at(-1)?.Version ?? newest;
  }
  return newest;
}

async function retag(client: LambdaClient, Resource: string, wanted: Value | undefined): Promise<void> {
  const { ListTagsCommand, TagResourceCommand, UntagResourceCommand } = await import("@aws-sdk/client-lambda");
  const Tags = (wanted ?? {}) as Record<string, string>;
  const { Tags: live = {} } = await client.send(new ListTagsCommand({ Resource }));
  const TagKeys = Object.keys(live).filter((key) => !(key in Tags));
  if (TagKeys.length > 0) await client.send(new UntagResourceCommand({ Resource, TagKeys }));
  if (!isZero(Tags)) await client.send(new TagResourceCommand({ Resource, Tags }));
}
