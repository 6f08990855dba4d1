/**
 * What a failed request means for the next one:
 * `throttled` it was refused for its rate and not carried out; `conflict` neither, because of what others did or do to
 * the same thing; `lost` it may have been carried out or not; `unreachable` no connection was made;
 * `final` the same request will fail again.
 */
export type FailureKind = "throttled" | "conflict" | "lost" | "unreachable" | "final";

// How often a request is sent in all. What ends when others are done is bounded by deadlines alone.
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
// What the SDK and this package call an answer without an error of AWS's own, or without what AWS's answer has.
const namesOfNone = new Set(["Unknown", "UnknownError", "Error", "SyntaxError", "TypeError", "ForeignAnswer"]);
// Gateways have codes in their answers too. AWS's are names, and most of them say what they are; the others come with
// the ID that AWS gives to each request.
const nameOfAws = /^[A-Z][A-Za-z]+(?:Exception|Fault)$/;
// Lambda answers these with 502 although they are about the function, and the same request gets the same answer:
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
const finalNames = /^(?:KMS\w+|Invalid(?:Runtime|ZipFile|SubnetID|SecurityGroupID)|EC2AccessDenied)Exception$/;
const lostNames = new Set(["TimeoutError", "RequestTimeout", "RequestTimeoutException"]);
const lostCodes = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "ERR_STREAM_PREMATURE_CLOSE"]);
const unreachableCodes = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN"]);
// The SDK's handler has one name for both of its timeouts.
const notConnected = /not establish a connection/;

/** What is read of the AWS SDK's errors, and of Node's below them. */
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

/** Sorts an error of the AWS SDK. */
export function classify(error: unknown): FailureKind {
  const { name = "", message = "", code = "", cause, $metadata, $response } = asSdkError(error);
  const status = $metadata?.httpStatusCode ?? $response?.statusCode ?? 0;
  // Only AWS's own error says that nothing was done: a proxy's page with the same status says nothing.
  if (isForeign(error)) return "lost";
  if (status === 429 || throttlingNames.has(name)) return "throttled";
  if (finalNames.test(name)) return "final";
  if (status === 409 || status === 412) return "conflict";
  if (unreachableCodes.has(code) || (name === "TimeoutError" && notConnected.test(message))) return "unreachable";
  // The SDK has learned from the refusal how wrong this machine's clock is, and signs the next request by AWS's.
  if (status >= 500 || $metadata?.clockSkewCorrected || lostNames.has(name) || lostCodes.has(code)) return "lost";
  return cause ? classify(cause) : "final";
}

/** Whether something has answered a request that is not AWS. */
export function isForeign(error: unknown): boolean {
  const { name = "", $metadata } = asSdkError(error);
  if ($metadata?.httpStatusCode === undefined || throttlingNames.has(name)) return false;
  return namesOfNone.has(name) || ($metadata.requestId === undefined && !nameOfAws.test(name));
}

/** What the SDK or the machinery below it has thrown, as an object that can be asked. */
export function asSdkError(error: unknown): SdkError {
  return typeof error === "object" && error !== null ? error : { message: String(error) };
}

/** Counts the failures of one piece of work, and says how long to wait before it is tried again. */
export class Attempts {
  readonly #failures: Record<FailureKind, number> = { throttled: 0, conflict: 0, lost: 0, unreachable: 0, final: 0 };
  readonly #deadline: number;

  /** @param deadline when to give up, on the clock of `performance.now()` */
  constructor(deadline: number) {
    this.#deadline = deadline;
  }

  /** The pause before the next try in milliseconds, or undefined if there must be none. */
  pauseAfter(error: unknown): number | undefined {
    const kind = classify(error);
    this.#failures[kind] += 1;
    const count = this.#failures[kind];
    if (count >= tries[kind]) return undefined;
    const pause = Math.max(retryAfter(error), jittered(firstPause * 2 ** (count - 1)));
    return performance.now() + pause < this.#deadline ? pause : undefined;
  }
}

/** Half to all of a time that is never longer than five seconds, so that those who failed together do not return together. */
function jittered(milliseconds: number): number {
  return Math.min(longestPause, milliseconds) * (0.5 + Math.random() / 2);
}

/** The milliseconds that AWS asks to wait, 0 if it does not say. */
function retryAfter(error: unknown): number {
  const { retryAfterSeconds, $response } = asSdkError(error);
  const seconds = Number(retryAfterSeconds ?? $response?.headers?.["retry-after"] ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}
