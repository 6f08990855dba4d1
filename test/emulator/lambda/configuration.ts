import { createHash, randomUUID } from "node:crypto";
import type {
  CreateFunctionRequest,
  FunctionConfiguration,
  Layer,
  UpdateFunctionConfigurationRequest,
} from "@aws-sdk/client-lambda";
import { functionArn } from "../arns";
import { timestamp } from "../store";

/** What both CreateFunction and UpdateFunctionConfiguration set, where input and output have the same shape. */
const PLAIN = [
  "Description",
  "Role",
  "Handler",
  "Runtime",
  "Timeout",
  "MemorySize",
  "Environment",
  "VpcConfig",
  "DeadLetterConfig",
  "KMSKeyArn",
  "TracingConfig",
  "FileSystemConfigs",
  "EphemeralStorage",
  "LoggingConfig",
] as const;

type Settable = Pick<UpdateFunctionConfigurationRequest, (typeof PLAIN)[number]>;

/** An active function's first configuration. */
export function newConfiguration(
  name: string,
  input: CreateFunctionRequest,
  layers: Layer[],
  owner: { account: string; region: string },
): FunctionConfiguration {
  const zip = Buffer.from(String(input.Code?.ZipFile ?? ""), "base64");
  return withLayers(
    {
      FunctionName: name,
      FunctionArn: functionArn(owner.account, owner.region, name),
      CodeSize: zip.length,
      CodeSha256: createHash("sha256").update(zip).digest("base64"),
      Description: "",
      Timeout: 3,
      MemorySize: 128,
      LastModified: timestamp(),
      Version: "$LATEST",
      TracingConfig: { Mode: "PassThrough" },
      EphemeralStorage: { Size: 512 },
      SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
      LoggingConfig: { LogFormat: "Text", LogGroup: `/aws/lambda/${name}` },
      PackageType: input.PackageType ?? "Zip",
      Architectures: input.Architectures ?? ["x86_64"],
      RevisionId: randomUUID(),
      State: "Active",
      LastUpdateStatus: "Successful",
      ...settable(input),
      ...(input.ImageConfig && { ImageConfigResponse: { ImageConfig: input.ImageConfig } }),
    },
    layers,
  );
}

/** The configuration while the update is in progress. `layers` absent: they stay as they are. */
export function updatedConfiguration(
  current: FunctionConfiguration,
  input: UpdateFunctionConfigurationRequest,
  layers: Layer[] | undefined,
): FunctionConfiguration {
  const next: FunctionConfiguration = {
    ...current,
    ...settable(input),
    LastModified: timestamp(),
    RevisionId: randomUUID(),
    LastUpdateStatus: "InProgress",
    LastUpdateStatusReason: "The function is being updated.",
  };
  return layers ? withLayers(next, layers) : next;
}

/** How an update ended: as asked for, or on failure with what was there before. */
export function finished(
  before: FunctionConfiguration,
  updating: FunctionConfiguration,
  failure: { reason: string; code?: string } | undefined,
): FunctionConfiguration {
  const { LastUpdateStatusReason, LastUpdateStatusReasonCode, ...rest } = failure ? before : updating;
  if (!failure) return { ...rest, LastUpdateStatus: "Successful" };
  return {
    ...rest,
    LastUpdateStatus: "Failed",
    LastUpdateStatusReason: failure.reason,
    LastUpdateStatusReasonCode: (failure.code ??
      "InternalError") as FunctionConfiguration["LastUpdateStatusReasonCode"],
  };
}

/** ListFunctions and ListVersionsByFunction leave out what tells about states. */
export function listed(configuration: FunctionConfiguration): FunctionConfiguration {
  const {
    State,
    StateReason,
    StateReasonCode,
    LastUpdateStatus,
    LastUpdateStatusReason,
    LastUpdateStatusReasonCode,
    ...rest
  } = configuration;
  return rest;
}

/** A function without layers has no member Layers, as on AWS. */
export function withLayers(configuration: FunctionConfiguration, layers: Layer[]): FunctionConfiguration {
  const { Layers, ...rest } = configuration;
  return layers.length > 0 ? { ...rest, Layers: layers } : rest;
}

function settable(input: Settable): Partial<FunctionConfiguration> {
  return Object.fromEntries(PLAIN.filter((key) => input[key] !== undefined).map((key) => [key, input[key]]));
}
