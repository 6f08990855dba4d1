import { layerArn, parseLayerVersionArn } from "../core/arn";
import type { FunctionFacts, RecordedLayers } from "../core/state/facts";
import { type VersionEdit, versionEdits } from "../core/state/patch";
import type { FunctionFilter, Skipped, StateChange, StatePlan, StateTarget } from "./plans";

/** No name given: all functions of the stack. */
export const everyFunction: FunctionFilter = { functions: [], exclude: [] };

/**
 * Plans which recorded versions change, and which functions are left alone and why. Changes are in the order of the
 * functions' names, and in each function's order of layers.
 */
export function planState(
  functions: readonly FunctionFacts[],
  target: StateTarget,
  filter: FunctionFilter = everyFunction,
): StatePlan {
  const plan = { changes: [] as StateChange[], skipped: [] as Skipped[], warnings: [] as string[] };
  const edits: VersionEdit[] = [];
  for (const fn of functions.toSorted(byName)) {
    if (filter.functions.length > 0 && !filter.functions.includes(fn.name)) continue;
    const changes = changesOf(fn, target);
    const reason = whySkipped(fn, changes, filter);
    if (reason) plan.skipped.push({ function: fn.name, reason });
    else if (changes.length > 0) {
      plan.changes.push(...changes);
      edits.push(...versionEdits([fn], target));
      plan.warnings.push(...warningsAbout(fn));
    }
  }
  const known = new Set(functions.map(({ name }) => name));
  for (const name of filter.functions) {
    if (!known.has(name)) plan.skipped.push({ function: name, reason: "the stack's state has no such function" });
  }
  for (const name of filter.exclude) {
    if (!known.has(name))
      plan.warnings.push(`There is no function ${name} to leave out: nothing is excluded by that name.`);
  }
  return { ...plan, edits };
}

/** The order in which functions are told. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

/** Whether a function is one of those meant. */
export function isMeant(name: string, { functions, exclude }: FunctionFilter): boolean {
  return (functions.length === 0 || functions.includes(name)) && !exclude.includes(name);
}

/** Whether a recorded function belongs to the stack as it stands: neither read only, nor replaced and waiting for its end. */
export function isOwned(fn: FunctionFacts): boolean {
  return !fn.deleted && !fn.external;
}

/** The texts of a list of layers; empty where there is no list. */
export function layerTexts(recorded: RecordedLayers): string[] {
  if (recorded.kind !== "list") return [];
  return recorded.layers.flatMap((layer) => (layer.kind === "text" ? [layer.text] : []));
}

/** Those of the texts that are layer version ARNs. */
function layerVersions(recorded: RecordedLayers): string[] {
  if (recorded.kind !== "list") return [];
  return recorded.layers.flatMap((layer) => (layer.kind === "text" && layer.version ? [layer.text] : []));
}

/** The layers that count: outputs, but after a failed update these were never applied. */
export function recordedLayers(fn: FunctionFacts): string[] {
  const [first, second] = sidesOf(fn).map((side) => fn[side]);
  const counts = first?.kind === "list" ? first : second;
  return counts ? layerTexts(counts) : [];
}

function sidesOf(fn: FunctionFacts): ("inputs" | "outputs")[] {
  return fn.initErrors.length > 0 ? ["inputs", "outputs"] : ["outputs", "inputs"];
}

/** One change a layer, whether both sides differ or one: the side that counts tells the version that it comes from. */
function changesOf(fn: FunctionFacts, target: StateTarget): StateChange[] {
  const changes = new Map<string, StateChange>();
  for (const side of sidesOf(fn)) {
    for (const text of layerVersions(fn[side])) {
      // Asked first, as most layers stay as they are.
      const to = target(text, fn, side);
      const parsed = to === undefined ? undefined : parseLayerVersionArn(text);
      if (to === undefined || !parsed || to === parsed.version) continue;
      const arn = layerArn(parsed);
      if (changes.has(arn)) continue;
      changes.set(arn, { function: fn.name, urn: fn.urn, layer: parsed.name, arn, from: parsed.version, to });
    }
  }
  return [...changes.values()];
}

function whySkipped(
  fn: FunctionFacts,
  changes: readonly StateChange[],
  { exclude }: FunctionFilter,
): string | undefined {
  // What a secret list holds is not known, so that it may need a change.
  if (isOwned(fn) && hasSecretLayers(fn)) return "its layers are a secret in the state";
  if (changes.length === 0) return undefined;
  if (fn.deleted) return "it was replaced and waits for its deletion";
  if (fn.external) return "the stack reads it and does not manage it";
  return exclude.includes(fn.name) ? "excluded" : undefined;
}

/** Whether any of a function's layers is not known, because it is a secret. */
export function hasSecretLayers({ inputs, outputs }: FunctionFacts): boolean {
  return hasSecret(inputs) || hasSecret(outputs);
}

function hasSecret(recorded: RecordedLayers): boolean {
  if (recorded.kind === "list") return recorded.layers.some(({ kind }) => kind === "secret");
  return recorded.kind === "secret";
}

function warningsAbout(fn: FunctionFacts): string[] {
  if (fn.initErrors.length === 0) return [];
  return [
    `Function ${fn.name}: its last update failed, so that its recorded outputs were never applied; its inputs are what counts.`,
  ];
}

/** Recorded texts that are no layer version ARNs, with the function that has them. */
export function invalidLayers(
  functions: readonly FunctionFacts[],
): { readonly function: string; readonly text: string }[] {
  return functions.filter(isOwned).flatMap((fn) => {
    const texts = new Set([...layerTexts(fn.inputs), ...layerTexts(fn.outputs)]);
    return [...texts].filter((text) => !parseLayerVersionArn(text)).map((text) => ({ function: fn.name, text }));
  });
}
