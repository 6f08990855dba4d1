import { layerArn } from "../core/arn";
import type { Standing } from "../core/assess";
import { type DeclaredLayers, declaredAt } from "../core/config/declared";
import { whenText } from "../core/config/when";
import type { Exception } from "../core/exceptions";
import { labelsOf, type NamedFunction } from "../core/function-arn";
import type { Matcher } from "../core/match";
import { count, listNames } from "../core/text";
import type { Reporter } from "../ports";

/** Warnings about standings besides their versions: layers that a function has twice. */
export function warningsOf(
  standings: readonly Standing[],
  label: (fn: NamedFunction) => string = labelsOfStandings(standings),
): string[] {
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

/** Display names for the functions of standings. */
export function labelsOfStandings(standings: readonly Standing[]): (fn: NamedFunction) => string {
  return labelsOf(standings.map(({ fn }) => fn));
}

/** With `--verbose`, reports once per layer which entry declares it and why, or that none does. */
export function reportMatches(reporter: Reporter, standings: readonly Standing[], matcher: Matcher): void {
  const layers = new Map(standings.flatMap(({ layer }) => (layer ? [[layerArn(layer), layer] as const] : [])));
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

/**
 * Warnings about names in `replaces` that match no layer of the functions, while a layer has that name plus the
 * stack's: entry names match that too, names in `replaces` do not.
 */
export function replacesWarnings({ layers, stack }: DeclaredLayers, standings: readonly Standing[]): string[] {
  const users = Map.groupBy(standings, ({ layer }) => layer?.name);
  return layers.flatMap((entry) =>
    (entry.replaces ?? []).flatMap((text) => {
      if (text.startsWith("arn:") || text.includes("*") || users.has(text)) return [];
      const [meant, written] =
        [
          [`${text}-${stack}`, `${text}-{stack}`],
          [`${stack}-${text}`, `{stack}-${text}`],
        ].find(([name]) => users.has(name)) ?? [];
      const own = users.get(meant) ?? [];
      // Another name of the same entry may be the one that was meant.
      if (meant === undefined || own.every(({ target }) => target?.declared?.key === entry.key)) return [];
      const number = new Set(own.map(({ fn }) => fn)).size;
      return [
        `${declaredAt(entry)}: "replaces" of ${entry.key} names ${text}, which no function has. ${meant} is used by ${count(number, "function")}: to replace it, write "${written}".`,
      ];
    }),
  );
}
