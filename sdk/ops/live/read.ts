import { parseLayerVersionArn } from "../../core/arn";
import type { AssessedFunction } from "../../core/assess";
import { shortStackName } from "../../core/config/declared";
import { LayersError } from "../../core/errors";
import { parseFunctionArn } from "../../core/function-arn";
import type { LiveFunction, TagSet } from "../../core/live";
import { assessedFunction, assessedLive, type LayerHints, type RecordedFunction } from "../../core/recorded";
import { type FunctionFilter, selectFunctions, withoutQualifiers } from "../../core/selection";
import { listNames, quotedIfOdd } from "../../core/text";
import type { AwsPort, Ports } from "../../ports";
import type { Skipped } from "../plans";
import { refuseUnknown } from "../recorded/select";
import type { Where } from "./names";
import { type FoundFunctions, type LiveSelection, type Place, type Selected, selectLive } from "./select";

/** Which functions are meant, and where they are. Default: all of the stack's state. */
export interface FunctionChoice {
  /** Names in AWS, ARNs, or names in the program: only these. */
  readonly functions?: readonly string[];
  /** The same, for functions to leave out in any case. */
  readonly exclude?: readonly string[];
  /** Live functions tagged as the stack's, without asking Pulumi. */
  readonly allFunctions?: boolean;
  /** Live functions with all of these tags, without asking Pulumi. */
  readonly tags?: TagSet;
  /** Only these regions. Default: those of the functions, else the run's, the settings', the environment's. */
  readonly regions?: readonly string[];
  /** The accounts of these profiles. Default: the run's own. */
  readonly profiles?: readonly string[];
}

/** How functions are read. */
export interface ReadOptions {
  readonly hints: LayerHints;
  /** Nothing will be changed: unreadable functions are among the failures, and do not fail the rest. */
  readonly isLook: boolean;
  /** Selects published versions; absent: they are not read. */
  readonly isOldVersion?: (version: LiveFunction) => boolean;
}

/** Functions as recorded and as live, and what could not be read. */
export interface ReadFunctions<T> extends Pick<Selected<T>, "visited" | "regions"> {
  /** The current state of every function that was looked for, found ones first. */
  readonly functions: readonly AssessedFunction[];
  /** Functions of the state that AWS does not have, or that are outside the requested regions. */
  readonly skipped: readonly Skipped[];
  /** Why some could not be read; empty unless it was only a look. */
  readonly failures: readonly LayersError[];
}

/**
 * Reads functions in AWS, all accounts and regions in parallel.
 * @param visit called with the functions of each account and region, by ARN
 * @throws LayersError `usage` if all functions of a state are in other regions; what {@link selectLive} throws
 */
export async function readFunctions<T>(
  ports: Ports,
  selection: LiveSelection,
  { hints, isLook, isOldVersion }: ReadOptions,
  visit: (aws: AwsPort, found: FoundFunctions, subjects: ReadonlyMap<string, AssessedFunction>) => Promise<T>,
): Promise<ReadFunctions<T>> {
  const { recorded = [] } = selection;
  const unread = new Set<RecordedFunction>();
  const failures: LayersError[] = [];
  const onUnread = (place: Place, error: LayersError) => {
    for (const fn of place.recorded) unread.add(fn);
    failures.push(error);
  };
  const { visited, skipped, gone, regions } = await selectLive(
    ports,
    selection,
    async (aws, here) => {
      const subjects = subjectsOf(here, hints);
      return { subjects, value: await visit(aws, here, subjects) };
    },
    { isOldVersion, ...(isLook && { onUnread }) },
  );
  if (recorded.length > 0) refuseOtherRegions(recorded, { skipped });
  const found = visited.flatMap(({ subjects }) => [...subjects.values()]);
  if (found.length > 0) reportEmptyRegions(ports, selection, regions, found);
  // A name alone may belong to another function in another region.
  const seen = new Set(found.flatMap(({ arn, region, name }) => [arn, name, `${region} ${name}`]));
  const isSeen = ({ arn, region, name }: RecordedFunction) =>
    seen.has(arn ?? (region === undefined ? name : `${region} ${name}`));
  const lost = new Set(gone);
  const whyNot = (fn: RecordedFunction) => (lost.has(fn) ? "gone" : unread.has(fn) ? "unread" : undefined);
  const others = recorded.filter((fn) => !isSeen(fn)).map((fn) => assessedFunction(fn, whyNot(fn), hints));
  return {
    visited: visited.map(({ value }) => value),
    functions: [...found, ...others],
    skipped: [...skipped, ...gone.map((fn) => goneFunction(fn, regions))],
    failures,
    regions,
  };
}

/** Regions that were asked for and read, and have none of the functions: probably others were meant. */
function reportEmptyRegions(
  { reporter }: Pick<Ports, "reporter">,
  { regions: asked, shard }: LiveSelection,
  read: readonly string[],
  found: readonly AssessedFunction[],
): void {
  const full = new Set(found.map(({ region }) => region));
  const empty = asked.filter((region) => read.includes(region) && !full.has(region));
  // A shard of a region may well be empty.
  if (shard || empty.length === 0) return;
  reporter.warn(`None of the functions is in ${listNames(empty)}.`);
}

/**
 * Reads live functions by name or by tag; all if neither is given.
 * @param others where the names were looked for before, such as `in the state of dev or `, and the names that exist
 * @throws LayersError `usage` for names and tags that match no function, unless some could not be read; what {@link
 * readFunctions} throws
 */
export async function readNamed(
  ports: Ports,
  { filter, sets, where }: { readonly filter: FunctionFilter; readonly sets: readonly TagSet[]; readonly where: Where },
  options: ReadOptions,
  others: { readonly where: string; readonly known: readonly string[] } = { where: "", known: [] },
): Promise<ReadFunctions<void>> {
  const wanted = withoutQualifiers(filter);
  refuseElsewhere(wanted.functions, where);
  const names = sets.length > 0 ? [] : wanted.functions;
  const selection = { ...where, names, tagSets: sets, all: sets.length + names.length === 0 };
  const found = await readFunctions(ports, selection, options, async () => {});
  const { functions, unknown } = selectFunctions(found.functions, wanted);
  if (found.failures.length === 0) {
    if (sets.length > 0 && found.functions.length === 0) throw noneTagged(sets, found.regions);
    const known = [...others.known, ...found.functions.map(({ name }) => name)];
    refuseUnknown({ unknown, known }, `${others.where}${whereLooked(sets, found.regions)}`);
  }
  return { ...found, functions };
}

/**
 * The accounts and regions to read.
 * @param home the region of the settings
 */
export function whereOf(
  { aws }: Pick<Ports, "aws">,
  home: string | undefined,
  { regions = [], profiles = [] }: FunctionChoice = {},
): Where {
  return { regions: regions.length > 0 || aws.region === undefined ? regions : [aws.region], profiles, home };
}

/** Functions of one account and region as they are assessed, by their ARNs. */
function subjectsOf({ functions, recorded }: FoundFunctions, hints: LayerHints): Map<string, AssessedFunction> {
  const byId = new Map(recorded.map((fn) => [fn.arn ?? fn.name, fn]));
  // A layer that one function has lost may be on another one here.
  const layers = functions.flatMap((fn) => fn.layers.flatMap((text) => parseLayerVersionArn(text) ?? []));
  const known = new Map(layers.map((layer) => [layer.name, layer]));
  return new Map(
    functions.map((fn) => {
      const record = byId.get(fn.arn) ?? byId.get(fn.name);
      return [fn.arn, record ? assessedFunction(record, fn, { ...hints, known }) : assessedLive(fn)];
    }),
  );
}

/** A function of the state that AWS does not have. */
export function goneFunction(
  {
    name,
    region,
    by,
  }: Pick<RecordedFunction, "name" | "region"> & { readonly by: Pick<RecordedFunction["by"], "kind"> },
  regions: readonly string[],
): Skipped {
  const next =
    by.kind === "function" ? "`pulumi up --refresh` creates it again" : "`pulumi up` removes it from the record";
  return { function: name, reason: `it does not exist in AWS in ${region ?? regions.join(", ")}; ${next}` };
}

/** @throws LayersError `usage` for a region without any function of the state */
export function refuseEmptyRegions(recorded: readonly { readonly region?: string }[], { regions }: Where): void {
  const known = new Set(recorded.map(({ region }) => region));
  const [empty] = regions.filter((region) => !known.has(region));
  if (empty === undefined || known.size === 0 || known.has(undefined)) return;
  throw new LayersError("usage", `None of the functions is in ${quotedIfOdd(empty)}.`, {
    next: `The functions are in ${[...known].join(", ")}: choose from these.`,
  });
}

/** @throws LayersError `usage` if all functions of the state are outside the requested regions */
export function refuseOtherRegions(
  recorded: readonly Pick<RecordedFunction, "region">[],
  { skipped }: Pick<Selected<unknown>, "skipped">,
): void {
  const [first] = skipped.toSorted((one, other) => (one.function < other.function ? -1 : 1));
  if (!first || skipped.length < recorded.length) return;
  const regions = [...new Set(recorded.flatMap(({ region }) => region ?? []))];
  const message = `None of the functions is in a region of this run. Function ${first.function}: ${first.reason}.`;
  throw new LayersError("usage", message, {
    next: `The functions are in ${regions.join(", ")}: choose one of these with --region.`,
  });
}

/**
 * Sets of tags that select functions: those of a stack, or given ones. A function needs all tags of one set.
 * @param tagKey that of the settings
 */
export function tagSets({ allFunctions, tags = {} }: FunctionChoice, tagKey: string, stackName: string): TagSet[] {
  const stack = shortStackName(stackName);
  return [
    ...(allFunctions ? [{ [tagKey]: stack }, { "pulumi:stack": stack }] : []),
    ...(Object.keys(tags).length > 0 ? [tags] : []),
  ];
}

function tagsText(sets: readonly TagSet[]): string {
  const each = sets.map((set) => Object.entries(set).map(([key, value]) => `${key}=${value}`));
  return each.map((tags) => tags.join(" and ")).join(" or ");
}

/** Where functions with these tags (or all functions) were looked for, for messages. */
export function whereLooked(sets: readonly TagSet[], regions: readonly string[]): string {
  const tagged = sets.length > 0 ? `with the tag ${tagsText(sets)} ` : "";
  return `${tagged}in AWS in ${regions.join(", ")}`;
}

/** @throws LayersError `usage` if all functions that are named have ARNs of other regions than those that are asked */
export function refuseElsewhere(names: readonly string[], { regions }: Where): void {
  const arns = names.map(parseFunctionArn);
  const isElsewhere = (arn: (typeof arns)[number]) => arn !== undefined && !regions.includes(arn.region);
  const [first] = arns;
  if (!first || regions.length === 0 || !arns.every(isElsewhere)) return;
  const message = `Function ${first.name} is in ${first.region}, but this run is for ${regions.join(", ")}.`;
  throw new LayersError("usage", message, { next: "Use its region, or leave the region out: an ARN includes it." });
}

/** The error for tags that no function has. */
export function noneTagged(sets: readonly TagSet[], regions: readonly string[]): LayersError {
  return new LayersError("usage", `No function has the tag ${tagsText(sets)} in ${regions.join(", ")}.`, {
    next: [
      "Check the tags, the region (--region) and the account (--profile).",
      "If the stage has another tag, set settings.tag_key, or choose by --tag KEY=VALUE.",
    ],
  });
}
