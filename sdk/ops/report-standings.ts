import { type LayerVersionArn, layerArn } from "../core/arn";
import type { AssessedFunction, Standing } from "../core/assess";
import { type DeclaredLayers, declaredAt } from "../core/config/declared";
import { whenText } from "../core/config/when";
import { sharedLayerName } from "../core/estate";
import type { Exception } from "../core/exceptions";
import { labelsOf, type NamedFunction } from "../core/function-arn";
import type { Matcher } from "../core/match";
import { misspelt } from "../core/nearest";
import { logicalName } from "../core/selection";
import { count, listNames } from "../core/text";
import type { Reporter } from "../ports";

/** Warnings about standings besides their versions: layers that a function has twice. */
export function warningsOf(standings: readonly Standing[]): string[] {
  const label = labelsOfStandings(standings);
  return standings.flatMap(({ fn, layer, isTwice }) =>
    layer && isTwice
      ? [`Function ${label(fn)} has layer ${layer.name} more than once, which Lambda does not allow. Keep one of them.`]
      : [],
  );
}

/** Warnings about exceptions: those that have expired, and those that change nothing. */
export function exceptionWarnings(exceptions: readonly Exception[]): string[] {
  return exceptions.flatMap((one) => {
    const { entry, when, at, until, expired, functions, needed, reason } = one;
    const which = `The exception of ${entry} for ${whenText(when)} (${at})`;
    const why = reason === undefined ? "" : ` (reason: ${reason})`;
    // An exception for functions elsewhere is reported there.
    if (expired && functions === 0) return [];
    if (expired) return [`${which} expired on ${until}${why}. It stays in effect until it is removed.`];
    return functions > 0 && !needed
      ? [`${which} is no longer needed: the same version is declared without it. Remove it.`]
      : [];
  });
}

/** An exception in a line: `base for function special: needs the new client, until 2026-12-31 (layer_config.yaml:8)`. */
export function exceptionText({ entry, when, reason, until, at }: Exception): string {
  const said = [reason ?? "no reason given", ...(until === undefined ? [] : [`until ${until}`])];
  return `${entry} for ${whenText(when)}: ${said.join(", ")} (${at})`;
}

/** What of exceptions needs attention: `, 1 expired, 2 no longer needed`; empty if nothing does. */
export function exceptionsState(exceptions: readonly Exception[]): string {
  const expired = exceptions.filter((one) => one.expired).length;
  const unneeded = exceptions.filter((one) => !one.expired && one.functions > 0 && !one.needed).length;
  return `${expired > 0 ? `, ${expired} expired` : ""}${unneeded > 0 ? `, ${unneeded} no longer needed` : ""}`;
}

/** Display names for the functions of standings. */
export function labelsOfStandings(standings: readonly Standing[]): (fn: NamedFunction) => string {
  return labelsOf(standings.map(({ fn }) => fn));
}

/** With `--verbose`, reports once per layer which entry declares it and why, or that none does. */
export function reportMatches(reporter: Reporter, standings: readonly Standing[], matcher: Matcher): void {
  const layers = new Map<string, LayerVersionArn>();
  for (const { layer } of standings) if (layer) layers.set(layerArn(layer), layer);
  for (const [arn, layer] of layers) {
    const match = matcher(layer);
    if (!match) {
      reporter.verbose(`Layer ${arn} is not declared by any entry`);
      continue;
    }
    const { key, version, enforce } = match.declared;
    const wanted = enforce === "minimum" ? `version ${version} or newer` : `version ${version}`;
    const entry = `"${key}" (${declaredAt(match.declared)})`;
    reporter.verbose(`Layer ${arn} is declared by ${entry}, matched by ${match.rule}: ${wanted}`);
  }
}

/**
 * Warnings about a config that matches no layer of any function, which is usually a mistyped name or another stack's
 * config. None if a layer matches, or if a secret one may.
 * @param where whose functions were looked at, such as `the state of dev`
 * @param config the file, as messages name it
 */
export function unmatchedWarnings(standings: readonly Standing[], where: string, config: string): string[] {
  if (standings.some(({ target, layer }) => target !== undefined || layer === undefined)) return [];
  const names = [...new Set(standings.flatMap(({ layer }) => layer?.name ?? []))];
  if (names.length === 0) return [`${config} matches nothing: no function in ${where} has layers.`];
  return [`${config} matches no layer of the functions in ${where}. They have: ${listNames(names)}.`];
}

/** A function that a condition names in full. */
export interface NamedInCondition {
  readonly name: string;
  /** The entry's name. */
  readonly key: string;
  /** The regions of the condition. */
  readonly regions: readonly string[];
  /** The place of its variant: `layer_config.yaml:8`. */
  readonly at: string;
}

/** The functions that the conditions of a config name in full. */
export function namedInConditions({ layers }: Pick<DeclaredLayers, "layers">): NamedInCondition[] {
  return layers.flatMap(({ key, variants = [] }) =>
    variants.flatMap(({ when, source }) =>
      (when.function ?? [])
        .filter((name) => !name.includes("*"))
        .map((name) => ({ name, key, regions: when.region ?? [], at: declaredAt({ source }) })),
    ),
  );
}

/**
 * Warnings about conditions that name a function as the program does, by what they name: `function` stands for names in
 * AWS.
 */
export function programNameWarnings(
  named: readonly NamedInCondition[],
  functions: readonly Pick<AssessedFunction, "name" | "urn" | "recordedBy">[],
): ReadonlyMap<NamedInCondition, string> {
  if (named.length === 0) return new Map();
  const inAws = new Set(functions.map(({ name }) => name));
  const inProgram = Map.groupBy(
    functions.filter(({ recordedBy }) => recordedBy === "function"),
    ({ urn = "" }) => logicalName(urn),
  );
  return new Map(
    named.flatMap((one) => {
      const { name, key, at } = one;
      const meant = [...new Set((inProgram.get(name) ?? []).map((fn) => fn.name))];
      if (inAws.has(name) || meant.length === 0) return [];
      const message = `${at}: a variant of ${key} is for function ${name}, which is the name in the program; \`function\` needs the name in AWS: ${listNames(meant)}.`;
      return [[one, message] as const];
    }),
  );
}

/**
 * Warnings about names in `replaces` that match no layer of the functions, if one of their layers was probably meant:
 * one with that name plus the stack's, which entry names match and names in `replaces` do not, or one with a similar
 * name.
 */
export function replacesWarnings({ layers, stack }: DeclaredLayers, standings: readonly Standing[]): string[] {
  const users = Map.groupBy(standings, ({ layer }) => layer?.name);
  const written = (name: string) => sharedLayerName(name, stack);
  // The same stack in two names does not make them similar.
  const withoutStack = (name: string) => written(name).replace(/-?\{stack\}-?/, "");
  return layers.flatMap((entry) => {
    const isOwn = ({ target }: Standing) => target?.declared?.key === entry.key;
    // Once it has replaced them, nothing has the names any longer.
    const isUsed = standings.some(isOwn);
    return (entry.replaces ?? []).flatMap((text) => {
      if (text.startsWith("arn:") || text.includes("*") || users.has(text)) return [];
      const said = `${declaredAt(entry)}: "replaces" of ${entry.key} names ${text}, which no function has.`;
      const meant = [`${text}-${stack}`, `${stack}-${text}`].find((name) => users.has(name));
      const own = users.get(meant) ?? [];
      if (meant === undefined) {
        const names = new Map([...users.keys()].flatMap((name) => (name ? [[withoutStack(name), name] as const] : [])));
        // A name that has long been replaced may resemble others: only what is surely a slip counts.
        const near = isUsed ? undefined : names.get(misspelt(withoutStack(text), [...names.keys()]) ?? "");
        return near === undefined ? [] : [`${said} Did you mean ${written(near)}?`];
      }
      // Another name of the same entry may be the one that was meant.
      if (own.every(isOwn)) return [];
      const number = new Set(own.map(({ fn }) => fn)).size;
      return [`${said} ${meant} is used by ${count(number, "function")}: to replace it, write "${written(meant)}".`];
    });
  });
}
