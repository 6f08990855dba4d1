import { shortStackName } from "./config/declared";
import { fitsGlob, globOf, isGlob } from "./glob";
import { count } from "./text";

/** One stack of a run over many. */
export interface StackSite {
  readonly stack: string;
  /** The project's folder below the working directory, `.` for that itself; undefined if the run is of one project. */
  readonly folder?: string;
}

/** How messages name a stack, or a project as a whole: `dev`, `dev of services/billing`, `project services/billing`. */
export function siteLabel({ stack, folder }: { readonly stack?: string; readonly folder?: string }): string {
  if (stack === undefined) return `project ${folder}`;
  return folder === undefined ? stack : `${stack} of ${folder}`;
}

/** Whether a run is over what a lookup finds, rather than over names that are taken as they are. */
export function isLookedUp(patterns: readonly string[]): boolean {
  return patterns.some(isGlob);
}

// What backends without organizations call theirs.
const onlyOrganization = "organization";

/**
 * The stacks of a project that names and globs mean, in the order of these and each once. Both are compared with short
 * and with full names.
 * @param listed the project's stacks, as Pulumi lists them
 * @param project the project's name, if that is known: then `org/project/stack` means this project's stacks alone
 * @returns the stacks, and the patterns that mean none
 */
export function stacksMeant(patterns: readonly string[], listed: readonly string[], project?: string) {
  const names = listed.toSorted();
  const found = patterns.map((pattern) => {
    const glob = globOf(pattern);
    const fitting = names.filter((name) => spellingsOf(name, project).some((one) => fitsGlob(one, glob)));
    return fitting.length > 0 ? fitting : namedInFull(pattern, names, project);
  });
  return {
    stacks: [...new Set(found.flat())],
    missing: patterns.filter((_, index) => found[index]?.length === 0),
  };
}

/** A stack's name as Pulumi lists it, short, and in full as far as that is known. */
function spellingsOf(name: string, project: string | undefined): string[] {
  const short = shortStackName(name);
  const [organization = onlyOrganization, ...others] = name.split("/").slice(0, -1);
  return [name, short, ...(project === undefined || others.length > 0 ? [] : [`${organization}/${project}/${short}`])];
}

/** The stack of a full name whose organization Pulumi does not list: it will tell if it is not that. */
function namedInFull(pattern: string, names: readonly string[], project: string | undefined): string[] {
  const [, itsProject, stack, ...others] = pattern.split("/");
  const isFull = !isGlob(pattern) && stack !== undefined && others.length === 0 && itsProject === project;
  return isFull && names.some((name) => shortStackName(name) === stack) ? [pattern] : [];
}

/** How many stacks of a run may fail. */
export type Tolerance = { readonly count: number } | { readonly percent: number };

/** Parses `0`, `5` or `10%`; undefined for anything else. */
export function parseTolerance(text: string): Tolerance | undefined {
  const [, digits, sign] = /^(\d{1,7}(?:\.\d{1,3})?)(%?)$/.exec(text.trim()) ?? [];
  const value = Number(digits);
  if (digits === undefined) return undefined;
  if (sign) return value <= 100 ? { percent: value } : undefined;
  return Number.isInteger(value) ? { count: value } : undefined;
}

/** Whether more stacks have failed than may. A share is rounded down to whole stacks. */
export function isExceeded(failed: number, stacks: number, tolerance: Tolerance | undefined): boolean {
  if (tolerance === undefined) return false;
  const most = "count" in tolerance ? tolerance.count : Math.floor((stacks * tolerance.percent) / 100);
  return failed > most;
}

/** `36 stacks of 12 projects`; without projects `3 stacks`. */
export function countSites(sites: readonly StackSite[]): string {
  const stacks = count(sites.length, "stack");
  const folders = new Set(sites.flatMap(({ folder }) => folder ?? []));
  return folders.size > 0 ? `${stacks} of ${count(folders.size, "project")}` : stacks;
}

/** A layer's name as several stacks share it: `receipt-dynamo-{stack}` for `receipt-dynamo-dev` of stack `dev`. */
export function sharedLayerName(name: string, stackName: string): string {
  const stack = shortStackName(stackName);
  if (name.endsWith(`-${stack}`)) return `${name.slice(0, -stack.length)}{stack}`;
  return name.startsWith(`${stack}-`) ? `{stack}${name.slice(stack.length)}` : name;
}
