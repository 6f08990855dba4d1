import type { Standing } from "../core/assess";
import { listNames } from "../core/text";

/**
 * Warnings about a config that matches no layer of any function at all, which is a mistyped name or another stack's
 * config more often than it is meant. Nothing if a layer matches, or if one that is a secret may do so.
 * @param where whose functions were looked at, such as `the state of dev`
 * @param config the file, as messages name it
 */
export function unmatchedWarnings(standings: readonly Standing[], where: string, config: string): string[] {
  if (standings.some(({ target, layer }) => target !== undefined || layer === undefined)) return [];
  const names = [...new Set(standings.flatMap(({ layer }) => layer?.name ?? []))];
  if (names.length === 0) return [`${config} matches nothing: no function in ${where} has layers.`];
  return [`${config} matches no layer of the functions in ${where}. They have: ${listNames(names)}.`];
}
