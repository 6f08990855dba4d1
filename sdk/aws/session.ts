import { LayersError } from "../core/errors";
import type { FunctionOutcome, FunctionSelection, LayerVersionFacts, LiveFunction } from "../core/live";
import { Caller } from "./caller";
import { connectClients } from "./clients";
import { createFunctionReader } from "./functions";
import { createIdentity } from "./identity";
import { anySignal } from "./interrupt";
import { createLayerReader } from "./layers";
import { limiterFor } from "./limiter";
import { createReconciler, type ReconcileOptions } from "./reconcile";

/** Who calls AWS, and where. Whatever is absent comes from the AWS SDK's own chain (environment, shared files, roles). */
export interface AwsTarget {
  /** Such as `us-east-1`. */
  readonly region?: string;
  /** A profile of the shared AWS config and credentials files. */
  readonly profile?: string;
  /** A role to assume, with the profile's credentials where one is named. */
  readonly roleArn?: string;
}

/** One request that was sent to AWS, a retry being a request of its own. */
export interface AwsCall {
  /** Lambda's, STS's or the tagging API's name of the operation, such as `ListFunctions`. */
  readonly operation: string;
  /** The function or layer version that it was about, where it was about one. */
  readonly subject?: string;
  readonly milliseconds: number;
  /** `ok`, or the name of the error. */
  readonly outcome: string;
}

/** How a session behaves. */
export interface AwsOptions {
  /**
   * Requests a second for everything but GetFunction, which may be called 100/15 times as often. Default 15, Lambda's
   * own limit for an account and region ("Lambda quotas", API requests). Shared with all other sessions of this process
   * on the same account and region: what was asked for last holds.
   */
  readonly rate?: number;
  /** Ends all work of the session; what was not done fails with code `interrupted`. */
  readonly signal?: AbortSignal;
  /** Called after each request. */
  readonly onCall?: (call: AwsCall) => void;
}

/** Who the credentials belong to. */
export interface CallerIdentity {
  /** Twelve digits. */
  readonly account: string;
  readonly arn: string;
  /** Such as `aws` or `aws-cn`. */
  readonly partition: string;
}

/** What a selection came to. */
export interface SelectedFunctions {
  readonly functions: readonly LiveFunction[];
  /** The selection's names that no function has, as they were written. */
  readonly missing: readonly string[];
}

/**
 * One account and region of AWS Lambda. Every method retries what can be retried, keeps to Lambda's limits together with
 * all other sessions of this process on the same account and region, and throws LayersError `aws-credentials`,
 * `aws-permission`, `aws-failed` or `interrupted`.
 */
export interface Aws {
  readonly region: string;
  /** Asks STS once a session; needs no permission. */
  callerIdentity(): Promise<CallerIdentity>;
  /**
   * The functions that a selection means, in the order of their names. At most 50 named ones are read one by one; otherwise
   * ListFunctions is read through once, whatever was selected.
   */
  listFunctions(selection: FunctionSelection): Promise<SelectedFunctions>;
  /**
   * What a layer version suits. Asked once a version and session. `denied`: GetLayerVersion is refused, which is also how
   * a missing version in another account reads.
   */
  layerVersion(arn: string): Promise<LayerVersionFacts | "missing" | "denied">;
  /**
   * Brings functions to the layers that `desired` gives for them, and waits until Lambda reports success. Each update is
   * conditional on the revision that `desired` has seen. One function's failure leaves the others alone.
   * @param desired the whole list in merge order for a function as it is now; asked again when the function changed meanwhile
   * @returns one outcome a function, in the order given
   */
  reconcile(
    functions: readonly LiveFunction[],
    desired: (fn: LiveFunction) => readonly string[],
    options?: ReconcileOptions,
  ): Promise<FunctionOutcome[]>;
  /** Closes the session's connections. */
  close(): void;
}

/**
 * Opens a session. Sends nothing: credentials are looked for at the first request.
 * @throws LayersError `usage` where no region is set, or the rate is not above 0
 */
export async function connectAws(target: AwsTarget, options: AwsOptions = {}): Promise<Aws> {
  if (options.rate !== undefined && !(options.rate > 0))
    throw new LayersError("usage", `The rate has to be a number of requests a second above 0, not ${options.rate}.`);
  const clients = await connectClients(target);
  const caller: Caller = new Caller({
    limiter: async () => limiterFor(await identity.owner(), clients, options.rate),
    where: { region: clients.region, profile: target.profile },
    signal: anySignal([options.signal]),
    onCall: options.onCall,
  });
  const identity = createIdentity(clients, caller);
  const functions = createFunctionReader(clients, caller);
  return {
    region: clients.region,
    callerIdentity: identity.ask,
    listFunctions: functions.list,
    layerVersion: createLayerReader(clients, caller),
    reconcile: createReconciler(clients, caller, functions.read, options),
    close: clients.close,
  };
}
