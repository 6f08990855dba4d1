import { layerArn } from "../core/arn";
import type { Standing } from "../core/assess";
import {
  type DeclaredLayer,
  type DeclaredLayers,
  declaredAt,
  declareFor,
  shortStackName,
} from "../core/config/declared";
import type { LayerConfig } from "../core/config/parse";
import { sharedLayerName } from "../core/estate";
import { createMatcher } from "../core/match";
import { didYouMean, misspelt } from "../core/nearest";
import { listNames } from "../core/text";
import type { Ports } from "../ports";
import type { Assessment, AssessRequest } from "./assess";
import { stacksIfKnown } from "./estate";
import { notInAws } from "./live/names";
import { whereOf } from "./live/read";
import { namedInConditions, programNameWarnings } from "./report-standings";
import { ifPossible } from "./steps";

/** A part of a config that matches nothing, as far as known. */
export interface UnusedPart {
  readonly code: "stack-unknown" | "function-unknown";
  readonly message: string;
}

/** Stacks that a config names and the project does not have. Empty if Pulumi cannot be asked. */
export async function unknownStacks(ports: Ports, config: LayerConfig, stack: string): Promise<UnusedPart[]> {
  const named = otherStacks(config, stack);
  // A config above the project may belong to other projects too.
  if (named.length === 0 || config.file.startsWith("..")) return [];
  const known = (await stacksIfKnown(ports)).map(shortStackName);
  if (known.length === 0) return [];
  return named
    .filter(({ name }) => !known.includes(name))
    .map(({ name, at, what }) => ({
      code: "stack-unknown",
      message: `${at}: ${what} has no effect: this project has no stack ${name}. ${didYouMean(name, known) ?? `Its stacks are: ${known.join(", ")}.`}`,
    }));
}

/**
 * Warnings about stacks that a config seems to misspell, from the project's files alone. A stack need not have one, so
 * names count only if the stack in use has one, and if another that has one is similar and not named itself.
 */
export async function misspeltStacks(ports: Ports, config: LayerConfig, stack: string): Promise<string[]> {
  const named = otherStacks(config, stack);
  if (named.length === 0 || config.file.startsWith("..")) return [];
  const configured = await ports.stacks.configured();
  if (!configured.includes(shortStackName(stack))) return [];
  const unnamed = configured.filter(
    (name) => name === shortStackName(stack) || named.every((one) => one.name !== name),
  );
  return named.flatMap(({ name, at, what }) => {
    const meant = configured.includes(name) ? undefined : didYouMean(name, unnamed);
    return meant === undefined
      ? []
      : `${at}: ${what} may have no effect: this project has no configuration for a stack ${name}. ${meant}`;
  });
}

/** The stacks other than the one in use that a config names, and where. */
function otherStacks(config: LayerConfig, stack: string) {
  return [
    ...[...config.overrides].map(([name, entries]) => {
      const line = [...entries.values()][0]?.source.line;
      return { name, at: `${config.file}${line === undefined ? "" : `:${line}`}`, what: `stack_overrides.${name}` };
    }),
    ...Object.keys(config.settings.stackNames).map((name) => ({
      ...{ name, at: config.file, what: `settings.stack_names.${name}` },
    })),
  ].filter(({ name }) => name !== shortStackName(stack));
}

/**
 * Functions that conditions name in full and that neither the stack nor AWS has, if AWS could be asked; otherwise only
 * those named as the program does.
 */
export async function unknownFunctions(
  ports: Ports,
  { settings }: LayerConfig,
  declared: DeclaredLayers,
  { functions, live, misnamed, where: lookedIn }: Pick<Assessment, "functions" | "live" | "misnamed" | "where">,
): Promise<UnusedPart[]> {
  if (!live.read) return misnamed.map((message) => ({ code: "function-unknown", message }));
  const known = new Set(functions.map(({ name }) => name));
  const named = namedInConditions(declared).filter(({ name }) => !known.has(name));
  if (named.length === 0) return [];
  const regions = [...new Set([...functions, ...named.flatMap((one) => one.regions)].flatMap(regionOf))];
  const names = [...new Set(named.map(({ name }) => name))];
  const where = whereOf(ports, settings.region, { regions });
  const missing = await ifPossible(
    () => notInAws(ports, names, where),
    () => [],
  );
  const asInProgram = programNameWarnings(named, functions);
  return named
    .filter(({ name }) => missing.includes(name))
    .map((one) => {
      const { name, at, key } = one;
      const hint = didYouMean(name, [...known]);
      const nowhere = `${at}: a variant of ${key} is for function ${name}, which does not exist in ${lookedIn}.${hint ? ` ${hint}` : ""}`;
      return { code: "function-unknown", message: asInProgram.get(one) ?? nowhere };
    });
}

/**
 * Warnings about entries that are about no layer of the functions although a similar one is not declared: the others may
 * be for other stacks or projects. None if not all of the stack's layers were looked at.
 */
export function misspeltEntries(
  config: LayerConfig,
  stack: string,
  { functions = [], exclude = [] }: Pick<AssessRequest, "functions" | "exclude">,
  assessment: Assessment,
): string[] {
  const { standings, recorded, live } = assessment;
  const isPartial = functions.length + exclude.length > 0 || (recorded === undefined && !live.read);
  if (isPartial || standings.some(({ layer }) => layer === undefined)) return [];
  const declared = declareFor(config, stack);
  const used = new Set(standings.flatMap(({ target, noTarget }) => (target ?? noTarget)?.declared?.key ?? []));
  const unused = declared.layers.filter((one) => !used.has(one.key) && meantLayer(one, declared, standings));
  return unusedEntries(unused, config, declared, assessment);
}

/** The undeclared layer that an entry probably means, as it would be written; undefined if none is similar. */
function meantLayer(
  { key, names, arn }: DeclaredLayer,
  { stack }: DeclaredLayers,
  standings: readonly Standing[],
): string | undefined {
  const open = standings.flatMap(({ verdict, layer }) => (verdict === "undeclared" && layer ? [layer] : []));
  const isByKey = arn === undefined && names === undefined;
  const found = new Map(open.map((layer) => [isByKey ? withoutStack(layer.name, stack) : layer.name, layer]));
  const own = arn === undefined ? (names ?? [key]) : [arn.slice(arn.lastIndexOf(":") + 1)];
  const meant = own.flatMap((name) => misspelt(name, [...found.keys()]) ?? [])[0];
  const layer = meant === undefined ? undefined : found.get(meant);
  if (isByKey || !layer) return meant;
  return arn === undefined ? sharedLayerName(layer.name, stack) : layerArn(layer);
}

/** A layer's name as an entry has it, which stands for the name with the stack's too. */
function withoutStack(name: string, stack: string): string {
  return sharedLayerName(name, stack).replace(/-?\{stack\}-?/, "");
}

/**
 * Warnings about entries that are about no layer of the functions: nothing has one, or others take all of them.
 * @param unused the entries
 */
export function unusedEntries(
  unused: readonly DeclaredLayer[],
  config: LayerConfig,
  declared: DeclaredLayers,
  { standings, matcher, where }: Pick<Assessment, "standings" | "matcher" | "where">,
): string[] {
  const layers = new Map(standings.flatMap(({ layer }) => (layer ? [[layerArn(layer), layer] as const] : [])));
  return unused.map((entry) => {
    const isOwn = createMatcher({ ...declared, layers: [entry] });
    const takers = [...layers.values()].flatMap((layer) => (isOwn(layer) ? (matcher(layer) ?? []) : []));
    const keys = [...new Set(takers.map((taker) => taker.declared.key))];
    const at = declaredAt(entry);
    if (keys.length === 0) {
      const meant = meantLayer(entry, declared, standings);
      return `${at}: "${entry.key}" matches no layer in ${where}.${meant ? ` Did you mean ${meant}?` : ""}`;
    }
    if (!takers.every(({ isReplaced }) => isReplaced))
      return `${at}: "${entry.key}" has no effect: ${listNames(keys)} matches all of its layers more closely.`;
    // What only one stack's override replaces, others still have.
    const isEverywhere = keys.every((key) => config.layers.get(key)?.fields.replaces);
    return `${at}: ${listNames(keys)} ${keys.length === 1 ? "replaces" : "replace"} every layer of "${entry.key}", which therefore has no effect${isEverywhere ? ": remove it" : " in this stack"}.`;
  });
}

function regionOf(one: string | { readonly region: string | undefined }): string[] {
  const region = typeof one === "string" ? one : one.region;
  return region === undefined || region.includes("*") ? [] : [region];
}
