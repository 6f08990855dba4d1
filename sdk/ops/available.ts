import type { AssessedFunction } from "../core/assess";
import type { DeclaredVariant } from "../core/config/declared";
import type { When } from "../core/config/when";
import type { ErrorCode } from "../core/errors";
import type { Assessment, AssessRequest } from "./assess";
import type { FunctionChoice } from "./live/read";
import type { LayerPlace } from "./matches";
import type { documentFormat } from "./plans";
import type { VersionSource } from "./versions";

// The available versions of declared layers, and upgrades to them, as plain data.

/** Whose layers are looked up. With a state file instead of the stack's own, AWS is still asked for the layers. */
export interface AvailableRequest extends Pick<AssessRequest, "stack" | "config" | "stateFile">, FunctionChoice {
  /** Whether functions are optional, so that a failure of Pulumi is only a warning. */
  readonly withoutFunctions?: boolean;
  /** Names of entries, or of their layers in AWS: only these. Default: all. */
  readonly layers?: readonly string[];
  /** Versions published later than this, or at an unknown time, are unsuitable. */
  readonly publishedBefore?: Date;
  /** A version that is looked up too. */
  readonly wanted?: number;
  /** Only layers of this region, of entries that differ by region, runtime and the like. Default: all. */
  readonly region?: string;
  /** Only what this variant of its entry declares, from 1; 0: what the entry itself does. Default: all. */
  readonly variant?: number;
}

/** The available versions of the layers that a config declares, as `--json` prints them. */
export interface Available extends Pick<Assessment, "stack" | "project" | "totals" | "live"> {
  readonly format: typeof documentFormat;
  /** In the order of the entries. */
  readonly layers: readonly AvailableLayer[];
}

/**
 * Whether a version exists. `deleted`: there are newer ones. `missing`: there are only older ones, so it is not
 * published yet or was deleted. `never-published`: the region has no version of the layer. `unreadable`: AWS denies
 * access, as it does in other accounts for versions that are deleted, missing or not shared.
 */
export type Presence = "available" | "deleted" | "missing" | "never-published" | "unreadable";

/** The available versions of one layer that an entry declares. */
export interface AvailableLayer extends LayerPlace {
  readonly entry: string;
  readonly declared: number;
  /** Where the version is declared: `layer_config.yaml:3`. */
  readonly at: string;
  /** The variant that declares it; absent if the entry itself does. */
  readonly variant?: AvailableVariant;
  /** Undefined if it could not be determined. */
  readonly declaredVersion: Presence | undefined;
  /** Undefined if there is none, or none could be read. */
  readonly newest: AvailableVersion | undefined;
  /**
   * The newest version above the declared one that suits every function that uses the layer, otherwise the declared
   * one.
   */
  readonly compatible: AvailableVersion | undefined;
  readonly source: VersionSource | undefined;
  /** Whether a newer compatible version exists, or the declared one does not. */
  readonly outdated: boolean;
  /** The functions that have the layer, by display name, and their runtimes; missing if there are none. */
  readonly usedBy?: { readonly functions: readonly string[]; readonly runtimes: readonly string[] };
  /** The version that was asked for; `held` says why it does not suit a function that uses the layer. */
  readonly wanted?: { readonly isThere: boolean; readonly held: string | undefined };
  /** Why the newest version does not suit, or why it is unknown. */
  readonly reason?: string;
  /** Set if the versions could not be read completely: the code of the error that `outdated` ends with. */
  readonly code?: ErrorCode;
}

/** A variant of an entry. */
export interface AvailableVariant {
  /** Its place in the entry, from 1. */
  readonly number: number;
  readonly when: When;
  /** Its places in the lists of the config, from 0. */
  readonly place: DeclaredVariant["place"];
  /** Whether it has a version of its own, which is then what is edited. */
  readonly hasVersion: boolean;
  /** Whether it is an exception, which keeps its version unless it is named. */
  readonly isException: boolean;
}

/** A version that can be attached. */
export interface AvailableVersion {
  readonly version: number;
  /** Undefined if AWS does not return it. */
  readonly published: Date | undefined;
}

/** What to upgrade. */
export interface UpgradeRequest
  extends FunctionChoice,
    Pick<AvailableRequest, "stack" | "stateFile" | "region" | "variant"> {
  /** Whether to edit the stack's override instead of the version for all stacks. */
  readonly override: boolean;
  readonly file: string;
  /** Names of entries, or of their layers in AWS; all entries if there are none. */
  readonly layers: readonly string[];
  /** This version instead of the newest; may be an older one. */
  readonly to?: number;
  /** Only versions that are at least this old, in milliseconds. */
  readonly minimumAge?: number;
}

/** One edited version. */
export interface Upgrade {
  readonly entry: string;
  readonly from: number;
  readonly to: number;
  /** The place of the old version. */
  readonly at: string;
  /** The number of the variant that declares it, from 1, and its condition in words; absent if the entry itself does. */
  readonly variant?: { readonly number: number; readonly when: string };
  readonly published: Date | undefined;
  /** The edit and its place: a number changes, or a stack's override gains or loses one. */
  readonly edit: { readonly kind: "changed" | "added" | "removed"; readonly at: string };
}

/** A version that is not changed. */
export interface HeldVersion {
  readonly entry: string;
  /** The version of an exception, which stays unless it is named; absent for any other. */
  readonly version?: number;
  readonly reason: string;
}

/** The available versions of declared layers, and what records the functions looked at. */
export interface UsedLayers {
  readonly available: Available;
  readonly recordedBy: ReadonlySet<AssessedFunction["recordedBy"]>;
  /** Layers that functions have and that the requested region leaves out. */
  readonly leftOut: readonly (Pick<AvailableLayer, "entry" | "region"> & { readonly variant?: AvailableVariant })[];
}

/** A planned upgrade of a config file. Nothing has been written. */
export interface UpgradePlan extends Pick<UpgradeRequest, "file" | "stack" | "override"> {
  /** The Pulumi project; null if none is known. */
  readonly project: string | null;
  readonly upgrades: readonly Upgrade[];
  /** Entries that stay although there is a newer version or the versions are unknown, and exceptions. */
  readonly held: readonly HeldVersion[];
  /** Why a requested version does not suit, and which stacks have their own versions. */
  readonly warnings: readonly string[];
  /** What was looked up; missing if nothing was. */
  readonly rows?: readonly AvailableLayer[];
  /** What records the functions looked at; absent if there were none. */
  readonly recordedBy?: UsedLayers["recordedBy"];
  readonly before: string;
  readonly after: string;
}
