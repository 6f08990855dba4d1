import { type Checked, type Recorded, satisfies, type Target, targetVersions, type Versions } from "../record";

/** One function as a plan or an update has it. */
export interface FunctionStanding {
  readonly name: string;
  /** Layer to the version that is known to be there before the update. */
  readonly from: Versions[string];
  /** Layer to the version that it has afterwards. A version that this update publishes is the engine's text for unknown. */
  readonly to: Readonly<Record<string, number | string>>;
  readonly moves: boolean;
}

/** Where the functions stand and where they are going, by what a check came to. */
export function standingsOf(checked: Checked, olds: Partial<Recorded> | undefined): FunctionStanding[] {
  const { before, drift, lost } = checked;
  return Object.entries(checked.functions).map(([name, targets]) => {
    const last = { ...before[name], ...olds?.functions?.[name], ...drift?.[name] };
    const keys = Object.keys(targets).filter((key) => lost?.[name]?.[key] === undefined && last[key] !== undefined);
    const from = Object.fromEntries(keys.map((key) => [key, last[key] as number]));
    const to = Object.fromEntries(
      Object.entries(targets).map(([key, target]) => [key, versionAfter(from[key], target)]),
    );
    return { name, from, to, moves: Object.keys(to).some((key) => to[key] !== from[key]) };
  });
}

/** The versions that an update leaves, as far as a preview can tell. */
export function plannedVersions(standings: readonly FunctionStanding[]): Record<string, FunctionStanding["to"]> {
  return Object.fromEntries(standings.map(({ name, to }) => [name, to]));
}

function versionAfter(live: number | undefined, target: Target): number | string {
  if (live !== undefined && satisfies(live, target)) return live;
  return isTarget(target) ? (targetVersions({ layer: target }).layer ?? target) : target;
}

/** Whether it is a target, and not the engine's text for what is not known yet. */
function isTarget(target: Target): boolean {
  return typeof target === "number" || target.startsWith(">=");
}
