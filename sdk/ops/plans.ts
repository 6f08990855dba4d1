import type { Totals } from "../core/assess";
import type { FunctionOutcome, LiveFunction } from "../core/live";
import type { FunctionFacts, StateFacts } from "../core/state/facts";

// Plans of use cases and their outcomes: plain data, in the shapes that `--json` prints.

/** The format of the documents that `--json` prints. */
export const documentFormat = 2 as const;

/** One layer of one function that moves to another version or is replaced by another layer. */
interface Change {
  /** The function's name in AWS. */
  readonly function: string;
  /** The region that the function runs in; undefined if not recorded. */
  readonly region: string | undefined;
  /** The layer's name in AWS. */
  readonly layer: string;
  /** The layer's ARN, without version. */
  readonly arn: string;
  /** The version now; null for a layer that is reattached. */
  readonly from: number | null;
  /** The new version; null for a layer that is removed again. */
  readonly to: number | null;
  /** The new full ARN, which may be another layer's; null if the layer is removed. */
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
  /** The function's ARN: the same name may exist in several accounts and regions. */
  readonly functionArn: string;
  readonly region: string;
}

/** A skipped function, and why. */
export interface Skipped {
  readonly function: string;
  /** Set if another function has the same name. */
  readonly region?: string;
  readonly reason: string;
}

/** The display name of a skipped function. */
export function skippedName({ function: name, region }: Skipped): string {
  return region === undefined ? name : `${name} (${region})`;
}

/** Display names of skipped functions, with their region if another one has the same name. */
export function skipping(functions: readonly { readonly name: string }[]) {
  const byNames = Map.groupBy(functions, ({ name }) => name);
  return ({ name, region }: { readonly name: string; readonly region?: string }, reason: string): Skipped => {
    const isAmbiguous = region !== undefined && (byNames.get(name)?.length ?? 0) > 1;
    return { function: name, ...(isAmbiguous && { region }), reason };
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

/** The target ARN of a recorded function's layer, given its index in the recorded list; undefined if it stays. */
export type StateTarget = (
  layerVersionArn: string,
  fn: FunctionFacts,
  side: "inputs" | "outputs",
  place: number,
) => string | undefined;

/** The functions of one account and region. */
export interface Site<Fn = LiveFunction> {
  readonly region: string;
  /** The profile whose account it is; default: the run's own, otherwise the environment's. */
  readonly profile?: string;
  readonly functions: readonly Fn[];
}

/** The outcome of live functions. */
export interface AwsResult {
  readonly changes: readonly LiveChange[];
  /** One for each function that needed a change. */
  readonly outcomes: readonly FunctionOutcome[];
  readonly skipped: readonly Skipped[];
  /** The record of the run, as messages name the file; absent if nothing needed changing. */
  readonly record?: string;
}

/** A layer that has the declared version in the new state, and that the program would change or remove. */
export interface UndoneChange extends Change {
  readonly urn: string;
  /** The new state's version. */
  readonly from: number;
}

/** Whether the program keeps the layer versions of a new state, as a preview on a copy of the stack shows. */
export interface Proof {
  /** `undone`: not for at least one layer. `not-proved`: unknown. In both cases nothing is imported. */
  readonly verdict: "proved" | "undone" | "not-proved";
  readonly undone: readonly UndoneChange[];
  /** The functions for which it is unknown, and why. */
  readonly unknown: readonly Skipped[];
  /** Why the preview failed; absent if the program could be previewed. */
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
  /** The totals of layers after the run; null if not looked at, as without a config. */
  readonly totals: Totals | null;
  /** Absent without `--sync-aws`. */
  readonly aws?: AwsResult;
}
