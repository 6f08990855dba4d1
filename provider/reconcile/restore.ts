import { LayersError } from "../../sdk/core/errors";
import type { LiveFunction } from "../../sdk/core/live";
import { layerName, movesBetween } from "../../sdk/core/moves";
import { moveLine } from "../../sdk/core/report";
import { listNames } from "../../sdk/core/text";
import type { AwsPort } from "../../sdk/ports";
import { say } from "../host/say";
import type { LayerMoves, LayerVersionsOf, Recorded, RecordedVersion, Versions } from "../resource/record";
import { liveVersion, withTargets } from "../resource/versions";
import { CredentialsWatch, isCancelled, reasonsOf } from "./outcomes";

// The engine runs the whole update in one process of this provider: a resource deleted in that update is no longer
// responsible for functions that another one claims, as after a rename without an alias.
const claimed = new Set<string>();

/** Notes that a resource of the program reconciles these functions. */
export function claim(functions: readonly Pick<LiveFunction, "arn">[]): void {
  for (const { arn } of functions) claimed.add(arn);
}

/** What is needed to restore a function. */
export interface Restore {
  /** Layer to the version found before the first change; only for layers that are as this resource left them. */
  readonly versions: LayerVersionsOf;
  /** A line for each layer that someone else has changed since. */
  readonly changed: readonly string[];
}

/** The restorable layers of one function: those that the resource still records and that are as it left them. */
export function planRestore(fn: LiveFunction, { functions, before, left }: Recorded): Restore {
  const versions: Record<string, RecordedVersion> = {};
  const changed: string[] = [];
  for (const [layer, first] of Object.entries(before[fn.name] ?? {})) {
    const last = left?.[fn.name]?.[layer] ?? functions[fn.name]?.[layer];
    if (last === undefined || last === first) continue;
    const now = liveVersion(fn.layers, layer, [first, last]);
    if (now === last) versions[layer] = first;
    else if (now !== first) changed.push(changedLine(fn.name, layer, now, last));
  }
  return { versions, changed };
}

function changedLine(name: string, layer: string, now: RecordedVersion | undefined, last: RecordedVersion): string {
  const is = now === undefined ? "is no longer attached" : `is at version ${now}`;
  return `Function ${name}: Layer ${layer} ${is}, not at version ${last} as this resource left it, so it is not restored.`;
}

/**
 * Restores the versions found before the first change, a line for each, and lists what stays.
 * @throws LayersError `aws-update-failed`, naming each function that was not restored
 */
export async function restore(aws: AwsPort, record: Recorded): Promise<void> {
  const names = Object.keys(record.before).filter((name) => name in record.functions || record.left?.[name]);
  const others = Object.keys(record.before).filter((name) => !names.includes(name));
  if (others.length > 0) say(`No longer recorded, so not restored: ${listNames(others)}.`);
  if (names.length === 0) return;
  const { functions } = await aws.listFunctions({ names });
  const taken = functions.filter(({ arn }) => claimed.has(arn));
  if (taken.length > 0)
    say(
      `Now recorded by another LayerVersions of the program, so not restored: ${listNames(taken.map(({ name }) => name))}.`,
    );
  const own = functions.filter(({ arn }) => !claimed.has(arn));
  for (const fn of own) for (const line of planRestore(fn, record).changed) say(line);
  const credentials = new CredentialsWatch();
  const outcomes = await aws.reconcile(own, (fn) => withTargets(fn, planRestore(fn, record).versions), {
    signal: credentials.signal,
    onOutcome(outcome) {
      credentials.note(outcome);
      const { function: name, before, after } = outcome;
      for (const move of movesBetween(before, after)) say(moveLine(name, move));
    },
  });
  const reasons = reasonsOf(outcomes, "restored");
  if (reasons.length === 0) return;
  throw new LayersError("aws-update-failed", ["Not every function was restored:", ...reasons], {
    next: isCancelled(outcomes)
      ? "Run `pulumi destroy` again."
      : "The others have their original layers again. Run `pulumi destroy` again; to destroy without restoring, first set onDelete to keep and run `pulumi up`.",
  });
}

/**
 * The versions that this resource had set, for layers that someone else has moved or removed since.
 * @param live as they are now
 */
export function leftVersions({ functions = {}, left }: Partial<Recorded>, live: Versions): Versions {
  const changed: Record<string, Record<string, RecordedVersion>> = {};
  for (const name of Object.keys({ ...left, ...functions })) {
    for (const [layer, version] of Object.entries({ ...functions[name], ...left?.[name] })) {
      if (live[name]?.[layer] !== version) changed[name] = { ...changed[name], [layer]: version };
    }
  }
  return changed;
}

/** Whether another layer replaces one, with its original version. */
function givesWay(key: string, moves: LayerMoves[string] = {}): boolean {
  return Object.keys(moves).some((arn) => arn === key || layerName(arn) === key);
}

/** A preview's lines about recorded functions that the resource no longer covers, if it restores on delete. */
export function leavingLines(
  was: { readonly functions?: Readonly<Record<string, object>>; readonly before?: Versions },
  is: Readonly<Record<string, object>>,
  moves: LayerMoves = {},
): string[] {
  return Object.entries(was.before ?? {}).flatMap(([name, layers]) => {
    if (was.functions?.[name] === undefined) return [];
    const first = Object.entries(layers).map(([layer, version]) => `${layer} ${version}`);
    if (is[name] === undefined)
      return `Function ${name} is no longer selected: it keeps its layers, and its original versions (${first.join(", ")}) will not be restored.`;
    return Object.entries(layers)
      .filter(([layer]) => !(layer in (is[name] ?? {})) && !givesWay(layer, moves[name]))
      .map(
        ([layer, version]) =>
          `Function ${name}: Layer ${layer} is no longer declared: it is not changed, and version ${version} will not be restored.`,
      );
  });
}
