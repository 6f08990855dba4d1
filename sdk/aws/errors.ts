import { LayersError } from "../core/errors";
import type { LimitedService } from "./limiter";
import { asSdkError, classify, isForeign } from "./retry";

/** The services that this package calls. */
export type Service = LimitedService | "sts" | "iam" | "ssm";

/** What a request is about, for budgets and messages. */
export interface Request {
  readonly service: Service;
  /** AWS's name of the operation, such as `GetFunction`. */
  readonly operation: string;
  /** The function or layer version in question, as messages name it. */
  readonly subject?: string;
  /** The resource that the permission is needed on; default: all. */
  readonly resource?: string;
}

/** Where a session runs, for messages. */
export interface Whereabouts {
  readonly region: string;
  readonly profile?: string;
}

const services: Record<Service, { readonly name: string; readonly actions: string }> = {
  lambda: { name: "Lambda", actions: "lambda" },
  tagging: { name: "The tagging API", actions: "tag" },
  sts: { name: "STS", actions: "sts" },
  ssm: { name: "SSM", actions: "ssm" },
  iam: { name: "IAM", actions: "iam" },
};

const missingCredentials = new Set(["CredentialsProviderError", "TokenProviderError", "ProviderError"]);
const rejectedCredentials = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "IncompleteSignature",
  "IncompleteSignatureException",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
]);
const denied = new Set(["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException"]);

// AWS: "User: ARN is not authorized to perform: ACTION on resource: ARN because REASON", or "with an explicit deny in ..."
const refusal =
  /(?:User: (\S+) )?is not authorized to perform: (\S+)(?: on resource: (\S+))?(?: (?:because|with) (.+))?/s;

/** Whether an error denies the caller permission; if an action is given, permission for that action. */
export function isDenied(error: unknown, action?: string): boolean {
  const { name = "", message = "" } = asSdkError(error);
  // The request may have been denied because of an earlier one that it depends on, such as assuming a role.
  return denied.has(name) && (!action || (refusal.exec(message)?.[2] ?? action) === action);
}

/** Whether an error has the given name, such as `ResourceNotFoundException`. */
export function isNamed(error: unknown, name: string): boolean {
  return asSdkError(error).name === name;
}

// UpdateFunctionConfiguration's error for a layer version that was deleted or never published.
const noSuchLayer = /Layer version (arn:\S+:layer:\S+) does not exist/;

/** Explains what went wrong with a request. AWS's own text is kept in the cause. */
export function explain(cause: unknown, request: Request, where: Whereabouts): LayersError {
  if (cause instanceof LayersError) return cause;
  const error = asSdkError(cause);
  const name = error.name ?? "";
  if (missingCredentials.has(name)) return credentialsMissing(cause, where);
  if (rejectedCredentials.has(name)) return credentialsRejected(cause, where);
  if (isDenied(cause)) return permissionDenied(cause, request);
  const layer = noSuchLayer.exec(error.message ?? "")?.[1];
  if (layer) return new LayersError("layer-version-missing", `Layer version does not exist: ${layer}.`, { cause });
  return requestFailed(cause, request, where);
}

function credentialsMissing(cause: unknown, { profile }: Whereabouts): LayersError {
  const of = profile ? ` for profile ${profile}` : "";
  return new LayersError("aws-credentials", `AWS credentials not configured${of}: ${sentence(cause)}`, {
    next: profile
      ? `Run \`aws configure --profile ${profile}\`, or \`aws sso login --profile ${profile}\` if it uses SSO.`
      : "Run `aws configure`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or choose a profile.",
    cause,
  });
}

function credentialsRejected(cause: unknown, { profile }: Whereabouts): LayersError {
  const whose = profile ? `the credentials of profile ${profile}` : "the credentials";
  return new LayersError("aws-credentials", `AWS rejected ${whose}: ${sentence(cause)}`, {
    next: "Sign in again, or check that they are complete, not expired, and valid for this AWS partition.",
    cause,
  });
}

function permissionDenied(cause: unknown, request: Request): LayersError {
  const [, user, action, resource, reason] = refusal.exec(asSdkError(cause).message ?? "") ?? [];
  const missing = action ?? `${services[request.service].actions}:${request.operation}`;
  const on = resource ?? request.resource ?? "*";
  const who = user ? ` to ${user}` : "";
  return new LayersError("aws-permission", `AWS permission missing: ${missing} on ${on} is denied${who}.`, {
    next: `${reason ? `AWS says: ${reason}. ` : ""}Allow ${missing} on ${on} in the caller's IAM policy.`,
    cause,
  });
}

function requestFailed(cause: unknown, request: Request, where: Whereabouts): LayersError {
  const { $metadata, name } = asSdkError(cause);
  const id = $metadata?.requestId ? ` (request ID ${$metadata.requestId})` : "";
  const of = request.subject ? ` of ${request.subject}` : "";
  const what = `${services[request.service].name} ${request.operation}${of} failed in ${where.region}`;
  if (isForeign(cause)) {
    const answer = `${what}: the response (HTTP ${$metadata?.httpStatusCode}) did not come from AWS: ${sentence(cause).split("\n")[0]}`;
    return new LayersError("aws-failed", answer, {
      next: "Check for a proxy or gateway between this machine and AWS, and check AWS_ENDPOINT_URL if it is set.",
      cause,
    });
  }
  return new LayersError("aws-failed", `${what}: ${name ? `${name}: ` : ""}${sentence(cause)}${id}`, {
    next: nextOf(cause),
    cause,
  });
}

function nextOf(cause: unknown): string | undefined {
  switch (classify(cause)) {
    case "throttled":
      return "The account's request quota is shared with other callers. Run again later, or with a lower rate.";
    case "lost":
      return "AWS did not respond correctly after several attempts. Run again later.";
    case "unreachable":
      return "Check the network, the region, and AWS_ENDPOINT_URL if it is set.";
    case "conflict":
      return "Someone else is changing it. Run again when they are done.";
    case "final":
      return undefined;
  }
}

/** The error's own message, with exactly one full stop at its end. */
function sentence(error: unknown): string {
  const message = asSdkError(error).message?.trim() || "no reason given";
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
