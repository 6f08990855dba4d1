import { isBuiltInLayer, layerArn, parseLayerVersionArn } from "../../core/arn";
import { layerName } from "../../core/moves";
import { type BothLayers, bothIn, type LayerMoving } from "../../core/plan";
import { isOwned, layerTexts, sidesOf, whyHidden, whyNotOwned } from "../../core/recorded";
import type { FunctionFacts, RecordedLayers } from "../../core/state/facts";
import { type LayerEdit, layerEdits } from "../../core/state/patch";
import { type Skipped, type StateChange, type StateTarget, skipping } from "../plans";
import { byName, hiddenReasons, partWarning } from "./select";

/** A plan for a state. Nothing has been written. */
export interface StatePlan {
  readonly changes: readonly StateChange[];
  readonly skipped: readonly Skipped[];
  /** Warnings for the user before the changes are made. */
  readonly warnings: readonly string[];
  readonly edits: readonly LayerEdit[];
}

/**
 * Plans which recorded versions change, and which functions are skipped and why. Changes are ordered by function name,
 * then in layer order.
 * @param excluded functions to leave out in any case
 */
export function planState(
  functions: readonly FunctionFacts[],
  target: StateTarget,
  excluded: ReadonlySet<FunctionFacts> = new Set(),
): StatePlan {
  const plan = { changes: [] as StateChange[], skipped: [] as Skipped[], warnings: [] as string[] };
  const edits: LayerEdit[] = [];
  const skipped = skipping(functions);
  for (const fn of functions.toSorted(byName)) {
    const { changes, both } = changesOf(fn, target);
    const reason = whySkipped(fn, changes.length + both.length > 0, excluded);
    if (reason) {
      plan.skipped.push(skipped(fn, reason));
      continue;
    }
    for (const one of both) plan.skipped.push(skipped(fn, bothReason(one)));
    if (changes.length === 0) continue;
    const left = new Set(both.map(({ arn }) => arn));
    const isLeft = (text: string) => left.has(text.slice(0, text.lastIndexOf(":")));
    plan.changes.push(...changes);
    edits.push(
      ...layerEdits(
        [fn],
        left.size === 0 ? target : (text, ...rest) => (isLeft(text) ? undefined : target(text, ...rest)),
      ),
    );
    plan.warnings.push(...warningsAbout(fn));
  }
  return { ...plan, edits };
}

/** The texts that are layer version ARNs, each with its index. */
function layerVersions(recorded: RecordedLayers) {
  if (recorded.kind !== "list") return [];
  return recorded.layers.flatMap((layer, place) =>
    layer.kind === "text" && layer.version ? [{ text: layer.text, place }] : [],
  );
}

/** Why a layer is not replaced as declared, as the end of a sentence. */
export function bothReason({ arn, by }: BothLayers): string {
  const names = layerName(arn) === layerName(by) ? [arn, by] : [layerName(arn), layerName(by)];
  return `both layers are attached, ${names[0]} and ${names[1]}, which is declared to replace it`;
}

/** One change per layer, whether one or both sides differ: the side that counts gives the old version. */
function changesOf(
  fn: FunctionFacts,
  target: StateTarget,
): { readonly changes: readonly StateChange[]; readonly both: readonly BothLayers[] } {
  const changes = new Map<string, StateChange>();
  const both = new Map<string, BothLayers>();
  for (const side of sidesOf(fn)) {
    const layers = layerVersions(fn[side]);
    const moving: LayerMoving[] = [];
    for (const { text, place } of layers) {
      // Checked first, because most layers stay.
      const to = target(text, fn, side, place);
      const parsed = to === undefined || to === text ? undefined : parseLayerVersionArn(text);
      const wanted = parsed && parseLayerVersionArn(to ?? "");
      if (to === undefined || !parsed || !wanted) continue;
      const arn = layerArn(parsed);
      if (arn !== layerArn(wanted)) moving.push({ arn, target: to });
      else if (parsed.version === wanted.version) continue;
      if (changes.has(arn)) continue;
      const { name, urn, region } = fn;
      const versions = { from: parsed.version, to: wanted.version, target: to };
      changes.set(arn, { function: name, urn, region, layer: parsed.name, arn, ...versions });
    }
    if (moving.length === 0) continue;
    const texts = layers.map(({ text }) => text);
    for (const one of bothIn(texts, moving)) both.set(one.arn, one);
  }
  for (const arn of both.keys()) changes.delete(arn);
  return { changes: [...changes.values()], both: [...both.values()] };
}

function whySkipped(fn: FunctionFacts, hasChanges: boolean, excluded: ReadonlySet<FunctionFacts>): string | undefined {
  const hidden = isOwned(fn) ? whyHidden(fn) : undefined;
  // A secret list is unknown, so it may need a change. Known layers beside unreadable values can be changed.
  if (hidden === "secret" || (hidden !== undefined && !hasChanges)) return hiddenReasons[hidden];
  if (!hasChanges) return undefined;
  return whyNotOwned(fn) ?? (excluded.has(fn) ? "excluded" : undefined);
}

function warningsAbout(fn: FunctionFacts): string[] {
  const failed = `Function ${fn.name}: its last update failed, so its recorded outputs were never applied. Its inputs are used instead.`;
  return [...partWarning(fn), ...(fn.initErrors.length > 0 ? [failed] : [])];
}

/** Recorded texts that are not layer version ARNs, with their function, except Lambda's own layers. */
export function invalidLayers(
  functions: readonly FunctionFacts[],
): { readonly function: string; readonly text: string }[] {
  const isInvalid = (text: string) => !parseLayerVersionArn(text) && !isBuiltInLayer(text);
  return functions.filter(isOwned).flatMap((fn) => {
    const texts = [...layerTexts(fn.inputs), ...layerTexts(fn.outputs)].filter(isInvalid);
    return [...new Set(texts)].map((text) => ({ function: fn.name, text }));
  });
}
