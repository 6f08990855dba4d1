/**
 * What a failed request means for the next one: `throttled`: refused for its rate and not carried out; `conflict`: not
 * carried out because of a concurrent change; `lost`: may have been carried out; `unreachable`: no connection was made;
 * `final`: the same request would fail again.
 */
export type FailureKind = "throttled" | "conflict" | "lost" | "unreachable" | "final";

// How often a request is sent in total. Waiting for others is only limited by deadlines.
const tries: Record<FailureKind, number> = {
  throttled: Number.POSITIVE_INFINITY,
  conflict: Number.POSITIVE_INFINITY,
  lost: 10,
  unreachable: 5,
  final: 1,
};
const firstPause = 200;
const longestPause = 5_000;

const throttlingNames = new Set([
  "LimitExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "ThrottledException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
]);
// Names that the SDK and this package give to a response that carries no AWS error, or lacks what AWS always sends.
const namesOfNone = new Set(["Unknown", "UnknownError", "Error", "SyntaxError", "TypeError", "ForeignAnswer"]);
// Gateways put codes into their responses too. AWS's codes are names, most with a telling suffix; the others come with
// AWS's request ID.
const nameOfAws = /^[A-Z][A-Za-z]+(?:Exception|Fault)$/;
// Lambda returns these with status 502 although the function is the cause, so the same request fails again:
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
const finalNames = /^(?:KMS\w+|Invalid(?:Runtime|ZipFile|SubnetID|SecurityGroupID)|EC2AccessDenied)Exception$/;
const lostNames = new Set(["TimeoutError", "RequestTimeout", "RequestTimeoutException"]);
const lostCodes = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "ERR_STREAM_PREMATURE_CLOSE"]);
const unreachableCodes = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN"]);
// The SDK's handler has one name for both of its timeouts.
const notConnected = /not establish a connection/;

/** The parts of the AWS SDK's errors, and of Node's errors below them, that are read. */
export interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly cause?: unknown;
  readonly retryAfterSeconds?: string;
  readonly $metadata?: {
    readonly httpStatusCode?: number;
    readonly requestId?: string;
    readonly clockSkewCorrected?: boolean;
  };
  readonly $response?: { readonly statusCode?: number; readonly headers?: Record<string, string> };
}

/** Classifies an error of the AWS SDK. */
export function classify(error: unknown): FailureKind {
  const { name = "", message = "", code = "", cause, $metadata, $response } = asSdkError(error);
  const status = $metadata?.httpStatusCode ?? $response?.statusCode ?? 0;
  // Only an error from AWS itself proves that nothing was done; a proxy's page with the same status does not.
  if (isForeign(error)) return "lost";
  if (status === 429 || throttlingNames.has(name)) return "throttled";
  if (finalNames.test(name)) return "final";
  if (status === 409 || status === 412) return "conflict";
  if (unreachableCodes.has(code) || (name === "TimeoutError" && notConnected.test(message))) return "unreachable";
  // The SDK has learned this machine's clock skew from the refusal, and signs the next request with AWS's time.
  if (status >= 500 || $metadata?.clockSkewCorrected || lostNames.has(name) || lostCodes.has(code)) return "lost";
  return cause ? classify(cause) : "final";
}

/** Whether something other than AWS has answered a request. */
export function isForeign(error: unknown): boolean {
  const { name = "", $metadata } = asSdkError(error);
  if ($metadata?.httpStatusCode === undefined || throttlingNames.has(name)) return false;
  return namesOfNone.has(name) || ($metadata.requestId === undefined && !nameOfAws.test(name));
}

/** Whatever the SDK or the layers below it have thrown, as an object with known properties. */
export function asSdkError(error: unknown): SdkError {
  return typeof error === "object" && error !== null ? error : { message: String(error) };
}

/** Counts the failures of one piece of work and decides how long to wait before the next try. */
export class Attempts {
  readonly #failures: Record<FailureKind, number> = { throttled: 0, conflict: 0, lost: 0, unreachable: 0, final: 0 };
  readonly #deadline: number;

  /** @param deadline when to give up, as a `performance.now()` time */
  constructor(deadline: number) {
    this.#deadline = deadline;
  }

  /** The pause before the next try in milliseconds; undefined if there must be no further try. */
  pauseAfter(error: unknown): number | undefined {
    const kind = classify(error);
    this.#failures[kind] += 1;
    const count = this.#failures[kind];
    if (count >= tries[kind]) return undefined;
    const pause = Math.max(retryAfter(error), jittered(firstPause * 2 ** (count - 1)));
    return performance.now() + pause < this.#deadline ? pause : undefined;
  }
}

/**
 * A random time between half and all of a limit of at most five seconds, so that requests that failed together are not
 * retried together.
 */
function jittered(milliseconds: number): number {
  return Math.min(longestPause, milliseconds) * (0.5 + Math.random() / 2);
}

/** The milliseconds that AWS asks to wait, 0 if it does not say. */
function retryAfter(error: unknown): number {
  const { retryAfterSeconds, $response } = asSdkError(error);
  const seconds = Number(retryAfterSeconds ?? $response?.headers?.["retry-after"] ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}
