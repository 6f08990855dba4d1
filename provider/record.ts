import type { DeclaredLayers } from "../sdk/core/config/declared";
import type { FunctionSelection, LiveFunction } from "../sdk/core/live";

/** A version, or a full layer version ARN if it is of another layer than the one that it is recorded under. */
export type RecordedVersion = number | string;

/** Layer to version. A layer goes by its name; if a function has two of one name, by its ARN. */
export type LayerVersionsOf = Readonly<Record<string, RecordedVersion>>;

/** Function to layer to version. */
export type Versions = Readonly<Record<string, LayerVersionsOf>>;

/**
 * The version that a layer must be at; `>=5` if newer ones are fine too. After a refresh it may be a full ARN, as of
 * {@link RecordedVersion}.
 */
export type Target = number | string;

/** Function to layer to target. */
export type Targets = Readonly<Record<string, Readonly<Record<string, Target>>>>;

/** What the program hands to `check` and what is never recorded. */
export interface Request {
  readonly dryRun: boolean;
  /** Takes what a preview says, if nobody knows yet whether this is one. Default: `dryRun` tells. */
  readonly plan?: {
    tell(line: string): void;
    /** The functions that are going to move. */
    moving(functions: readonly Pick<LiveFunction, "arn">[]): void;
  };
  readonly declared: DeclaredLayers;
  /** The account of the settings. */
  readonly accountId?: string;
  readonly validateLayerExists: boolean;
  readonly selection: FunctionSelection;
  /**
   * Functions whose layers the program sets itself, to leave out: by physical name, or by logical name if Pulumi makes
   * one up; and as `TYPE::NAME` those that it declares without.
   */
  readonly pinned: {
    readonly names: readonly string[];
    readonly autoNamed: readonly string[];
    readonly others?: readonly string[];
  };
  /** Physical names of such functions whose outputs are among the selected names; no list if that is not known yet. */
  readonly pinnedBehindNames: readonly string[] | string;
  /** Names of layers that the program publishes: what a preview does not find of these may be there in the update. */
  readonly ownLayers?: readonly string[];
  /** What the stack's state records of functions; absent if nobody asked. */
  readonly stack?: StackRecords;
}

/** A function that the stack's state records as a resource of its own, with layers. */
export interface OwnedFunction {
  readonly arn: string;
  /** `TYPE::NAME`, with the logical name. */
  readonly resource: string;
}

/** What another `LayerVersions` resource of the stack records. */
export interface OtherRecord extends Pick<Settings, "region" | "profile" | "roleArn"> {
  /** Its logical name. */
  readonly name: string;
  readonly functions: Versions;
  readonly before: Versions;
}

/** What the state of the stack that is being previewed or updated says about functions, as the last update left it. */
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
   * Of layers that a refresh found moved by someone else, the versions that this resource had left; of those whose last
   * update is not known to be carried out, the versions that it would have left.
   */
  readonly left?: Versions;
}

/** The inputs that `check` returns. After a refresh the recorded ones hold live versions as targets. */
export interface Checked extends Settings {
  readonly functions: Targets;
  /** The live versions of layers that were moved away from where they were recorded. */
  readonly drift?: Versions;
  /** Recorded layers that AWS has lost, as the layer version ARNs that are attached again. */
  readonly lost?: LostLayers;
  /** Layers that give way to others: function to the layer's ARN without version to the full ARN of what comes. */
  readonly moves?: LayerMoves;
}

/** Function to layer ARN without version to the layer version ARN that takes its place. */
export type LayerMoves = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Function to layer to layer version ARN. */
export type LostLayers = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Whether two records are about functions of the same account and region, so that one can be compared with the other. */
export function sameTarget(a: Partial<Settings>, b: Partial<Settings>): boolean {
  return a.region === b.region && a.profile === b.profile && a.roleArn === b.roleArn;
}

/** Just what is recorded, without what is undefined, which a state cannot hold. */
export function settingsOf({ configFile, region, profile, roleArn, onDelete, before }: Settings): Settings {
  const settings = { configFile, region, profile, roleArn, onDelete, before: before ?? {} };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as unknown as Settings;
}
