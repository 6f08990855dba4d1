import { layerArn, parseLayerVersionArn } from "./arn";
import { type AssessedFunction, assess, lostLayerArn } from "./assess";
import type { LiveFunction } from "./live";
import type { LayerMove } from "./moves";
import { pinLayerList } from "./plan";
import type { TargetOf } from "./target";

/** The complete list of layers that a live function should have, in merge order. */
export type Goal = (fn: LiveFunction) => readonly string[];

/**
 * The layers of a function with each declared one as declared: order kept, others untouched. Declared layers that are
 * recorded but missing in AWS are restored: at their recorded place if the function's own resource records them,
 * otherwise at the end.
 * @param fn as it was assessed; its live layers are those of `layers`
 * @param layers layer version ARNs, as they are in AWS now
 * @throws LayersError `layer-ambiguous`
 */
export function declaredLayersOf(fn: AssessedFunction, layers: readonly string[], targetOf: TargetOf): string[] {
  const live = { layers: layers.flatMap((text) => parseLayerVersionArn(text) ?? []), complete: true };
  const subject = { ...fn, live };
  const moved = pinLayerList(layers, targetOf, subject);
  const lost = assess([subject], targetOf).flatMap((standing) => {
    const text = lostLayerArn(standing);
    return standing.layer && text !== undefined ? [{ arn: layerArn(standing.layer), text }] : [];
  });
  const order = fn.recordedBy === "function" ? (fn.recorded?.layers ?? []).map(layerArn) : [];
  return lost.reduce((list, { arn, text }) => (hasLayer(list, text) ? list : inserted(list, text, arn, order)), moved);
}

/** Whether a list contains the layer of a layer version ARN, in any version. */
function hasLayer(list: readonly string[], text: string): boolean {
  const layer = text.slice(0, text.lastIndexOf(":") + 1);
  return list.some((one) => one.startsWith(layer));
}

/** The list with a layer inserted in order: after its nearest predecessor in the list. */
function inserted(list: readonly string[], text: string, arn: string, order: readonly string[]): string[] {
  const at = order.indexOf(arn);
  const places = list.map((one) => one.slice(0, one.lastIndexOf(":")));
  const before = order.slice(0, Math.max(0, at)).findLast((one) => places.includes(one));
  const after = order.slice(at + 1).find((one) => places.includes(one));
  let place = list.length;
  if (at >= 0 && before !== undefined) place = places.lastIndexOf(before) + 1;
  else if (at >= 0 && after !== undefined) place = places.indexOf(after);
  return list.toSpliced(place, 0, text);
}

/**
 * The layers of a function with each of some moves made, if the layer is still where the move starts.
 * @param moves each from the expected to the wanted version; `at`: the index for a layer that is not attached
 */
export function movedLayers(
  layers: readonly string[],
  moves: readonly (LayerMove & { readonly at?: number })[],
): string[] {
  let list = [...layers];
  for (const { layer, from, to, at, by } of moves) {
    const has = list.some((text) => text.startsWith(`${layer}:`));
    if (by !== undefined) {
      // A function that meanwhile has both is left alone.
      const isBoth = list.some((text) => text.startsWith(`${by}:`));
      if (!isBoth) list = list.map((text) => (text === `${layer}:${from}` ? `${by}:${to}` : text));
    } else if (from === null && to !== null && !has) list = list.toSpliced(at ?? list.length, 0, `${layer}:${to}`);
    else if (from !== null && to === null) list = list.filter((text) => text !== `${layer}:${from}`);
    else if (from !== null) list = list.map((text) => (text === `${layer}:${from}` ? `${layer}:${to}` : text));
  }
  return list;
}
