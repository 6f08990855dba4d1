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
 * Whether a layer is known to have replaced another one in the update of this backup, so that a rollback reverts it.
 * Other people's replacements stay.
 * @param fn the function in the backup
 */
export type IsOurs = (fn: FunctionFacts, former: LayerVersionArn, taker: LayerVersionArn) => boolean;

/** The layers of the state that the update wrote. */
export function leftBy(left: StateFacts): IsOurs {
  const byUrn = new Map(left.functions.map((fn) => [fn.urn, fn]));
  return ({ urn }, _former, taker) => {
    const its = byUrn.get(urn);
    return [its?.inputs, its?.outputs].some((side) => side && versionsIn(layerTexts(side), taker).length > 0);
  };
}

/** A layer's replacement according to a config. */
export function declaredBy(targetOf: TargetOf): IsOurs {
  return (fn, former, taker) => {
    const target = targetOf(former, factsOf(fn));
    return isTarget(target) && target.by === layerArn(taker);
  };
}

/**
 * The layer versions that a state records: inputs are restored from inputs and outputs from outputs, which may have
 * differed, and each occurrence of a duplicate layer by itself. A layer that has replaced another one is reverted.
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
 * The version that a recorded function had of a layer (given with any version), or of the layer that it replaced;
 * undefined if it had neither.
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

/** Why layers that a function had are not restored, each as the end of a sentence. */
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
 * @returns the plan, and the resulting state; undefined if nothing differs
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

/** The earlier layer at the place of a new one. */
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

/** Which layers of a list have replaced which of an earlier list. */
function takenPlaces(before: readonly string[], now: readonly string[]) {
  return movesBetween(before, now).flatMap(({ layer, from, to, by }) => {
    const [former, taker] = [`${layer}:${from}`, `${by}:${to}`].map(parseLayerVersionArn);
    return by !== undefined && former && taker ? [{ former, taker }] : [];
  });
}

function textsBefore(recorded: RecordedLayers, place: number): string[] {
  return recorded.kind === "list" ? layerTexts({ ...recorded, layers: recorded.layers.slice(0, place) }) : [];
}

/** The texts of a list that belong to the same layer. */
function versionsIn(layers: readonly string[], wanted: LayerVersionArn): string[] {
  return layers.filter((text) => {
    const layer = parseLayerVersionArn(text);
    return layer !== undefined && layerArn(layer) === layerArn(wanted);
  });
}
