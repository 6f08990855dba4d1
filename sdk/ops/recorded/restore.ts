import { layerArn, parseLayerVersionArn } from "../../core/arn";
import { isOwned, layerTexts, recordedLayers } from "../../core/recorded";
import type { FunctionFacts, RecordedLayers, StateFacts } from "../../core/state/facts";
import type { LoadedState, StateTarget } from "../plans";
import type { ScanState } from "./load";
import { planState, type StatePlan } from "./plan";
import { patchedState } from "./replace";

/**
 * The versions that a state records: inputs go back to its inputs and outputs to its outputs, as they may have differed,
 * and a layer that is there twice to the one version and the other.
 */
export function versionsRecordedIn({ functions }: StateFacts): StateTarget {
  const byUrn = new Map(functions.filter(isOwned).map((fn) => [fn.urn, fn]));
  return (text, now, side, place) => {
    const fn = byUrn.get(now.urn);
    const versions = fn ? versionsIn(layerTexts(fn[side]), text) : [];
    return versions[versionsIn(textsBefore(now[side], place), text).length] ?? versions.at(-1);
  };
}

/** The version that a recorded function had of a layer, given with any version; undefined if it did not have it. */
export function recordedVersion(fn: FunctionFacts, layerVersionArn: string): number | undefined {
  return versionsIn(recordedLayers(fn), layerVersionArn)[0];
}

/**
 * Plans to put the versions of an earlier state of a stack back into today's.
 * @param functions today's, as far as they are meant
 * @returns the plan, and the state with it; undefined if nothing differs
 * @throws LayersError `verification-failed`
 */
export function planRestore(
  state: LoadedState,
  earlier: StateFacts,
  functions: readonly FunctionFacts[],
  scan: ScanState,
  excluded: ReadonlySet<FunctionFacts> = new Set(),
): StatePlan & { readonly content: Uint8Array | undefined } {
  const plan = planState(functions, versionsRecordedIn(earlier), excluded);
  return { ...plan, content: plan.edits.length > 0 ? patchedState(state, plan.edits, scan) : undefined };
}

function textsBefore(recorded: RecordedLayers, place: number): string[] {
  return recorded.kind === "list" ? layerTexts({ ...recorded, layers: recorded.layers.slice(0, place) }) : [];
}

function versionsIn(layers: readonly string[], layerVersionArn: string): number[] {
  const wanted = parseLayerVersionArn(layerVersionArn);
  if (!wanted) return [];
  const all = layers.flatMap((text) => parseLayerVersionArn(text) ?? []);
  return all.filter((one) => layerArn(one) === layerArn(wanted)).map(({ version }) => version);
}
