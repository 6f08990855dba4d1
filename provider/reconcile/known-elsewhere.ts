import type { LiveFunction } from "../../sdk/core/live";
import { listNames } from "../../sdk/core/text";
import { type LayerVersionsOf, type OtherRecord, type Settings, sameTarget, type Versions } from "../resource/record";
import { liveVersion } from "../resource/versions";
import { readJournals } from "./journal";

/** The known original versions of functions that a resource does not record yet. */
export interface KnownElsewhere {
  readonly before: Versions;
  /** The preview's lines about it. */
  readonly lines: readonly string[];
  /** The journals used. */
  readonly journals: readonly string[];
}

/**
 * The original layers of functions, from another resource of the stack or the journal of an interrupted update. A
 * renamed resource continues with the record of its old name, and a replaced one with its own.
 * @param live functions that the resource does not record
 */
export async function knownElsewhere(
  live: readonly LiveFunction[],
  others: readonly OtherRecord[],
  settings: Settings,
): Promise<KnownElsewhere> {
  const before: Record<string, LayerVersionsOf> = {};
  const lines: string[] = [];
  for (const other of others) {
    if (!sameTarget(other, settings)) continue;
    const shared = live.filter(({ name }) => other.functions[name] !== undefined);
    if (shared.length === 0) continue;
    for (const { name } of shared) if (other.before[name]) before[name] ??= other.before[name];
    if (other.isOwn) continue;
    lines.push(
      `These functions are also recorded by ${other.name}: ${listNames(shared.map(({ name }) => name))}. If that is this resource's old name, no function changes and their original versions are kept; with \`aliases: [{ name: "${other.name}" }]\` nothing is deleted either. If both resources stay, give each its own functions.`,
    );
  }
  const journals: string[] = [];
  const resumed: string[] = [];
  for (const journal of await readJournals()) {
    const begun = live.filter(({ arn }) => journal.before[arn] !== undefined);
    if (begun.length > 0) journals.push(journal.file);
    for (const fn of begun) {
      const first = journal.before[fn.arn] ?? {};
      if (!isUntouched(fn, first, journal.after[fn.arn] ?? {}) || before[fn.name]) continue;
      before[fn.name] = first;
      resumed.push(fn.name);
    }
  }
  if (resumed.length > 0)
    lines.push(
      `An interrupted update had already started on these functions; their original versions are known: ${listNames(resumed)}.`,
    );
  return { before, lines, journals };
}

/** Whether all layers are as an interrupted update found them, or as planned by it. */
function isUntouched(fn: LiveFunction, before: LayerVersionsOf, after: LayerVersionsOf): boolean {
  return Object.keys(before).every((key) => {
    const known = [before[key], after[key]];
    return known.includes(liveVersion(fn.layers, key, known));
  });
}
