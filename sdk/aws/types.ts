/** Who calls AWS, and where. Anything absent comes from the AWS SDK's own chain (environment, shared files, roles). */
export interface AwsTarget {
  /** Such as `us-east-1`. */
  readonly region?: string;
  /** A profile of the shared AWS config and credentials files. */
  readonly profile?: string;
  /** A role to assume, with the profile's credentials if one is named. */
  readonly roleArn?: string;
}

/** One request that was sent to AWS, a retry being a request of its own. */
export interface AwsCall {
  /** Lambda's, STS's or the tagging API's name of the operation, such as `ListFunctions`. */
  readonly operation: string;
  /** The function or layer version that it was about, if any. */
  readonly subject?: string;
  readonly milliseconds: number;
  /** `ok`, or the name of the error. */
  readonly outcome: string;
}

/** By a caller's ARN, why IAM does not answer questions about it, known after the first one; undefined if it does. */
export type Unanswered = Map<string, Promise<string | undefined>>;

/** How a session behaves. */
export interface AwsOptions {
  /**
   * Requests per second for everything except GetFunction, which may be called 100/15 times as often. Default: 15,
   * Lambda's own limit for an account and region ("Lambda quotas", API requests). Shared with all other sessions of
   * this process on the same account and region: the last value given applies.
   */
  readonly rate?: number;
  /** Ends all work of the session; unfinished work fails with code `interrupted`. */
  readonly signal?: AbortSignal;
  /** Callers for whom IAM does not answer questions about permissions, shared by all sessions of a run. */
  readonly unanswered?: Unanswered;
  /** Called after each request. */
  readonly onCall?: (call: AwsCall) => void;
}
