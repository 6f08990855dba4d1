import type { IAM } from "@aws-sdk/client-iam";
import type { Lambda } from "@aws-sdk/client-lambda";
import type { ResourceGroupsTaggingAPI } from "@aws-sdk/client-resource-groups-tagging-api";
import type { SSM } from "@aws-sdk/client-ssm";
import type { STS } from "@aws-sdk/client-sts";
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import { LayersError } from "../core/errors";
import { quotedIfOdd } from "../core/text";
import type { AwsTarget } from "./types";

/** The AWS SDK's clients of one session. Clients of rarely used services are loaded on first use. */
export interface Clients {
  readonly region: string;
  /** Lambda's address if the environment redirects it, otherwise empty. */
  readonly endpoint: string;
  readonly lambda: Lambda;
  tagging(): Promise<ResourceGroupsTaggingAPI>;
  sts(): Promise<STS>;
  iam(): Promise<IAM>;
  ssm(): Promise<SSM>;
  /** The account of the credentials, or their access key if the account is unknown. */
  owner(): Promise<string>;
  close(): void;
}

// Lambda answers a configuration update within a few seconds; a request that takes longer is considered lost.
const requestTimeout = 10_000;
const connectionTimeout = 5_000;
// Requests in flight: a hundred a second, each stalled for a moment.
const maxSockets = 256;

type Logger = Pick<Console, "trace" | "debug" | "info" | "warn" | "error">;
// Problems reach the caller as errors anyway. Without `info`, the SDK does not copy each response for logging, which
// takes longer than parsing it.
const silent = { trace() {}, debug() {}, warn() {}, error() {} } as unknown as Logger;

/**
 * Sets up clients and credential providers; sends nothing.
 * @throws LayersError `usage` if no region is set
 */
export async function connectClients(target: AwsTarget): Promise<Clients> {
  const { Lambda } = await import("@aws-sdk/client-lambda");
  const { NodeHttpHandler } = await import("@smithy/node-http-handler");
  const agent = { keepAlive: true, maxSockets };
  const requestHandler = new NodeHttpHandler({
    requestTimeout,
    connectionTimeout,
    throwOnRequestTimeout: true,
    httpAgent: agent,
    httpsAgent: agent,
    logger: silent,
  });
  // This package retries by itself: the SDK's retries would multiply with these and ignore the budgets.
  const common = { requestHandler, logger: silent, maxAttempts: 1, profile: target.profile };
  // An empty variable counts as unset.
  const region = target.region ?? (process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined);
  if (region === "") throw noRegion(target);
  const credentials = await credentialsOf({ ...target, region }, common);
  const lambda = withoutVersionWarning(() => new Lambda({ ...common, region, credentials }));
  const resolved = { ...common, region: await regionOf(lambda, target), credentials: lambda.config.credentials };

  const tagging = once(async () => {
    const { ResourceGroupsTaggingAPI } = await import("@aws-sdk/client-resource-groups-tagging-api");
    return new ResourceGroupsTaggingAPI(resolved);
  });
  const sts = once(async () => {
    const { STS } = await import("@aws-sdk/client-sts");
    return new STS(resolved);
  });
  const iam = once(async () => {
    const { IAM } = await import("@aws-sdk/client-iam");
    return new IAM(resolved);
  });
  const ssm = once(async () => {
    const { SSM } = await import("@aws-sdk/client-ssm");
    return new SSM(resolved);
  });
  return {
    region: resolved.region,
    endpoint: process.env.AWS_ENDPOINT_URL_LAMBDA ?? process.env.AWS_ENDPOINT_URL ?? "",
    lambda,
    tagging,
    sts,
    iam,
    ssm,
    async owner() {
      const { accountId, accessKeyId } = await lambda.config.credentials();
      return accountId ?? target.roleArn?.split(":")[4] ?? accessKeyId;
    },
    // All clients share one handler, and so its connections.
    close: () => requestHandler.destroy(),
  };
}

interface CommonConfig {
  readonly requestHandler: NodeHttpHandler;
  readonly logger: Logger;
  readonly maxAttempts: number;
}

/** The provider for a profile or a role; undefined leaves the choice to the SDK's default chain. */
async function credentialsOf({ profile, roleArn, region }: AwsTarget, common: CommonConfig) {
  if (!profile && !roleArn) return undefined;
  const { fromIni, fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
  const ofProfile = profile ? fromIni({ profile }) : undefined;
  if (!roleArn) return ofProfile;
  return fromTemporaryCredentials({
    masterCredentials: ofProfile,
    params: { RoleArn: roleArn, RoleSessionName: "lambda-layers" },
    clientConfig: { ...common, region },
    logger: silent,
  });
}

async function regionOf(lambda: Lambda, target: AwsTarget): Promise<string> {
  try {
    return await lambda.config.region();
  } catch (cause) {
    // The SDK looks whether a region that there is can be part of a host's name.
    const [, refused] = /not accepted: region="(.+?)"/.exec(String(cause)) ?? [];
    if (refused === undefined) throw noRegion(target, cause);
    throw new LayersError("usage", `${quotedIfOdd(refused)} is not the name of an AWS region.`, {
      next: "Use a name such as us-east-1.",
      cause,
    });
  }
}

function noRegion({ profile }: AwsTarget, cause?: unknown): LayersError {
  return new LayersError("usage", `No AWS region is set${profile ? ` for profile ${profile}` : ""}.`, {
    next: "Set one with --region, the argument `region`, `pulumi config set aws:region`, settings.aws_region, or AWS_REGION.",
    cause,
  });
}

/**
 * The SDK warns once per process, when its first client is created, of Node versions that it will stop supporting. That
 * concerns this package's maintainers, not its users.
 */
function withoutVersionWarning<T>(make: () => T): T {
  const variable = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";
  const before = process.env[variable];
  process.env[variable] = "true";
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[variable];
    else process.env[variable] = before;
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
