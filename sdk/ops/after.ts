import { layerArn, parseLayerVersionArn } from "../core/arn";
import type { AssessedFunction, SeenLayers } from "../core/assess";
import type { FunctionOutcome } from "../core/live";
import type { LiveReading } from "./expectation";
import type { AwsResult, LiveChange, Proof, RunResult, StateChange } from "./plans";

/** What a run has changed. */
export interface Changed {
  readonly state: readonly StateChange[];
  /** The outcomes of live functions; the last one of a function counts. */
  readonly outcomes: readonly FunctionOutcome[];
}

/** The state of functions after a run, derived from their state before it and what it did. */
export function afterRun(functions: readonly AssessedFunction[], { state, outcomes }: Changed): AssessedFunction[] {
  const recorded = Map.groupBy(state, ({ urn }) => urn);
  const live = new Map(outcomes.map((outcome) => [outcome.arn, seenAfter(outcome)]));
  return functions.map((fn) => {
    const changes = (fn.urn && recorded.get(fn.urn)) || [];
    const after = live.get(fn.arn ?? "");
    if (changes.length === 0 && !after) return fn;
    const targets = new Map(changes.map(({ arn, target }) => [arn, target]));
    const layers = fn.recorded?.layers.map(
      (layer) => parseLayerVersionArn(targets.get(layerArn(layer)) ?? "") ?? layer,
    );
    return {
      ...fn,
      ...(fn.recorded && layers && changes.length > 0 && { recorded: { ...fn.recorded, layers, others: [] } }),
      ...(after && { live: after }),
    };
  });
}

/**
 * A function that a run did not reach is as it was found. After a failure without a revision, the outcome of the last
 * update is unknown.
 */
function seenAfter({ status, after, revisionId }: FunctionOutcome): SeenLayers {
  const isKnown = status !== "unknown" && (status !== "failed" || revisionId !== undefined);
  return { layers: isKnown ? after.flatMap((text) => parseLayerVersionArn(text) ?? []) : [], complete: isKnown };
}

/** What a run of any kind did, for its summary. */
export interface Ran extends RunResult {
  readonly live?: LiveReading;
  readonly recordedBack?: readonly StateChange[];
  readonly proof?: Proof;
  readonly aws?: AwsResult & {
    readonly rolledBack?: Pick<AwsResult, "outcomes">;
    readonly published?: readonly Refusable[];
    readonly aliases?: readonly Refusable[];
  };
}

/** A part of a function; with a reason, AWS has refused it. */
interface Refusable {
  readonly function: string;
  readonly functionArn: string;
  readonly reason?: string;
}

/** Whether a run has changed nothing because its proof failed. */
export function isHeldBack({ proof }: Pick<Ran, "proof">): boolean {
  return proof !== undefined && proof.verdict !== "proved";
}

/**
 * How many layers of functions a run has changed (in a dry run: would change), each counted once, whether in the state,
 * in AWS or in both. Rolled-back changes do not count.
 */
export function changedLayers({ dryRun, changes, recordedBack = [], aws, proof }: Ran): number {
  if (!dryRun && isHeldBack({ proof })) return 0;
  const keyOf = (change: StateChange | LiveChange) => `${change.function} ${change.arn}`;
  const status = new Map(aws?.outcomes.map((one) => [one.arn, one.status]));
  for (const one of aws?.rolledBack?.outcomes ?? []) if (one.status === "updated") status.delete(one.arn);
  const live = (aws?.changes ?? []).filter((one) => dryRun || status.get(one.functionArn) === "updated");
  const counted = new Set([...live, ...recordedBack].map(keyOf));
  return live.length + changes.filter((one) => !counted.has(keyOf(one))).length;
}
