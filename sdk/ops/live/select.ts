import { LayersError } from "../../core/errors";
import { functionName, parseFunctionArn } from "../../core/function-arn";
import type { LiveFunction, TagSet } from "../../core/live";
import type { RecordedFunction } from "../../core/recorded";
import { isInShard, type Shard } from "../../core/shard";
import type { AwsPort, Ports } from "../../ports";
import { type Site, type Skipped, skipping } from "../plans";
import { type SessionTarget, sideBySide, withSession } from "./sessions";

/** Which functions to look for in which accounts and regions. */
export interface LiveSelection {
  readonly recorded?: readonly RecordedFunction[];
  /** Names in AWS, or ARNs. */
  readonly names?: readonly string[];
  /** Functions that carry all tags of any one of these sets. */
  readonly tagSets?: readonly TagSet[];
  readonly all?: boolean;
  /** A filter on the functions found. Default: all. */
  readonly isMeant?: (fn: LiveFunction) => boolean;
  /** Only these; empty: those of the functions, otherwise `home`. */
  readonly regions: readonly string[];
  /** The accounts of these profiles; empty: the run's own. */
  readonly profiles: readonly string[];
  /** The region of functions without one; undefined: the environment's. */
  readonly home: string | undefined;
  readonly shard?: Shard;
}

/** Functions that were found in one account and region. */
export interface FoundFunctions extends Site {
  /** The functions of the state that were looked for there; for a profile, all of them. */
  readonly recorded: readonly RecordedFunction[];
  /** ARNs of functions that may have outdated published versions. */
  readonly withOldVersions: readonly string[];
  /** ARNs of functions that have an update in progress; undefined if unknown. */
  readonly busy: readonly string[] | undefined;
}

/** A place to look for functions, and what to look for there. */
export interface Place extends SessionTarget {
  readonly recorded: readonly RecordedFunction[];
  readonly names: readonly string[];
}

/** The result of a search in AWS. */
export interface Selected<T> {
  /** What `visit` returned for each account and region. */
  readonly visited: readonly T[];
  /** Functions of the state that are outside the requested regions. */
  readonly skipped: readonly Skipped[];
  /** Functions of the state that AWS does not have. */
  readonly gone: readonly RecordedFunction[];
  /** Names that no function has. */
  readonly unknown: readonly string[];
  readonly regions: readonly string[];
}

/** Options of the search. */
export interface SelectOptions {
  /** Selects published versions; absent: they are not read. */
  readonly isOldVersion?: (version: LiveFunction) => boolean;
  /** Called for an unreadable place, which then does not fail the rest. Absent: the first such error is thrown. */
  readonly onUnread?: (place: Place, error: LayersError) => void;
}

/**
 * Finds the selected functions, all accounts and regions in parallel, in one pass through each.
 * @param visit called with the functions of one account and region while its session is open
 * @throws LayersError `aws-credentials`, `aws-permission`, `aws-failed`, `interrupted`
 */
export async function selectLive<T>(
  ports: Ports,
  selection: LiveSelection,
  visit: (aws: AwsPort, found: FoundFunctions) => Promise<T>,
  { isOldVersion, onUnread }: SelectOptions = {},
): Promise<Selected<T>> {
  const { places, skipped } = placesOf(await withHome(ports, selection, onUnread));
  const looks = await sideBySide(places, async (place) => {
    try {
      return await withSession(ports, place, async (aws) => {
        const { found, missing } = await findFunctions(aws, place, selection, isOldVersion);
        return { region: aws.region, missing, value: await visit(aws, found) };
      });
    } catch (error) {
      if (!onUnread || !(error instanceof LayersError) || error.code === "interrupted") throw error;
      onUnread(place, error);
      return undefined;
    }
  });
  const done = looks.filter((look) => look !== undefined);
  const gone = new Set(places.flatMap((place) => place.recorded));
  const unknown = new Set(places.flatMap((place) => place.names));
  // A function is not missing if one of several accounts or regions has it, or if one could not be read.
  for (const [index, place] of places.entries()) {
    const isFound = (id: string) => !looks[index]?.missing.has(id);
    for (const fn of place.recorded) if (isFound(idOf(fn))) gone.delete(fn);
    for (const name of place.names) if (isFound(name)) unknown.delete(name);
  }
  return {
    visited: done.map(({ value }) => value),
    skipped,
    gone: [...gone],
    unknown: [...unknown],
    regions: [...new Set(done.map(({ region }) => region))],
  };
}

/** What a function of a state is looked up by. */
function idOf({ arn, name }: RecordedFunction): string {
  return arn ?? name;
}

/** Names the environment's region if some functions are to be looked for there. Each profile may have one of its own. */
async function withHome(
  ports: Ports,
  selection: LiveSelection,
  onUnread: SelectOptions["onUnread"],
): Promise<LiveSelection> {
  const { recorded = [], names = [], regions, profiles, home } = selection;
  const isNeeded =
    recorded.some(({ region }) => region === undefined) ||
    names.some((name) => parseFunctionArn(name) === undefined) ||
    isWide(selection);
  if (!isNeeded || home !== undefined || regions.length > 0 || profiles.length > 0) return selection;
  try {
    return { ...selection, home: await withSession(ports, { region: undefined }, async ({ region }) => region) };
  } catch (error) {
    // Reported later, by the place without a region.
    if (onUnread) return selection;
    throw error;
  }
}

function isWide({ tagSets = [], all = false }: LiveSelection): boolean {
  return all || tagSets.length > 0;
}

async function findFunctions(
  aws: AwsPort,
  { names, recorded, profile }: Place,
  { tagSets, all, shard, profiles, isMeant = () => true }: LiveSelection,
  isOldVersion: SelectOptions["isOldVersion"],
): Promise<{ found: FoundFunctions; missing: Set<string> }> {
  const wanted = [...new Set([...recorded.map(idOf), ...names])];
  // The same name in several accounts means several functions; an ARN belongs to one.
  const account = profiles.length > 0 ? (await aws.callerIdentity()).account : undefined;
  const isElsewhere = (name: string) =>
    account !== undefined && (parseFunctionArn(name)?.account ?? account) !== account;
  const mine = wanted.filter((name) => !isElsewhere(name));
  const answer = await aws.listFunctions({ names: mine, tags: tagSets, all }, { isOldVersion });
  const functions = answer.functions.filter((fn) => isMeant(fn) && (!shard || isInShard(fn.arn, shard)));
  const arns = new Set(functions.map(({ arn }) => arn));
  const found: FoundFunctions = {
    region: aws.region,
    ...(profile !== undefined && { profile }),
    functions,
    recorded,
    withOldVersions: (answer.withOldVersions ?? []).filter((arn) => arns.has(arn)),
    busy: answer.busy?.filter((arn) => arns.has(arn)),
  };
  return { found, missing: new Set([...answer.missing, ...wanted.filter(isElsewhere)]) };
}

/** Why a function in another region is left out, as the end of a sentence. */
export function elsewhere({ region }: Pick<RecordedFunction, "region">, regions: readonly string[]): string {
  return `it is in ${region}, but this run is for ${regions.join(", ")}`;
}

/** The accounts and regions to search, and functions that are in none of them. */
function placesOf(selection: LiveSelection): { places: Place[]; skipped: Skipped[] } {
  const { recorded = [], names = [], regions, profiles, home } = selection;
  const skipped: Skipped[] = [];
  const byRegion = new Map<string | undefined, { recorded: RecordedFunction[]; names: string[] }>();
  const placeOf = (region: string | undefined) => {
    const known = byRegion.get(region) ?? { recorded: [], names: [] };
    byRegion.set(region, known);
    return known;
  };
  const isAsked = (region: string | undefined) =>
    regions.length === 0 || (region !== undefined && regions.includes(region));
  const skip = skipping(recorded);
  const leaveOut = (name: string, region: string | undefined) =>
    skipped.push(skip({ name, region }, elsewhere({ region }, regions)));
  for (const region of regions) placeOf(region);
  for (const fn of recorded) {
    // One without a region may be in any of the requested ones.
    const at = fn.region === undefined && home === undefined && regions.length > 0 ? regions : [fn.region ?? home];
    for (const region of at) {
      if (isAsked(region)) placeOf(region).recorded.push(fn);
      else leaveOut(fn.name, region);
    }
  }
  for (const name of names) {
    const region = parseFunctionArn(name)?.region;
    if (region === undefined) for (const one of regions.length > 0 ? regions : [home]) placeOf(one).names.push(name);
    else if (isAsked(region)) placeOf(region).names.push(name);
    else leaveOut(functionName(name), region);
  }
  if (isWide(selection) && regions.length === 0) placeOf(home);
  const places = [...byRegion].flatMap(([region, wanted]) =>
    (profiles.length > 0 ? profiles : [undefined]).map((profile) => ({ region, profile, ...wanted })),
  );
  return {
    places: places.filter((place) => place.recorded.length + place.names.length > 0 || isWide(selection)),
    skipped,
  };
}
