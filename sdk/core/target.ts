import { type LayerVersionArn, layerArn, parseLayerVersionArn } from "./arn";
import type { DeclaredFields, DeclaredLayer } from "./config/declared";
import { type WhenKey, whenText } from "./config/when";
import {
  architectureOf,
  type DeclaredForm,
  factNames,
  formFor,
  type NoTarget,
  noTarget,
  type TargetFacts,
  whenFactsOf,
} from "./form";
import { fitsGlob, globOf } from "./glob";
import type { Match, Matchable, Matcher } from "./match";
import {
  fillIn,
  hasPlaceholder,
  type PlaceholderName,
  type PlaceholderValues,
  placeholdersIn,
  runtimeInName,
} from "./placeholders";

// The single answer to "which version must this layer of this function have?".

/** The target of a layer of a function. */
export interface LayerTarget {
  readonly version: number;
  /** `minimum`: newer versions are allowed. */
  readonly enforce: DeclaredLayer["enforce"];
  /** The layer that must replace this one, as an ARN without version; absent: the layer itself stays. */
  readonly by?: string;
}

/** What is declared for a layer of a function, and by which entry and variant; absent for an updater's own rule. */
export interface DeclaredTarget extends LayerTarget {
  readonly declared?: DeclaredForm;
}

/** The target of a layer of a function; undefined if no entry covers it. */
export type TargetOf = (layer: LayerVersionArn, fn: TargetFacts) => DeclaredTarget | NoTarget | undefined;

/** Whether a target is known. */
export function isTarget<T extends LayerTarget>(target: T | NoTarget | undefined): target is T {
  return target !== undefined && !("why" in target);
}

/** Whether a version is as declared: the one rule of every plan, view and check. */
export function isAsDeclared(version: number, target: LayerTarget): boolean {
  if (target.by !== undefined) return false;
  return target.enforce === "minimum" ? version >= target.version : version === target.version;
}

/** The target as a full layer version ARN. */
export function targetArnOf(layer: LayerVersionArn, { version, by }: LayerTarget): string {
  return `${by ?? layerArn(layer)}:${version}`;
}

type Answer = DeclaredTarget | NoTarget | undefined;

/** What is known about a layer, for any function. */
type KnownLayer =
  | { readonly isFixed: true; readonly answer: Answer }
  | {
      readonly isFixed: false;
      readonly match: Match;
      readonly nameKey: ((name: string | undefined) => string) | undefined;
    };

/** The targets that a config declares. Results shared by many functions are computed once. */
export function declaredTargets(matcher: Matcher): TargetOf {
  const layers = new Map<string, KnownLayer>();
  const byFacts = new Map<string, Map<string, Answer>>();
  // A cache: all layers of a function are looked up in a row.
  let last: { readonly fn: TargetFacts; readonly answers: Map<string, Answer> } | undefined;
  const learn = (arn: string, layer: LayerVersionArn, fn: TargetFacts): KnownLayer => {
    const match = matcher(layer);
    const known: KnownLayer =
      match && variesWithFunctions(match.declared)
        ? { isFixed: false, match, nameKey: nameKeyOf(match.declared) }
        : { isFixed: true, answer: match && targetFor(match, layer, fn) };
    layers.set(arn, known);
    return known;
  };
  const answersFor = (fn: TargetFacts) => {
    const key = `${fn.region} ${fn.account} ${fn.runtime} ${fn.architectures?.join()}`;
    const answers = byFacts.get(key) ?? new Map<string, Answer>();
    byFacts.set(key, answers);
    last = { fn, answers };
    return answers;
  };
  return (layer, fn) => {
    const arn = layerArn(layer);
    const known = layers.get(arn) ?? learn(arn, layer, fn);
    if (known.isFixed) return known.answer;
    const answers = last?.fn === fn ? last.answers : answersFor(fn);
    const key = known.nameKey ? `${arn} ${known.nameKey(fn.name)}` : arn;
    const answer = answers.get(key) ?? targetFor(known.match, layer, fn);
    answers.set(key, answer);
    return answer;
  };
}

/**
 * The part of a function's name that makes a difference to an entry: none, unless one of its conditions matches that
 * name.
 */
function nameKeyOf({ variants = [] }: Matchable): ((name: string | undefined) => string) | undefined {
  const texts = new Set(variants.flatMap(({ when }) => when.function ?? []));
  if (texts.size === 0) return undefined;
  const globs = [...texts].filter((text) => text.includes("*")).map(globOf);
  return (name) => {
    if (name === undefined) return "?";
    return texts.has(name) || globs.some((glob) => fitsGlob(name, glob)) ? name : "";
  };
}

const varying = new WeakMap<object, boolean>();

/** Whether what an entry declares differs from function to function. */
export function variesWithFunctions(entry: Matchable): boolean {
  const known = varying.get(entry);
  if (known !== undefined) return known;
  const { arn = "", names = [], variants = [], replaces = [] } = entry;
  const varies = variants.length + replaces.length > 0 || [arn, ...names].some(hasPlaceholder);
  varying.set(entry, varies);
  return varies;
}

/** What a matching entry says about a layer of one function. */
export function targetFor(match: Match, layer: LayerVersionArn, fn: TargetFacts): DeclaredTarget | NoTarget {
  const form = formFor(match.declared, whenFactsOf(fn, layer));
  if ("why" in form) return form;
  const { version } = form;
  if (version === undefined) {
    const which = form.variant ? ` in its variant for ${whenText(form.variant.when)}` : " for this function";
    return noTarget(match.declared, `the entry "${match.declared.key}" has no version${which}`, form.variant);
  }
  const place = placeOf(form, match, layer, fn);
  if (typeof place !== "string") return { ...place, ...(form.variant && { variant: form.variant }) };
  const { enforce } = form;
  const by = place === layerArn(layer) ? {} : { by: place };
  // Its version was just found to be there.
  return { version, enforce, ...by, declared: form as DeclaredForm };
}

/**
 * The same for a function whose name is not known: what all functions get that no variant names. The others get theirs
 * as soon as a pin sees them.
 */
export function targetForMost(
  match: Match,
  layer: LayerVersionArn,
  facts: Omit<TargetFacts, "name">,
): DeclaredTarget | NoTarget {
  return targetFor(match, layer, { ...facts, name: "" });
}

/** The layer that must replace this one, as an ARN without version; or why there is none. */
export function placeOf(
  { arn, names }: Pick<DeclaredFields, "arn" | "names">,
  match: Pick<Match<Matchable>, "declared" | "isReplaced" | "stack">,
  layer: LayerVersionArn,
  fn: TargetFacts,
): string | NoTarget {
  const { declared, isReplaced = false } = match;
  const values = valuesOf(fn, layer);
  const isByOwnName = arn === undefined && names === undefined;
  const wanted = names ?? (isByOwnName ? ownNames(match) : []);
  // A layer with one of the names stays, even if the entry also has an arn.
  const named = isReplaced ? "no" : meansName(wanted, layer.name, values);
  if (named === "yes") return layerArn(layer);
  if (named !== "no") return unknownValue(declared, named.missing);
  const first = arn ?? wanted.find((name) => !name.includes("*"));
  if (first === undefined)
    return noTarget(declared, `the entry "${declared.key}" names no layer that could replace ${layer.name}`);
  const filled = fillIn(first, values);
  if ("missing" in filled) return unknownValue(declared, filled.missing);
  const place = arn === undefined ? layerArn({ ...layer, name: filled.text }) : filled.text;
  // An account that is not recorded is written "?": no reason to call the ARN invalid.
  const region = parseLayerVersionArn(`${place.replace(":?:layer:", ":000000000000:layer:")}:1`)?.region;
  if (region === undefined)
    return noTarget(declared, `"${declared.key}" results in ${place}, which is not a valid layer ARN`);
  const own = fn.region ?? layer.region;
  if (place !== layerArn(layer) && region !== own)
    return noTarget(declared, `the entry "${declared.key}" has no layer for ${own}: its arn is in ${region}`);
  return place;
}

/** The default names of an entry without an arn and names; the first is the one that replaces other layers. */
function ownNames({ declared: { key }, stack }: Pick<Match<Matchable>, "declared" | "stack">): string[] {
  return [`${key}-${stack}`, `${stack}-${key}`, key];
}

function valuesOf(fn: TargetFacts, layer: LayerVersionArn): PlaceholderValues {
  return {
    partition: layer.partition,
    region: fn.region ?? layer.region,
    account: fn.account,
    runtime: fn.runtime === undefined ? undefined : runtimeInName(fn.runtime),
    architecture: architectureOf(fn),
  };
}

/** Whether a layer's name is one of an entry's names, or what would have to be known to tell. */
function meansName(
  names: readonly string[],
  name: string,
  values: PlaceholderValues,
): "yes" | "no" | { readonly missing: PlaceholderName } {
  let missing: PlaceholderName | undefined;
  for (const one of names) {
    const filled = fillIn(one, values);
    if ("missing" in filled) missing ??= filled.missing;
    else if (fitsGlob(name, globOf(filled.text))) return "yes";
  }
  return missing === undefined ? "no" : { missing };
}

function unknownValue(declared: Matchable, missing: PlaceholderName): NoTarget {
  const key = (missing === "stack" || missing === "partition" ? "region" : missing) satisfies WhenKey;
  return { ...noTarget(declared, `the ${factNames[key]} is unknown, and {${missing}} stands for it`), unknown: key };
}

/** The facts that an entry depends on: the only ones that a program has to look up. */
export function factsNeeded({ arn = "", names = [], variants = [] }: Matchable): ReadonlySet<WhenKey> {
  const texts = [arn, ...names, ...variants.flatMap(({ fields }) => [fields.arn ?? "", ...(fields.names ?? [])])];
  const placed = texts.flatMap(placeholdersIn).filter((name) => name !== "stack" && name !== "partition");
  return new Set([...placed, ...variants.flatMap(({ when }) => Object.keys(when))] as WhenKey[]);
}
