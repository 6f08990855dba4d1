import type { Standing } from "../core/assess";
import { type DeclaredLayers, declaredAt } from "../core/config/declared";
import { count, listNames } from "../core/text";

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
