import { shortStackName } from "./config/declared";
import { fitsGlob, globOf, isGlob } from "./glob";
import { count } from "./text";

/** One stack in a run over many. */
export interface StackSite {
  readonly stack: string;
  /** The project's folder relative to the working directory; undefined if the run covers one project. */
  readonly folder?: string;
}

/** How messages name a stack, or a project as a whole: `dev`, `dev of services/billing`, `project services/billing`. */
export function siteLabel({ stack, folder }: { readonly stack?: string; readonly folder?: string }): string {
  if (stack === undefined) return `project ${folder}`;
  return folder === undefined ? stack : `${stack} of ${folder}`;
}

/** Whether a run's stacks must be looked up, rather than taken by name. */
export function isLookedUp(patterns: readonly string[]): boolean {
  return patterns.some(isGlob);
}

// The name that backends without organizations use.
const onlyOrganization = "organization";

/**
 * The stacks of a project that match names and globs, in their order and without duplicates. Both are compared with
 * short and full names.
 * @param listed the project's stacks, as Pulumi lists them
 * @param project the project's name, if known: then `org/project/stack` matches only this project's stacks
 * @returns the stacks, and the patterns that match none
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

/** A stack's name as Pulumi lists it, its short name, and, if known, its full name. */
function spellingsOf(name: string, project: string | undefined): string[] {
  const short = shortStackName(name);
  const [organization = onlyOrganization, ...others] = name.split("/").slice(0, -1);
  return [name, short, ...(project === undefined || others.length > 0 ? [] : [`${organization}/${project}/${short}`])];
}

/** A stack by its full name. Pulumi does not list the organization, but reports a wrong one when asked for the stack. */
function namedInFull(pattern: string, names: readonly string[], project: string | undefined): string[] {
  const [, itsProject, stack, ...others] = pattern.split("/");
  const isFull = !isGlob(pattern) && stack !== undefined && others.length === 0 && itsProject === project;
  return isFull && names.some((name) => shortStackName(name) === stack) ? [pattern] : [];
}

/** How many stacks in a run may fail. */
export type Tolerance = { readonly count: number } | { readonly percent: number };

/** Parses `0`, `5` or `10%`; undefined for anything else. */
export function parseTolerance(text: string): Tolerance | undefined {
  const [, digits, sign] = /^(\d{1,7}(?:\.\d{1,3})?)(%?)$/.exec(text.trim()) ?? [];
  const value = Number(digits);
  if (digits === undefined) return undefined;
  if (sign) return value <= 100 ? { percent: value } : undefined;
  return Number.isInteger(value) ? { count: value } : undefined;
}

/** Whether more stacks have failed than allowed. A share is rounded down to whole stacks. */
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
