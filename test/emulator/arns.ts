import type { Context } from "./context";
import { ApiError, accessDenied, notFound, validation } from "./errors";

/** Account and region of everything that does not name its own. */
export interface Home {
  account: string;
  region: string;
}

/** The partition of a region: the second field of every ARN there. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  return "aws";
}

export const functionArn = (account: string, region: string, name: string) =>
  `arn:${partitionOf(region)}:lambda:${region}:${account}:function:${name}`;

export const layerArn = (account: string, region: string, name: string) =>
  `arn:${partitionOf(region)}:lambda:${region}:${account}:layer:${name}`;

/** A parameter's name may or may not begin with a slash; its ARN always has one. */
export const parameterArn = ({ account, region }: Home, name: string) =>
  `arn:${partitionOf(region)}:ssm:${region}:${account}:parameter${name.startsWith("/") ? "" : "/"}${name}`;

export interface FunctionReference {
  account: string;
  region: string;
  name: string;
  /** A version, an alias or "$LATEST"; absent if the reference has none. */
  qualifier?: string;
}

const FUNCTION_REFERENCE =
  /^(?:arn:[a-z-]+:lambda:(?<region>[a-z0-9-]+):)?(?:(?<account>\d{12}):function:|function:)?(?<name>[\w-]{1,64})(?::(?<qualifier>\$LATEST|[\w-]+))?$/;

/**
 * Parses the four forms that Lambda accepts for FunctionName: name, name:qualifier, partial ARN and full ARN. Undefined
 * for anything else.
 */
export function parseFunctionReference(text: string, { account, region }: Home): FunctionReference | undefined {
  const groups = FUNCTION_REFERENCE.exec(text)?.groups;
  if (!groups?.name) return undefined;
  return {
    account: groups.account ?? account,
    region: groups.region ?? region,
    name: groups.name,
    qualifier: groups.qualifier,
  };
}

/**
 * Like {@link parseFunctionReference}, but throws what Lambda answers if it refuses: no name, another region, another
 * account.
 */
export function ownFunctionReference(text: string, at: Context, action: string): FunctionReference {
  const reference = parseFunctionReference(text, at);
  if (!reference) throw validation(text, "functionName", "Member must satisfy regular expression pattern");
  if (reference.region !== at.region) {
    throw notFound(`Functions from '${reference.region}' are not reachable in this region ('${at.region}')`);
  }
  if (reference.account !== at.account) {
    const arn = functionArn(reference.account, reference.region, reference.name);
    throw accessDenied(at.caller.arn, action, arn, "resource-based");
  }
  return reference;
}

export interface LayerReference {
  account: string;
  region: string;
  name: string;
  version?: number;
}

const LAYER_REFERENCE =
  /^(?:arn:[a-z-]+:lambda:(?<region>[a-z0-9-]+):(?<account>\d{12}):layer:)?(?<name>[\w-]{1,140})(?::(?<version>\d+))?$/;

/** Parses a layer's name, a layer ARN or a layer version ARN. Undefined for anything else. */
export function parseLayerReference(text: string, { account, region }: Home): LayerReference | undefined {
  const groups = LAYER_REFERENCE.exec(text)?.groups;
  if (!groups?.name) return undefined;
  return {
    account: groups.account ?? account,
    region: groups.region ?? region,
    name: groups.name,
    version: groups.version === undefined ? undefined : Number(groups.version),
  };
}

/** Whether this is one of Lambda's own layers, which have no account, region or version. */
export function isBuiltIn(arn: string): boolean {
  return /^arn:[a-z-]+:lambda:::awslayer:[\w-]+$/.test(arn);
}

/** Like {@link parseLayerReference}, but throws what Lambda answers to anything else. */
export function requireLayerReference(text: string | undefined, home: Home): LayerReference {
  const reference = parseLayerReference(text ?? "", home);
  if (!reference) throw validation(text, "layerName", "Member must satisfy regular expression pattern");
  return reference;
}

/** Role name and account of a role ARN. Throws a ValidationError, as STS does, for anything else. */
export function parseRoleArn(arn: string): { account: string; partition: string; name: string } {
  const match = /^arn:([a-z-]+):iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/.exec(arn);
  const [, partition, account, name] = match ?? [];
  if (!partition || !account || !name) throw new ApiError(400, "ValidationError", `${arn} is invalid`);
  return { account, partition, name };
}
