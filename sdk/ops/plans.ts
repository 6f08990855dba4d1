import type { Totals } from "../core/assess";
import type { Backup } from "../core/backup";
import type { FunctionOutcome, LiveFunction } from "../core/live";
import type { FunctionFacts, StateFacts } from "../core/state/facts";

// What use cases plan and the outcome of it: plain data, in the shapes that `--json` prints.

/** The format of the documents that `--json` prints. */
export const documentFormat = 2 as const;

/** One layer of one function that has to move to another version, or give way to another layer. */
interface Change {
  /** The function's name in AWS. */
  readonly function: string;
  /** The region that the function runs in; undefined if it is not recorded. */
  readonly region: string | undefined;
  /** The layer's name in AWS. */
  readonly layer: string;
  /** The layer's ARN, without version. */
  readonly arn: string;
  /** The version now; null for a layer that is attached again. */
  readonly from: number | null;
  /** The version that comes; null for a layer that is taken off again. */
  readonly to: number | null;
  /** The full ARN of what comes, which may be another layer; null if the layer is taken off. */
  readonly target: string | null;
}

/** A recorded version that has to change, whether in inputs, outputs or both. */
export interface StateChange extends Change {
  readonly urn: string;
  /** The recorded version: that of the outputs, except if the inputs are what counts. */
  readonly from: number;
  readonly to: number;
}

/** A live version that has to change. */
export interface LiveChange extends Change {
  /** The function's ARN: several accounts and regions may have the same name. */
  readonly functionArn: string;
  readonly region: string;
}

/** A function that a run leaves alone, and why. */
export interface Skipped {
  readonly function: string;
  /** Set if another function has the same name. */
  readonly region?: string;
  readonly reason: string;
}

/** What lines call a function that is left alone. */
export function skippedName({ function: name, region }: Skipped): string {
  return region === undefined ? name : `${name} (${region})`;
}

/** Names functions that are left alone, with their region if another of these has the same name. */
export function skipping(functions: readonly { readonly name: string }[]) {
  const byNames = Map.groupBy(functions, ({ name }) => name);
  return ({ name, region }: { readonly name: string; readonly region?: string }, reason: string): Skipped => {
    const isReported = region !== undefined && (byNames.get(name)?.length ?? 0) > 1;
    return { function: name, ...(isReported && { region }), reason };
  };
}

/** A state in memory. */
export interface LoadedState {
  readonly stack: string;
  /** The file that was read; undefined for a stack's own state. */
  readonly file: string | undefined;
  readonly bytes: Uint8Array;
  readonly facts: StateFacts;
}

/**
 * The layer version ARN that a layer of a recorded function must be at, given its place in the recorded list, from 0;
 * undefined if it stays as it is.
 */
export type StateTarget = (
  layerVersionArn: string,
  fn: FunctionFacts,
  side: "inputs" | "outputs",
  place: number,
) => string | undefined;

/** The functions of one account and region. */
export interface Site {
  readonly region: string;
  /** The profile whose account it is; undefined: the run's own, else the environment's. */
  readonly profile?: string;
  readonly functions: readonly LiveFunction[];
}

/** How live functions came out. */
export interface AwsResult {
  readonly changes: readonly LiveChange[];
  /** One for each function that needed a change. */
  readonly outcomes: readonly FunctionOutcome[];
  readonly skipped: readonly Skipped[];
  /** The record of the run, as messages name the file; absent if nothing had to be changed. */
  readonly record?: string;
}

/** A layer that a new state has at the declared version, and that the program would bring to another, or take off. */
export interface UndoneChange extends Change {
  readonly urn: string;
  /** The new state's version. */
  readonly from: number;
}

/** Whether the program keeps the layer versions of a new state, as a preview on a copy of the stack shows. */
export interface Proof {
  /** `undone`: of at least one layer it does not. `not-proved`: that is not known. Nothing is imported then. */
  readonly verdict: "proved" | "undone" | "not-proved";
  readonly undone: readonly UndoneChange[];
  /** The functions of which it is not known, and why. */
  readonly unknown: readonly Skipped[];
  /** Why nothing is known; absent if the program could be previewed. */
  readonly reason?: string;
}

/** What a run did, or would do: `--json` prints it. */
export interface RunResult {
  readonly format: typeof documentFormat;
  readonly stack: string;
  /** The Pulumi project; null if none is known. */
  readonly project: string | null;
  readonly dryRun: boolean;
  readonly changes: readonly StateChange[];
  readonly skipped: readonly Skipped[];
  /** The state before the run, as messages name the file; null if none was written. */
  readonly backup: string | null;
  /** How the layers of functions stand when the run has ended; null if that was not looked at, as without a config. */
  readonly totals: Totals | null;
  /** Absent without `--sync-aws`. */
  readonly aws?: AwsResult;
}

/** Which backups a prune removes. */
export interface PrunePlan {
  readonly remove: readonly Backup[];
  readonly keep: readonly Backup[];
}
