import type { AvailableLayer, FunctionSelection } from "./available";
import type { UsedLayers } from "./outdated";

// What an upgrade is asked for, and what it plans: plain data.

/** What to upgrade. */
export interface UpgradeRequest extends FunctionSelection {
  readonly stack: string;
  /** Whether to edit the stack's override instead of the version for all stacks. */
  readonly override: boolean;
  /** The config file. */
  readonly file: string;
  readonly stateFile?: string;
  /** Names of entries, or of their layers in AWS; all entries if there are none. */
  readonly layers: readonly string[];
  /** This version instead of the newest; may be an older one. */
  readonly to?: number;
  /** Only versions that are at least this old, in milliseconds. */
  readonly minimumAge?: number;
  /** Only layers of this region, of entries that differ by region, runtime and the like. Default: all. */
  readonly region?: string;
  /** Only what this variant of its entry declares, from 1; 0: what the entry itself does. Default: all. */
  readonly variant?: number;
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
