import { type LayerVersionArn, layerArn, layerVersionArn, parseLayerVersionArn } from "../../core/arn";
import { movesBetween } from "../../core/moves";
import { factsOf, isOwned, layerTexts, recordedLayers } from "../../core/recorded";
import type { FunctionFacts, RecordedLayers, StateFacts } from "../../core/state/facts";
import { isTarget, type TargetOf } from "../../core/target";
import type { StateTarget } from "../plans";
import type { ScanState } from "./load";
import { planState, type StatePlan } from "./plan";
import type { NewContent } from "./replace";

/**
 * Whether it is known that a layer took the place of another one by the update whose backup this is, so that a rollback
 * takes that back. What others have put there stays.
 * @param fn the function as the backup has it
 */
export type IsOurs = (fn: FunctionFacts, former: LayerVersionArn, taker: LayerVersionArn) => boolean;

/** What the update had left: the layers of a state as the run wrote it. */
export function leftBy(left: StateFacts): IsOurs {
  const byUrn = new Map(left.functions.map((fn) => [fn.urn, fn]));
  return ({ urn }, _former, taker) => {
    const its = byUrn.get(urn);
    return [its?.inputs, its?.outputs].some((side) => side && versionsIn(layerTexts(side), taker).length > 0);
  };
}

/** What a config declares to come in the place of a layer. */
export function declaredBy(targetOf: TargetOf): IsOurs {
  return (fn, former, taker) => {
    const target = targetOf(former, factsOf(fn));
    return isTarget(target) && target.by === layerArn(taker);
  };
}

/**
 * The layer versions that a state records: inputs go back to its inputs and outputs to its outputs, as they may have
 * differed, and a layer that is there twice to the one version and the other. A layer that has taken the place of
 * another one gives it back.
 * @param isOurs default: whatever took the place of another layer gives it back
 */
export function versionsRecordedIn({ functions }: StateFacts, isOurs: IsOurs = () => true): StateTarget {
  const byUrn = new Map(functions.filter(isOwned).map((fn) => [fn.urn, fn]));
  return (text, now, side, place) => {
    const fn = byUrn.get(now.urn);
    const layer = parseLayerVersionArn(text);
    if (!fn || !layer) return undefined;
    const before = layerTexts(fn[side]);
    const layers = versionsIn(before, layer);
    if (layers.length === 0) return formerLayer(fn, before, layerTexts(now[side]), layer, isOurs);
    return layers[versionsIn(textsBefore(now[side], place), layer).length] ?? layers.at(-1);
  };
}

/**
 * The layer version that a recorded function had of a layer, given with any version, or that the layer has taken the
 * place of; undefined if it had neither.
 * @param now all layers that the function has now
 */
export function recordedLayer(
  fn: FunctionFacts,
  now: readonly string[],
  text: string,
  isOurs: IsOurs,
): string | undefined {
  const before = recordedLayers(fn);
  const layer = parseLayerVersionArn(text);
  return layer && (versionsIn(before, layer)[0] ?? formerLayer(fn, before, now, layer, isOurs));
}

/** Why layers that a function had do not come back, each as the end of a sentence. */
export function whyNotBack(fn: FunctionFacts, now: readonly string[], isOurs: IsOurs): string[] {
  return takenPlaces(recordedLayers(fn), now).flatMap(({ former, taker }) => {
    if (isOurs(fn, former, taker)) return [];
    const what = former.name === taker.name ? `${layerArn(taker)}` : taker.name;
    return `layer ${former.name} is not rolled back: ${what} has replaced it, and nothing shows that this was the update's change`;
  });
}

/**
 * Plans to put the layer versions of an earlier state of a stack back into today's.
 * @param functions today's, as far as they are meant
 * @param options.isOurs see {@link versionsRecordedIn}
 * @returns the plan, and what it makes of the state; undefined if nothing differs
 */
export function planRestore(
  earlier: StateFacts,
  functions: readonly FunctionFacts[],
  scan: ScanState,
  { excluded = new Set(), isOurs }: { readonly excluded?: ReadonlySet<FunctionFacts>; readonly isOurs?: IsOurs } = {},
): StatePlan & { readonly content: NewContent | undefined } {
  const plan = planState(functions, versionsRecordedIn(earlier, isOurs), excluded);
  return { ...plan, content: plan.edits.length > 0 ? { edits: plan.edits, scan } : undefined };
}

/** What stood where a layer stands now that was not there before. */
function formerLayer(
  fn: FunctionFacts,
  before: readonly string[],
  now: readonly string[],
  layer: LayerVersionArn,
  isOurs: IsOurs,
): string | undefined {
  const place = takenPlaces(before, now).find(({ taker }) => layerArn(taker) === layerArn(layer));
  return place && isOurs(fn, place.former, place.taker) ? layerVersionArn(place.former) : undefined;
}

/** Which layers of a list have taken the places of which of an earlier one. */
function takenPlaces(before: readonly string[], now: readonly string[]) {
  return movesBetween(before, now).flatMap(({ layer, from, to, by }) => {
    const [former, taker] = [`${layer}:${from}`, `${by}:${to}`].map(parseLayerVersionArn);
    return by !== undefined && former && taker ? [{ former, taker }] : [];
  });
}

function textsBefore(recorded: RecordedLayers, place: number): string[] {
  return recorded.kind === "list" ? layerTexts({ ...recorded, layers: recorded.layers.slice(0, place) }) : [];
}

/** The texts of a list that are of the same layer. */
function versionsIn(layers: readonly string[], wanted: LayerVersionArn): string[] {
  return layers.filter((text) => {
    const layer = parseLayerVersionArn(text);
    return layer !== undefined && layerArn(layer) === layerArn(wanted);
  });
}
