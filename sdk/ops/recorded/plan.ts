import { isBuiltInLayer, layerArn, parseLayerVersionArn } from "../../core/arn";
import type { AssessedFunction } from "../../core/assess";
import { layerName } from "../../core/moves";
import { type BothLayers, bothIn, type LayerMoving } from "../../core/plan";
import {
  isOwned,
  layerTexts,
  type RecordedFunction,
  recordedFunctions,
  sidesOf,
  whyHidden,
  whyNotOwned,
} from "../../core/recorded";
import {
  type FunctionFilter,
  logicalName,
  type NameableFunction,
  selectFunctions,
  unknownFunctions,
  withoutQualifiers,
} from "../../core/selection";
import type { FunctionFacts, RecordedLayers, StateFacts } from "../../core/state/facts";
import { type LayerEdit, layerEdits } from "../../core/state/patch";
import { compareTexts } from "../../core/text";
import { type Skipped, type StateChange, type StateTarget, skipping } from "../plans";

/** A plan for a state. Nothing has been written. */
export interface StatePlan {
  readonly changes: readonly StateChange[];
  readonly skipped: readonly Skipped[];
  /** Warnings for the user before the changes are made. */
  readonly warnings: readonly string[];
  readonly edits: readonly LayerEdit[];
}

/** The selected functions of a state. */
export interface SelectedRecords {
  /** Those with a resource of their own, whether or not they have standings. */
  readonly own: readonly FunctionFacts[];
  /** Those excluded by name. */
  readonly excluded: ReadonlySet<FunctionFacts>;
  /** Those with standings, without the excluded ones. */
  readonly functions: readonly RecordedFunction[];
  /** Names of the filter that match none of the state's functions. */
  readonly unknown: readonly string[];
  /** All names in the state. */
  readonly known: readonly string[];
}

/**
 * The functions of a state that a filter selects.
 * @throws LayersError `usage` for the name of a version or an alias
 */
export function selectRecorded(facts: StateFacts, filter: FunctionFilter): SelectedRecords {
  interface Named extends NameableFunction {
    readonly own?: FunctionFacts;
    readonly recorded?: RecordedFunction;
  }
  const recorded = recordedFunctions(facts);
  const byUrn = new Map(recorded.flatMap((fn) => (fn.by.kind === "function" ? [[fn.urn, fn] as const] : [])));
  const all: Named[] = [
    ...facts.functions.map((own) => ({ ...nameOf(own), own, recorded: isOwned(own) ? byUrn.get(own.urn) : undefined })),
    ...recorded.filter(({ by }) => by.kind === "resource").map((fn) => ({ name: fn.name, arn: fn.arn, recorded: fn })),
  ];
  const { functions, exclude } = withoutQualifiers(filter);
  const wanted = selectFunctions(all, { functions, exclude: [] });
  const left = selectFunctions(all, { functions: [], exclude });
  const meant = new Set(left.functions);
  return {
    own: wanted.functions.flatMap(({ own }) => own ?? []),
    excluded: new Set(all.filter((one) => !meant.has(one)).flatMap(({ own }) => own ?? [])),
    functions: wanted.functions.filter((one) => meant.has(one)).flatMap((one) => one.recorded ?? []),
    unknown: [...wanted.unknown, ...left.unknown],
    known: [...new Set(all.flatMap(({ name, ownUrn }) => [name, ...(ownUrn ? [logicalName(ownUrn)] : [])]))],
  };
}

/** @throws LayersError `usage` for names that match none of the functions */
export function refuseUnknown({ unknown, known }: Pick<SelectedRecords, "unknown" | "known">, where: string): void {
  if (unknown.length > 0) throw unknownFunctions([...new Set(unknown)], where, known);
}

/** Why the layers of a function cannot be compared, as the end of a sentence. */
const hiddenReasons = {
  secret: "its layers are a secret in the state",
  other: "not all of its layers can be read from the state",
};

/** The selected functions without a (complete) standing, and why. */
export function withoutStanding({ own, excluded }: SelectedRecords): Skipped[] {
  const skipped = skipping(own);
  return own.toSorted(byName).flatMap((fn) => {
    if (excluded.has(fn)) return [];
    const hidden = whyHidden(fn);
    const reason = whyNotOwned(fn) ?? (hidden && hiddenReasons[hidden]);
    return reason === undefined ? [] : [skipped(fn, reason)];
  });
}

/** A stand-in for the functions of each `LayerVersions` resource whose record cannot be read: nothing is known of them. */
export function unreadable({ reconciled }: StateFacts): AssessedFunction[] {
  return reconciled
    .filter(({ functions }) => functions === undefined)
    .map(({ urn, region }) => ({
      ...{ name: logicalName(urn), arn: undefined, region, account: undefined, urn, recordedBy: "resource" as const },
      ...{ recorded: { layers: [], complete: false }, live: undefined },
    }));
}

function nameOf({ name, arn, urn }: FunctionFacts): NameableFunction {
  return { name, arn, ownUrn: urn };
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

/** The order in which functions are reported: by name, then region. */
export function byName(a: Ordered, b: Ordered): number {
  return compareTexts(a.name, b.name) || compareTexts(a.region ?? "", b.region ?? "");
}

type Ordered = { readonly name: string; readonly region?: string | undefined };

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
  const partly = `Function ${fn.name}: ${hiddenReasons.other}, so only those that can are updated.`;
  const failed = `Function ${fn.name}: its last update failed, so its recorded outputs were never applied. Its inputs are used instead.`;
  return [...(whyHidden(fn) === "other" ? [partly] : []), ...(fn.initErrors.length > 0 ? [failed] : [])];
}

/** Recorded texts that are not layer version ARNs, with their function, except Lambda's own layers. */
export function invalidLayers(
  functions: readonly FunctionFacts[],
): { readonly function: string; readonly text: string }[] {
  return functions.filter(isOwned).flatMap((fn) => {
    const texts = new Set([...layerTexts(fn.inputs), ...layerTexts(fn.outputs)]);
    return [...texts]
      .filter((text) => !parseLayerVersionArn(text) && !isBuiltInLayer(text))
      .map((text) => ({ function: fn.name, text }));
  });
}
