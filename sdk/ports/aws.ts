import type {
  AliasMove,
  FunctionAlias,
  FunctionOutcome,
  FunctionSelection,
  LayerVersionFacts,
  LayerVersionPage,
  LiveFunction,
} from "../core/live";

/** The identity of the credentials. */
export interface CallerIdentity {
  /** Twelve digits. */
  readonly account: string;
  readonly arn: string;
  /** Such as `aws` or `aws-cn`. */
  readonly partition: string;
}

/** The result of a selection. */
export interface SelectedFunctions {
  readonly functions: readonly LiveFunction[];
  /** The selection's names that no function has, as they were written. */
  readonly missing: readonly string[];
  /** The names of all functions in the region; absent if they were not listed, or nothing is missing. */
  readonly listed?: readonly string[];
  /**
   * If requested: the ARNs of functions with an outdated published version. Functions read one by one are all included,
   * because their versions were not read.
   */
  readonly withOldVersions?: readonly string[];
  /** ARNs of functions with an update in progress; absent if ListFunctions was used, which does not return this. */
  readonly busy?: readonly string[];
}

/** What to find out besides the functions themselves. */
export interface ListOptions {
  /** Also list published versions, 50 per page like functions; decides which of them are outdated. */
  readonly isOldVersion?: (version: LiveFunction) => boolean;
}

/** Something that the caller may need to do: an action, such as `lambda:GetFunction`, on some resources. */
export interface WantedPermission {
  readonly action: string;
  /** ARNs. */
  readonly resources: readonly string[];
}

/** What is known about permissions. */
export interface PermissionReport {
  /** What the caller's policies do not allow. */
  readonly refused: readonly { readonly action: string; readonly resource: string }[];
  /** Why the check is incomplete. */
  readonly unchecked?: string;
}

/** The outcome of publishing a function. */
export interface Publication {
  /** The version that now has the function's layers. */
  readonly version: string;
  /** Set if an alias was moved to it. */
  readonly moved?: AliasMove;
}

/** How to publish a function. */
export interface PublishOptions {
  /** The alias to move to the new version. */
  readonly alias?: string;
  /** Awaited immediately before the alias is moved. */
  readonly beforeMove?: (move: AliasMove) => Promise<void>;
}

/** What a layer version suits. `denied`: GetLayerVersion is refused, as it is for a missing version of another account. */
export type LayerVersionAnswer = LayerVersionFacts | "missing" | "denied";

/** A page of versions. `denied`: ListLayerVersions is refused, as it is for layers that other accounts share. */
export type LayerVersionsAnswer = LayerVersionPage | "denied";

/**
 * One account and region of AWS Lambda. Every method retries what can be retried, shares Lambda's limits with all other
 * sessions of this process on the same account and region, and throws LayersError `aws-credentials`, `aws-permission`,
 * `aws-failed` or `interrupted`.
 */
export interface AwsPort {
  readonly region: string;
  /** Asks STS once per session; needs no permission. */
  callerIdentity(): Promise<CallerIdentity>;
  /**
   * The selected functions, by name. Up to 50 named ones are read one by one; otherwise all pages of ListFunctions are
   * read once.
   */
  listFunctions(selection: FunctionSelection, options?: ListOptions): Promise<SelectedFunctions>;
  /** Functions with an update in progress, by ARN. One GetFunction each. */
  busyFunctions(arns: readonly string[]): Promise<string[]>;
  /** The function's aliases. */
  listAliases(functionArn: string): Promise<FunctionAlias[]>;
  /** A published version of a function; undefined if there is none. */
  functionVersion(functionArn: string, version: string): Promise<LiveFunction | undefined>;
  /**
   * Publishes `$LATEST` as a version and moves an alias to it. Refuses if the alias serves something that differs in
   * more than its layers, because unreleased code would go live with them. Does nothing if the alias already serves
   * these layers.
   * @throws LayersError `aws-update-failed`
   */
  publish(functionArn: string, options?: PublishOptions): Promise<Publication>;
  /**
   * Moves an alias, if it is where it is expected.
   * @throws LayersError `aws-update-failed` if someone else has moved it
   */
  moveAlias(functionArn: string, move: AliasMove): Promise<void>;
  /**
   * Finds out what the caller's IAM policies do not allow, with iam:SimulatePrincipalPolicy. If asking is not
   * permitted, that is in the report, not an error.
   */
  checkPermissions(wanted: readonly WantedPermission[]): Promise<PermissionReport>;
  /** What a layer version suits. Requested once per version and session. */
  layerVersion(arn: string): Promise<LayerVersionAnswer>;
  /**
   * One page (50) of the versions of a layer, newest first.
   * @param layerArn without version
   * @param marker the `next` of the page before
   */
  listLayerVersions(layerArn: string, marker?: string): Promise<LayerVersionsAnswer>;
  /** The text of an SSM parameter of this region; undefined if there is none. */
  parameter(name: string): Promise<string | undefined>;
  /**
   * Brings functions to the layers that `desired` gives for them, and waits until Lambda reports success. Each update
   * is conditional on the revision that `desired` has seen. One function's failure does not affect the others.
   * @param desired the whole list in merge order for a function as it is now; asked again if the function changed
   * meanwhile
   * @returns one outcome per function, in the order given
   */
  reconcile(
    functions: readonly LiveFunction[],
    desired: (fn: LiveFunction) => readonly string[],
    options?: ReconcileOptions,
  ): Promise<FunctionOutcome[]>;
  /** Closes the session's connections. */
  close(): void;
}

/** Options for bringing a fleet to its layers. */
export interface ReconcileOptions {
  /**
   * Called immediately before an update is sent, with the function as it was found and the layers it is to get; again
   * if the function had to be read anew for another update, and then `instead` says that none of those before was
   * applied. If it fails, no further update is sent and `reconcile` fails with its error.
   */
  readonly beforeUpdate?: (fn: LiveFunction, layers: readonly string[], instead: boolean) => void | Promise<void>;
  /**
   * Called once per function as soon as its outcome is known, including functions that needed nothing. A failure has
   * the same effect as above.
   */
  readonly onOutcome?: (outcome: FunctionOutcome) => void | Promise<void>;
  /** How long one function may take, in milliseconds, waiting for Lambda included. Default 300,000. */
  readonly deadlineMs?: number;
  /**
   * Functions in progress at the same time, most of them waiting for Lambda to finish. Default: ten times the requests
   * per second, as many as are started during an update of ten seconds.
   */
  readonly concurrency?: number;
  /** Ends the work, like the session's signal: updates in progress are finished, no other is started. */
  readonly signal?: AbortSignal;
}

/** A function's target layers, in merge order. */
export interface UpdateTarget {
  readonly function: LiveFunction;
  readonly layers: readonly string[];
}

/** What to check. */
export interface CheckOptions {
  /** Whether AWS is asked about the layer versions. Default true; without it, suitability is not known either. */
  readonly existence?: boolean;
}

/** A reason why a target cannot be reached, found before anything is changed. */
export interface TargetProblem {
  readonly code:
    | "layer-version-missing"
    | "layer-incompatible"
    | "too-many-layers"
    | "image-function"
    | "layer-unreadable";
  /** The function's name; absent if the problem is the layer version's, for any function. */
  readonly function?: string;
  readonly layerVersionArn?: string;
  /** A readable message with the function or layer, and the reason. */
  readonly message: string;
}

/** Access to AWS. */
export interface AwsGateway {
  /** The only region that the run is for, if the user named one. */
  readonly region: string | undefined;
  /**
   * Opens a session; nothing is sent yet.
   * @param region default: the run's, otherwise the environment's
   * @param profile undefined: the one of the run, else of the environment
   */
  connect(region: string | undefined, profile?: string): Promise<AwsPort>;
  /** The requests sent so far, by operation: retries count. */
  calls(): Readonly<Record<string, number>>;
  /** Checks, without changing anything, for whatever would make these updates fail. */
  checkTargets(
    aws: AwsPort,
    targets: readonly UpdateTarget[],
    options?: CheckOptions,
  ): Promise<readonly TargetProblem[]>;
}
