import { layerArn, parseLayerVersionArn } from "../../core/arn";
import { type LayerMove, movesBetween } from "../../core/moves";
import { isOwned, layerTexts, recordedLayers } from "../../core/recorded";
import type { FunctionFacts, RecordedLayers, StateFacts } from "../../core/state/facts";
import type { StateTarget } from "../plans";
import type { ScanState } from "./load";
import { planState, type StatePlan } from "./plan";
import type { NewContent } from "./replace";

/**
 * The layer versions that a state records: inputs go back to its inputs and outputs to its outputs, as they may have
 * differed, and a layer that is there twice to the one version and the other. A layer that has taken the place of
 * another one gives it back.
 * @param left the state as the run left it that the earlier one is of: what came later than that in the place of another
 * layer is somebody else's, and stays. Default: not known, and all of it goes back
 */
export function versionsRecordedIn({ functions }: StateFacts, left?: StateFacts): StateTarget {
  const byUrn = new Map(functions.filter(isOwned).map((fn) => [fn.urn, fn]));
  const leftByUrn = left && new Map(left.functions.map((fn) => [fn.urn, fn]));
  return (text, now, side, place) => {
    const fn = byUrn.get(now.urn);
    if (!fn) return undefined;
    const before = layerTexts(fn[side]);
    const layers = versionsIn(before, text);
    if (layers.length === 0) {
      const its = leftByUrn?.get(now.urn);
      const isOurs =
        leftByUrn === undefined || (its !== undefined && versionsIn(layerTexts(its[side]), text).length > 0);
      return isOurs ? formerLayer(before, layerTexts(now[side]), text) : undefined;
    }
    return layers[versionsIn(textsBefore(now[side], place), text).length] ?? layers.at(-1);
  };
}

/**
 * The layer version that a recorded function had of a layer, given with any version, or that the layer has taken the
 * place of; undefined if it had neither.
 * @param now all layers that the function has now
 */
export function recordedLayer(fn: FunctionFacts, now: readonly string[], layerVersionArn: string): string | undefined {
  const before = recordedLayers(fn);
  return versionsIn(before, layerVersionArn)[0] ?? formerLayer(before, now, layerVersionArn);
}

/**
 * Plans to put the layer versions of an earlier state of a stack back into today's.
 * @param functions today's, as far as they are meant
 * @param options.left see {@link versionsRecordedIn}
 * @returns the plan, and what it makes of the state; undefined if nothing differs
 */
export function planRestore(
  earlier: StateFacts,
  functions: readonly FunctionFacts[],
  scan: ScanState,
  { excluded = new Set(), left }: { readonly excluded?: ReadonlySet<FunctionFacts>; readonly left?: StateFacts } = {},
): StatePlan & { readonly content: NewContent | undefined } {
  const plan = planState(functions, versionsRecordedIn(earlier, left), excluded);
  return { ...plan, content: plan.edits.length > 0 ? { edits: plan.edits, scan } : undefined };
}

/** What stood where a layer stands now that was not there before. */
function formerLayer(before: readonly string[], now: readonly string[], layerVersionArn: string): string | undefined {
  const layer = parseLayerVersionArn(layerVersionArn);
  const isTaker = ({ by }: LayerMove) => layer !== undefined && by === layerArn(layer);
  const move = layer && movesBetween(before, now).find(isTaker);
  return move && `${move.layer}:${move.from}`;
}

function textsBefore(recorded: RecordedLayers, place: number): string[] {
  return recorded.kind === "list" ? layerTexts({ ...recorded, layers: recorded.layers.slice(0, place) }) : [];
}

/** The texts of a list that are of the same layer. */
function versionsIn(layers: readonly string[], layerVersionArn: string): string[] {
  const wanted = parseLayerVersionArn(layerVersionArn);
  if (!wanted) return [];
  return layers.filter((text) => {
    const layer = parseLayerVersionArn(text);
    return layer !== undefined && layerArn(layer) === layerArn(wanted);
  });
}
