import { createHash, randomUUID } from "node:crypto";
import type {
  CreateFunctionRequest,
  FunctionCode,
  FunctionConfiguration,
  Layer,
  UpdateFunctionCodeRequest,
  UpdateFunctionConfigurationRequest,
} from "@aws-sdk/client-lambda";
import { functionArn, type Home } from "../arns";
import { timestamp } from "../store";

/** What both CreateFunction and UpdateFunctionConfiguration set, with the same structure in input and output. */
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
] as const;

type Settable = Pick<
  UpdateFunctionConfigurationRequest,
  (typeof PLAIN)[number] | "ImageConfig" | "LoggingConfig" | "SnapStart"
>;

/** An active function's first configuration. */
export function newConfiguration(
  name: string,
  input: CreateFunctionRequest,
  layers: Layer[],
  owner: Home,
): FunctionConfiguration {
  const created: FunctionConfiguration = {
    FunctionName: name,
    FunctionArn: functionArn(owner.account, owner.region, name),
    ...codeMembers(input.Code),
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
  };
  return withLayers(withSettings(created, input), layers);
}

/** The configuration while an update of settings is in progress. `layers` absent: they stay. */
export function updatedConfiguration(
  current: FunctionConfiguration,
  input: Settable,
  layers: Layer[] | undefined,
): FunctionConfiguration {
  const next = withSettings(updating(current), input);
  return layers ? withLayers(next, layers) : next;
}

/** The configuration while an update of the code is in progress. */
export function updatedCode(current: FunctionConfiguration, input: UpdateFunctionCodeRequest): FunctionConfiguration {
  const { Architectures = current.Architectures } = input;
  return { ...updating(current), ...codeMembers(input), Architectures };
}

function updating(current: FunctionConfiguration): FunctionConfiguration {
  return {
    ...current,
    LastModified: timestamp(),
    RevisionId: randomUUID(),
    LastUpdateStatus: "InProgress",
    LastUpdateStatusReason: "The function is being updated.",
  };
}

/** Code is measured and discarded; as over the wire, its bytes are in base64. */
function codeMembers(code: FunctionCode | undefined): Pick<FunctionConfiguration, "CodeSize" | "CodeSha256"> {
  const content = code?.ZipFile === undefined ? Buffer.alloc(0) : Buffer.from(String(code.ZipFile), "base64");
  const other = `${code?.ImageUri ?? ""}${code?.S3Bucket ?? ""}${code?.S3Key ?? ""}${code?.S3ObjectVersion ?? ""}`;
  return {
    CodeSize: content.length,
    CodeSha256: createHash("sha256").update(content).update(other).digest("base64"),
  };
}

/** How an update ended: as requested, or on failure with the previous configuration. */
export function finished(
  before: FunctionConfiguration,
  after: FunctionConfiguration,
  failure: { reason: string; code?: string } | undefined,
): FunctionConfiguration {
  const { LastUpdateStatusReason, LastUpdateStatusReasonCode, ...rest } = failure ? before : after;
  if (!failure) return { ...rest, LastUpdateStatus: "Successful" };
  return {
    ...rest,
    LastUpdateStatus: "Failed",
    LastUpdateStatusReason: failure.reason,
    LastUpdateStatusReasonCode: (failure.code ??
      "InternalError") as FunctionConfiguration["LastUpdateStatusReasonCode"],
  };
}

/** ListFunctions and ListVersionsByFunction leave out the state fields. */
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

/** A function without layers has no member Layers, as in AWS. */
export function withLayers(configuration: FunctionConfiguration, layers: Layer[]): FunctionConfiguration {
  const { Layers, ...rest } = configuration;
  return layers.length > 0 ? { ...rest, Layers: layers } : rest;
}

function withSettings(configuration: FunctionConfiguration, input: Settable): FunctionConfiguration {
  const next: FunctionConfiguration = {
    ...configuration,
    ...Object.fromEntries(PLAIN.filter((key) => input[key] !== undefined).map((key) => [key, input[key]])),
    LoggingConfig: { ...configuration.LoggingConfig, ...input.LoggingConfig },
    ...(input.SnapStart && { SnapStart: { ...configuration.SnapStart, ...input.SnapStart } }),
    ...(input.ImageConfig && { ImageConfigResponse: { ImageConfig: input.ImageConfig } }),
  };
  // Settings that are set to nothing are left out.
  if (Object.keys(next.Environment?.Variables ?? {}).length === 0) delete next.Environment;
  if (!next.KMSKeyArn) delete next.KMSKeyArn;
  if (!next.DeadLetterConfig?.TargetArn) delete next.DeadLetterConfig;
  if (!next.FileSystemConfigs?.length) delete next.FileSystemConfigs;
  return next;
}
