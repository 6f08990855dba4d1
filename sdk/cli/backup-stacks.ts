import { fitsGlob, globOf, isGlob } from "../core/glob";
import type { Ports } from "../ports";

/**
 * The stacks whose backups are selected: names as given, and for a glob the stacks that have any; undefined means all.
 * @param patterns the values of `--stack`
 */
export async function stacksOfBackups(
  { backups }: Ports,
  patterns: readonly string[] | undefined,
): Promise<(string | undefined)[]> {
  if (patterns === undefined) return [undefined];
  const known = patterns.some(isGlob) ? (await backups.list()).map(({ stack }) => stack.replaceAll("+", "/")) : [];
  const meant = patterns.flatMap((one) => (isGlob(one) ? known.filter((name) => fitsGlob(name, globOf(one))) : [one]));
  return [...new Set(meant)];
}
