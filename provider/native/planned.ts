import { layerName } from "../../sdk/core/moves";
import type { Checked, Recorded, RecordedVersion, Target, Versions } from "../resource/record";
import { unknown } from "../resource/selection";
import { satisfies, targetVersions } from "../resource/versions";

/** One function in a plan or update. */
export interface FunctionStanding {
  readonly name: string;
  /** Layer to its known version before the update, or to the full ARN of the layer that it replaces. */
  readonly from: Versions[string];
  /** Layer to its version afterwards. A version that this update publishes is the engine's text for unknown. */
  readonly to: Readonly<Record<string, number | string>>;
  readonly moves: boolean;
}

/**
 * The functions' current and target versions, from a check's result.
 * @param moving the names of functions that the check found at other versions; undefined if unknown: the record decides
 */
export function standingsOf(
  checked: Checked,
  olds: Partial<Recorded> | undefined,
  moving?: ReadonlySet<string>,
): FunctionStanding[] {
  const { before, drift, lost } = checked;
  return Object.entries(checked.functions).map(([name, targets]) => {
    const recorded = { ...olds?.functions?.[name], ...givingWay(name, checked, olds) };
    const last: Versions[string] = { ...before[name], ...recorded, ...drift?.[name] };
    const keys = Object.keys(targets).filter((key) => lost?.[name]?.[key] === undefined && last[key] !== undefined);
    const from = Object.fromEntries(keys.map((key) => [key, last[key] as RecordedVersion]));
    const to = Object.fromEntries(
      Object.entries(targets).map(([key, target]) => [key, versionAfter(from[key], target)]),
    );
    // A run that nothing was recorded of, or somebody else, may have moved it already.
    const isThere = moving?.has(name) === false && !Object.values(to).includes(unknown);
    if (isThere) return { name, from: to as Versions[string], to, moves: false };
    return { name, from, to, moves: Object.keys(to).some((key) => to[key] !== from[key]) };
  });
}

/** Keyed by new layers, the full ARNs of the recorded layers that they replace. */
function givingWay(
  name: string,
  { functions, moves }: Checked,
  olds: Partial<Recorded> | undefined,
): Record<string, RecordedVersion> {
  const keysOf = (arn: string) => [layerName(arn), arn];
  return Object.fromEntries(
    Object.entries(moves?.[name] ?? {}).flatMap(([arn, text]) => {
      const comes = text.slice(0, text.lastIndexOf(":"));
      const key = keysOf(comes).find((one) => functions[name]?.[one] !== undefined);
      const [last] = keysOf(arn).flatMap((one) => olds?.functions?.[name]?.[one] ?? []);
      if (key === undefined || last === undefined) return [];
      return [[key, typeof last === "number" ? `${arn}:${last}` : last]];
    }),
  );
}

/** The versions after an update, as far as a preview can tell. */
export function plannedVersions(standings: readonly FunctionStanding[]): Record<string, FunctionStanding["to"]> {
  return Object.fromEntries(standings.map(({ name, to }) => [name, to]));
}

function versionAfter(live: RecordedVersion | undefined, target: Target): number | string {
  if (live !== undefined && satisfies(live, target)) return live;
  return isTarget(target) ? (targetVersions({ layer: target }).layer ?? target) : target;
}

/** Whether it is a target, rather than the engine's text for unknown. */
function isTarget(target: Target): boolean {
  return typeof target === "number" || target.startsWith(">=");
}
