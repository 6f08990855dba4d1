import type {
  AliasMove,
  FunctionAlias,
  FunctionOutcome,
  FunctionSelection,
  LayerVersionFacts,
  LayerVersionPage,
  LiveFunction,
} from "../core/live";

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
  /**
   * If it was asked for: the ARNs of functions with a published version that is old. Functions that were read one by
   * one are all here, because their versions were not read.
   */
  readonly withOldVersions?: readonly string[];
  /** ARNs of functions with an update in progress; absent if ListFunctions was read, which does not tell. */
  readonly busy?: readonly string[];
}

/** What is found out beside the functions themselves. */
export interface ListOptions {
  /** Has ListFunctions list published versions too, 50 a page like functions; says which of them are old. */
  readonly isOldVersion?: (version: LiveFunction) => boolean;
}

/** Something that the caller may need to do: an action, such as `lambda:GetFunction`, on some resources. */
export interface WantedPermission {
  readonly action: string;
  /** ARNs. */
  readonly resources: readonly string[];
}

/** What is known of permissions. */
export interface PermissionReport {
  /** What the caller's policies do not allow. */
  readonly refused: readonly { readonly action: string; readonly resource: string }[];
  /** Why not everything could be found out. */
  readonly unchecked?: string;
}

/** What became of publishing a function. */
export interface Publication {
  /** The version of the function that has its layers now. */
  readonly version: string;
  /** Set if an alias was moved to it. */
  readonly moved?: AliasMove;
}

/** What is published of a function. */
export interface PublishOptions {
  /** The alias that is moved to the new version. */
  readonly alias?: string;
  /** Awaited immediately before the alias is moved. */
  readonly beforeMove?: (move: AliasMove) => Promise<void>;
}

/** What a layer version suits. `denied`: GetLayerVersion is refused, as it is for a missing version of another account. */
export type LayerVersionAnswer = LayerVersionFacts | "missing" | "denied";

/** A page of versions. `denied`: ListLayerVersions is refused, as it is for layers that other accounts share. */
export type LayerVersionsAnswer = LayerVersionPage | "denied";

/**
 * One account and region of AWS Lambda. Every method retries what can be retried, keeps to Lambda's limits together with
 * all other sessions of this process on the same account and region, and throws LayersError `aws-credentials`,
 * `aws-permission`, `aws-failed` or `interrupted`.
 */
export interface AwsPort {
  readonly region: string;
  /** Asks STS once a session; needs no permission. */
  callerIdentity(): Promise<CallerIdentity>;
  /**
   * The functions that a selection means, in the order of their names. At most 50 named ones are read one by one; otherwise
   * ListFunctions is read through once, whatever was selected.
   */
  listFunctions(selection: FunctionSelection, options?: ListOptions): Promise<SelectedFunctions>;
  /** Functions by their ARNs that have an update in progress now. One GetFunction each. */
  busyFunctions(arns: readonly string[]): Promise<string[]>;
  /** The function's aliases. */
  listAliases(functionArn: string): Promise<FunctionAlias[]>;
  /** A published version of a function; undefined if there is none. */
  functionVersion(functionArn: string, version: string): Promise<LiveFunction | undefined>;
  /**
   * Publishes `$LATEST` as a version and moves an alias to it. Refuses to if the alias serves something that differs in
   * more than its layers: code that nobody has released would go live with them. If the alias serves these layers
   * already, nothing is done.
   * @throws LayersError `aws-update-failed`
   */
  publish(functionArn: string, options?: PublishOptions): Promise<Publication>;
  /**
   * Moves an alias, if it is where it is expected.
   * @throws LayersError `aws-update-failed` if someone else has moved it
   */
  moveAlias(functionArn: string, move: AliasMove): Promise<void>;
  /**
   * Finds out what the caller's IAM policies do not allow, by iam:SimulatePrincipalPolicy. Not being allowed to ask is no
   * error, but in the report.
   */
  checkPermissions(wanted: readonly WantedPermission[]): Promise<PermissionReport>;
  /** What a layer version suits. Asked once a version and session. */
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
   * Brings functions to the layers that `desired` gives for them, and waits until Lambda reports success. Each update is
   * conditional on the revision that `desired` has seen. One function's failure leaves the others alone.
   * @param desired the whole list in merge order for a function as it is now; asked again if the function changed meanwhile
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

/** How a fleet is brought to its layers. */
export interface ReconcileOptions {
  /**
   * Called immediately before an update is sent, with the function as it was found and the layers it is to get; again
   * if the function had to be read anew for another update, and then `instead` tells that none of those before was
   * carried out. If it fails, no further update is sent and `reconcile` fails with its error.
   */
  readonly beforeUpdate?: (fn: LiveFunction, layers: readonly string[], instead: boolean) => void | Promise<void>;
  /** Called once a function as soon as its outcome is known, those included that needed nothing. Failing acts as above. */
  readonly onOutcome?: (outcome: FunctionOutcome) => void | Promise<void>;
  /** How long one function may take, in milliseconds, waiting for Lambda included. Default 300,000. */
  readonly deadlineMs?: number;
  /**
   * Functions at work at the same time, most of them waiting for Lambda to finish. Default ten a request a second: as
   * many as have been started when an update that takes ten seconds is done.
   */
  readonly concurrency?: number;
  /** Ends the work beside the session's signal: updates under way are finished, no other is started. */
  readonly signal?: AbortSignal;
}

/** The layers that a function is to have, in merge order. */
export interface UpdateTarget {
  readonly function: LiveFunction;
  readonly layers: readonly string[];
}

/** What is checked. */
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
  /** The function's name; absent if the problem is the layer version's, whichever function wants it. */
  readonly function?: string;
  readonly layerVersionArn?: string;
  /** Says which function or layer it is, and why, to a person. */
  readonly message: string;
}

/** The way to AWS. */
export interface AwsGateway {
  /** The only region that the run is for, if the user named one. */
  readonly region: string | undefined;
  /**
   * Opens a session; nothing is sent yet.
   * @param region undefined: the one of the run, else of the environment
   * @param profile undefined: the one of the run, else of the environment
   */
  connect(region: string | undefined, profile?: string): Promise<AwsPort>;
  /** The requests sent so far, by operation: retries count. */
  calls(): Readonly<Record<string, number>>;
  /** Looks, without a change, for whatever would make these updates fail. */
  checkTargets(
    aws: AwsPort,
    targets: readonly UpdateTarget[],
    options?: CheckOptions,
  ): Promise<readonly TargetProblem[]>;
}
