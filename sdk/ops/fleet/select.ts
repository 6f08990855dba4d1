import type { LiveFunction, TagSet } from "../../core/live";
import { isInShard, type Shard } from "../../core/shard";
import type { FunctionFacts } from "../../core/state/facts";
import type { FunctionFilter, RegionPlan, Skipped } from "../plans";
import type { AwsPort, Ports } from "../ports";
import { isOwned } from "../state-plan";
import { type SessionTarget, sideBySide, withSession } from "./sites";

/** Which functions of which accounts and regions are meant. */
export interface FleetSelection {
  /** The functions of a stack's state; undefined: live functions, by name or by tag. */
  readonly recorded: readonly FunctionFacts[] | undefined;
  readonly filter: FunctionFilter;
  /** Live functions that carry all tags of any one of these sets. Empty: those that the filter names. */
  readonly tagSets: readonly TagSet[];
  /** Only these; empty: those of the functions, or `home`. */
  readonly regions: readonly string[];
  /** The accounts of these profiles; empty: the run's own. */
  readonly profiles: readonly string[];
  /** The region of functions that tell none; undefined: the environment's. */
  readonly home: string | undefined;
  readonly shard?: Shard;
}

/** Functions that were found in one account and region. */
export interface FoundFunctions extends RegionPlan {
  /** ARNs of functions that may have published versions which are old. */
  readonly withOldVersions: readonly string[];
  /** ARNs of functions that have an update in progress; undefined where that is not known. */
  readonly busy: readonly string[] | undefined;
}

/** A place to look for functions, with the names or ARNs that are looked for there. */
interface Place extends SessionTarget {
  readonly names: readonly string[];
}

/** What is done with the functions of one account and region while its session is open. */
export type Visit<T> = (aws: AwsPort, found: FoundFunctions) => Promise<T>;

/**
 * Finds the functions that are meant, all accounts and regions side by side: one pass through each.
 * @param isOldVersion which published versions are of interest; absent: none, and they are not read
 * @returns what `visit` made of each account and region, what is left alone, and which functions are nowhere
 * @throws LayersError `aws-credentials`, `aws-permission`, `aws-failed`, `interrupted`
 */
export async function findFleet<T>(
  ports: Ports,
  selection: FleetSelection,
  isOldVersion: ((version: LiveFunction) => boolean) | undefined,
  visit: Visit<T>,
): Promise<{ visited: T[]; skipped: Skipped[]; gone: Skipped[] }> {
  const { places, skipped } = placesOf(await withHome(ports, selection));
  const found = await sideBySide(places, (place) =>
    withSession(ports, place, async (aws) => {
      const { site, missing } = await findFunctions(aws, place, selection, isOldVersion);
      return { region: site.region, missing, value: await visit(aws, site) };
    }),
  );
  const seen = new Set(places.flatMap(({ names }, i) => names.filter((name) => !found[i]?.missing.has(name))));
  const nowhere = new Set(places.flatMap(({ names }) => names.filter((name) => !seen.has(name))));
  const regions = [...new Set(found.map(({ region }) => region))].join(", ");
  const gone = [...nowhere].map((name) => ({
    function: name.slice(name.lastIndexOf(":") + 1),
    reason: `AWS has no such function in ${regions}`,
  }));
  return { visited: found.map(({ value }) => value), skipped, gone };
}

/** Names the environment's region where some functions are to be looked for there. Each profile may have one of its own. */
async function withHome(ports: Ports, selection: FleetSelection): Promise<FleetSelection> {
  const { recorded, regions, profiles, home, filter, tagSets } = selection;
  const isNeeded = recorded
    ? recorded.some(({ region }) => region === undefined)
    : tagSets.length > 0 || filter.functions.some((name) => regionIn(name) === undefined);
  if (!isNeeded || home !== undefined || regions.length > 0 || profiles.length > 0) return selection;
  return { ...selection, home: await withSession(ports, { region: undefined }, async ({ region }) => region) };
}

async function findFunctions(
  aws: AwsPort,
  { names, profile }: Place,
  { filter, tagSets, shard, profiles }: FleetSelection,
  isOldVersion: ((version: LiveFunction) => boolean) | undefined,
): Promise<{ site: FoundFunctions; missing: Set<string> }> {
  // The same name in several accounts is as many functions; an ARN belongs to one.
  const account = profiles.length > 0 ? (await aws.callerIdentity()).account : undefined;
  const [mine, others] = partition(names, (name) => account === undefined || (accountIn(name) ?? account) === account);
  const answer = await aws.listFunctions({ names: mine, tags: tagSets }, { isOldVersion });
  const functions = answer.functions.filter((fn) => isWanted(fn, filter) && (!shard || isInShard(fn.arn, shard)));
  const arns = new Set(functions.map(({ arn }) => arn));
  const site: FoundFunctions = {
    region: aws.region,
    ...(profile !== undefined && { profile }),
    functions,
    withOldVersions: (answer.withOldVersions ?? []).filter((arn) => arns.has(arn)),
    busy: answer.busy?.filter((arn) => arns.has(arn)),
  };
  return { site, missing: new Set([...answer.missing, ...others]) };
}

function partition<T>(items: readonly T[], isIn: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isIn), items.filter((item) => !isIn(item))];
}

/** Whether a function is one of those named, by name or ARN, and not left out. */
function isWanted({ name, arn }: LiveFunction, { functions, exclude }: FunctionFilter): boolean {
  const isIn = (names: readonly string[]) => names.includes(name) || names.includes(arn);
  return (functions.length === 0 || isIn(functions)) && !isIn(exclude);
}

function placesOf(selection: FleetSelection): { places: Place[]; skipped: Skipped[] } {
  const { recorded, filter, tagSets, regions, profiles, home } = selection;
  const skipped: Skipped[] = [];
  const names = new Map<string | undefined, string[]>(regions.map((region) => [region, []]));
  const put = (region: string | undefined, name: string) => {
    const known = names.get(region);
    if (known) known.push(name);
    else names.set(region, [name]);
  };
  const wanted = recorded
    ? recorded.filter((fn) => isOwned(fn) && isWanted({ name: fn.name, arn: fn.arn ?? "" } as LiveFunction, filter))
    : [];
  for (const fn of wanted) {
    const region = fn.region ?? home;
    if (regions.length === 0 || (region !== undefined && regions.includes(region))) put(region, fn.arn ?? fn.name);
    else skipped.push({ function: fn.name, reason: `it is in ${region}, and this run is for ${regions.join(", ")}` });
  }
  if (!recorded && tagSets.length === 0) {
    for (const name of filter.functions) {
      const region = regionIn(name);
      if (region === undefined) for (const one of regions.length > 0 ? regions : [home]) put(one, name);
      else if (regions.length === 0 || regions.includes(region)) put(region, name);
      else skipped.push({ function: name, reason: `it is in ${region}, and this run is for ${regions.join(", ")}` });
    }
  }
  if (tagSets.length > 0 && regions.length === 0) names.set(home, names.get(home) ?? []);
  const places = [...names].flatMap(([region, all]) =>
    (profiles.length > 0 ? profiles : [undefined]).map((profile) => ({ region, profile, names: all })),
  );
  const isAsked = (place: Place) => place.names.length > 0 || tagSets.length > 0;
  return { places: places.filter(isAsked), skipped };
}

function regionIn(nameOrArn: string): string | undefined {
  return nameOrArn.startsWith("arn:") ? nameOrArn.split(":")[3] : undefined;
}

function accountIn(nameOrArn: string): string | undefined {
  return nameOrArn.startsWith("arn:") ? nameOrArn.split(":")[4] : undefined;
}
