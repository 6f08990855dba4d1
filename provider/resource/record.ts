import type { DeclaredLayers } from "../../sdk/core/config/declared";
import type { FunctionSelection, LiveFunction } from "../../sdk/core/live";

/** A version, or a full layer version ARN if it belongs to a layer other than the key's. */
export type RecordedVersion = number | string;

/** Layer to version. Keys are layer names, or ARNs if a function has two layers with the same name. */
export type LayerVersionsOf = Readonly<Record<string, RecordedVersion>>;

/** Function to layer to version. */
export type Versions = Readonly<Record<string, LayerVersionsOf>>;

/**
 * The version that a layer must be at; `>=5` if newer ones are allowed. After a refresh it may be a full ARN, as in
 * {@link RecordedVersion}.
 */
export type Target = number | string;

/** Function to layer to target. */
export type Targets = Readonly<Record<string, Readonly<Record<string, Target>>>>;

/** The program's input for `check`, which is never recorded. */
export interface Request {
  readonly dryRun: boolean;
  /** Receives a preview's lines, while it is unknown whether this is a preview. Default: `dryRun` decides. */
  readonly plan?: {
    tell(line: string): void;
    /** The functions that will move. */
    moving(functions: readonly Pick<LiveFunction, "arn" | "name">[]): void;
  };
  readonly declared: DeclaredLayers;
  /** The account of the settings. */
  readonly accountId?: string;
  readonly validateLayerExists: boolean;
  readonly selection: FunctionSelection;
  /** Paths of arguments that are outputs without a value; empty texts, or unknown ones, for others. */
  readonly withoutValue?: readonly string[];
  /**
   * Functions whose layers the program sets itself, to leave out: by physical name, or by a regular expression if Pulumi
   * generates it; and as `TYPE::NAME` those declared without layers.
   */
  readonly pinned: {
    readonly names: readonly string[];
    readonly autoNamed: readonly string[];
    readonly others?: readonly string[];
  };
  /** Physical names of such functions whose outputs are among the selected names; no list if that is unknown. */
  readonly pinnedBehindNames: readonly string[] | string;
  /** Names of layers that the program publishes: versions that a preview does not find may exist in the update. */
  readonly ownLayers?: readonly string[];
  /**
   * What the stack's state records about functions, as the JSON of {@link StackRecords}; absent if not requested. A
   * nested object would take most of a second for thousands of functions, as inputs pass through every transform.
   */
  readonly stack?: string;
}

/** A function that the stack's state records as a resource of its own, with layers. */
export interface OwnedFunction {
  readonly arn: string;
  /** `TYPE::NAME`, with the logical name. */
  readonly resource: string;
}

/** What a `LayerVersions` resource of the stack records. */
export interface OtherRecord extends Pick<Settings, "region" | "profile" | "roleArn"> {
  /** Its logical name. */
  readonly name: string;
  /** Whether it is the resource itself: the engine hides the record of one that it replaces (`--replace`). */
  readonly isOwn?: true;
  readonly functions: Versions;
  readonly before: Versions;
}

/** What the current stack's state, as the last update left it, says about functions. */
export interface StackRecords {
  readonly owned: readonly OwnedFunction[];
  readonly others: readonly OtherRecord[];
}

/** What is recorded in state, in inputs and outputs alike. */
export interface Settings {
  readonly configFile: string;
  readonly region?: string;
  readonly profile?: string;
  readonly roleArn?: string;
  readonly onDelete?: "keep" | "restore";
  /** The versions found before the first change, for `onDelete: "restore"`. */
  readonly before: Versions;
}

/** The outputs. */
export interface Recorded extends Settings {
  /** Live versions. */
  readonly functions: Versions;
  /**
   * For layers moved by someone else since, as found by a refresh: the versions that this resource had set. For layers
   * whose last update has an unknown outcome: the versions that it would have set.
   */
  readonly left?: Versions;
}

/** The inputs that `check` returns. After a refresh the recorded ones hold live versions as targets. */
export interface Checked extends Settings {
  readonly functions: Targets;
  /** The live versions of layers that were moved away from where they were recorded. */
  readonly drift?: Versions;
  /** Recorded layers that are lost in AWS, as the ARNs to reattach. */
  readonly lost?: LostLayers;
  /** Layers to replace: function to the layer's ARN without version to the new full ARN. */
  readonly moves?: LayerMoves;
}

/** Function to layer ARN without version to the layer version ARN that replaces it. */
export type LayerMoves = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Function to layer to layer version ARN. */
export type LostLayers = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Whether two records cover the same account and region, so that they can be compared. */
export function sameTarget(a: Partial<Settings>, b: Partial<Settings>): boolean {
  return a.region === b.region && a.profile === b.profile && a.roleArn === b.roleArn;
}

/** Only the recorded properties, without undefined ones, which a state cannot contain. */
export function settingsOf({ configFile, region, profile, roleArn, onDelete, before }: Settings): Settings {
  const settings = { configFile, region, profile, roleArn, onDelete, before: before ?? {} };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as unknown as Settings;
}
