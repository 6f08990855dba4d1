import { type AssessedFunction, assess, type Standing, type Totals, totalsOf } from "../core/assess";
import { type DeclaredLayers, declareFor } from "../core/config/declared";
import type { LayerConfig } from "../core/config/parse";
import { LayersError } from "../core/errors";
import { type Exception, exceptionsOf } from "../core/exceptions";
import { createMatcher, type Matcher } from "../core/match";
import { assessedFunction, type LayerHints, type RecordedFunction } from "../core/recorded";
import { declaredTargets } from "../core/target";
import { count } from "../core/text";
import type { Ports } from "../ports";
import { type LiveReading, readingOf } from "./expectation";
import {
  type FunctionChoice,
  readFunctions,
  readNamed,
  refuseEmptyRegions,
  refuseOtherRegions,
  tagSets,
  whereOf,
} from "./live/read";
import { elsewhere } from "./live/select";
import { type LoadedState, type Skipped, skipping } from "./plans";
import { loadState, type OddState, oddities, scanAs } from "./recorded/load";
import {
  byName,
  partWarnings,
  refuseUnknown,
  type SelectedRecords,
  selectRecorded,
  skippedRecords,
  unreadable,
  updatedInPart,
} from "./recorded/select";
import {
  namedInConditions,
  programNameWarnings,
  replacesWarnings,
  reportMatches,
  unmatchedWarnings,
} from "./report-standings";

/** Whose layers to look at. */
export interface AssessRequest extends FunctionChoice {
  readonly stack: string;
  readonly config: LayerConfig;
  /** An exported state instead of the stack's own; AWS is not asked then. */
  readonly stateFile?: string;
  /** Asks nothing of AWS. */
  readonly recordedOnly?: boolean;
  /** What to do about names that the state does not have: look in AWS, or leave them out. Default: refuse them. */
  readonly missing?: "in AWS" | "left out";
  /** What the config declares for the stack, and which entry declares a layer. Default: as the config says. */
  readonly declares?: { readonly declared: DeclaredLayers; readonly matcher: Matcher };
}

/** The status of some functions' layers. */
export interface Assessment {
  readonly stack: string;
  /** The Pulumi project; null if none is known. */
  readonly project: string | null;
  /** Every function that was looked at, with or without layers, by name. */
  readonly functions: readonly AssessedFunction[];
  /** In the order of the functions' names. */
  readonly standings: readonly Standing[];
  readonly totals: Totals;
  /** Functions without a (complete) standing, and why. */
  readonly skipped: readonly Skipped[];
  readonly live: LiveReading;
  /** Whether a state was read. */
  readonly isStateRead: boolean;
  /** The state's functions; undefined if no state was read, or it has none of the named functions. */
  readonly recorded: SelectedRecords | undefined;
  readonly matcher: Matcher;
  /** Where the functions were looked for, as messages name it: `the state of dev or in AWS`. */
  readonly where: string;
  /** The exceptions that the config declares. */
  readonly exceptions: readonly Exception[];
  /** Warnings about a config that matches no layer of the functions; empty if it matches any. */
  readonly unmatched: readonly string[];
  /** Names in `replaces` that match no layer of the functions, and suggestions. */
  readonly replaceless: readonly string[];
  /** Warnings about conditions that name functions of the state as the program does. */
  readonly misnamed: readonly string[];
  /** What is odd about the state itself. */
  readonly odd: readonly OddState[];
}

type Read = Pick<Assessment, "functions" | "skipped" | "live">;

/**
 * Assesses a stack, and warns of a config that matches no layer of its functions.
 * @throws LayersError what {@link readStandings} throws
 */
export async function assessStack(ports: Ports, request: AssessRequest): Promise<Assessment> {
  const assessment = await readStandings(ports, request);
  if (assessment.standings.length > 0)
    for (const line of [...assessment.unmatched, ...assessment.replaceless, ...assessment.misnamed])
      ports.reporter.warn(line);
  for (const line of assessment.recorded ? partWarnings(assessment.recorded, assessment.standings) : [])
    ports.reporter.warn(line);
  for (const { message } of assessment.odd) ports.reporter.warn(message);
  return assessment;
}

/**
 * Reads the status of each layer of each function: declared, recorded, and live if AWS can be asked. Read-only.
 * @throws LayersError `usage` for names that match nothing, `layer-ambiguous`, what the stack and file ports throw; not
 * being able to ask AWS is in the assessment
 */
export async function readStandings(ports: Ports, request: AssessRequest): Promise<Assessment> {
  const { stack, config, stateFile, functions: names = [], exclude = [] } = request;
  const { declared, matcher } = request.declares ?? declaredBy(config, stack);
  const hints: LayerHints = { declared, accountId: config.settings.accountId };
  const state = await readState(ports, request);
  const selected = state && selectRecorded(state.facts, { functions: names, exclude });
  const ofState = stateFile ?? `the state of ${stack}`;
  const hasNone = selected !== undefined && selected.own.length + selected.functions.length === 0;
  const recorded = hasNone && request.missing === "in AWS" && stateFile === undefined ? undefined : selected;
  if (recorded && request.missing !== "left out") refuseUnknown(recorded, `in ${ofState}`);
  const others = selected && { where: `in ${ofState} or `, known: selected.known };
  const read = recorded
    ? await readRecorded(ports, request, recorded.functions, hints)
    : await readLive(ports, request, hints, others);
  const functions = [...read.functions, ...(state ? unreadable(state.facts) : [])].toSorted(byName);
  const standings = assess(functions, declaredTargets(matcher));
  reportMatches(ports.reporter, standings, matcher);
  // A name may be that of a function elsewhere.
  const isWhole = names.length + exclude.length === 0 && !request.regions?.length && !config.file.startsWith("..");
  const inAws = read.live.read ? " or in AWS" : "";
  const where = recorded ? `${ofState}${inAws}` : "AWS";
  return {
    stack,
    project: state?.facts.owner?.project ?? null,
    functions,
    standings,
    totals: totalsOf(standings),
    skipped: [...(recorded ? skippedRecords(recorded, updatedInPart(standings)) : []), ...read.skipped],
    live: read.live,
    isStateRead: state !== undefined,
    recorded,
    matcher,
    exceptions: exceptionsOf(declared.layers, standings, ports.clock.now()),
    where,
    // Nothing is known about functions that could not be read.
    unmatched: recorded || read.live.read ? unmatchedWarnings(standings, where, config.file) : [],
    replaceless: replacesWarnings(declared, standings),
    misnamed: isWhole ? [...programNameWarnings(namedInConditions(declared), functions).values()] : [],
    odd: state ? oddities(ports, state, recorded) : [],
  };
}

function declaredBy(config: LayerConfig, stack: string): Required<AssessRequest>["declares"] {
  const declared = declareFor(config, stack);
  return { declared, matcher: createMatcher(declared) };
}

/** The stack's state; undefined if live functions were selected, or named without a Pulumi project. */
async function readState(ports: Ports, request: AssessRequest): Promise<LoadedState | undefined> {
  const { stack, config, stateFile: file, functions = [] } = request;
  if (file === undefined && isLive(request)) return undefined;
  try {
    return await loadState(ports, { stack, file, scan: scanAs(config.settings) });
  } catch (error) {
    const isElsewhere =
      error instanceof LayersError && (error.code === "project-missing" || error.code === "pulumi-missing");
    if (functions.length === 0 || !isElsewhere) throw error;
    ports.reporter.warn(`Recorded versions are unknown: ${error.what}`);
    return undefined;
  }
}

/** Whether the request is for functions in AWS, regardless of the state. */
function isLive({
  functions = [],
  allFunctions = false,
  tags = {},
  regions = [],
  profiles = [],
}: AssessRequest): boolean {
  return allFunctions || Object.keys(tags).length > 0 || (functions.length > 0 && regions.length + profiles.length > 0);
}

/** The functions of a state, with their live layers if AWS can and should be asked. */
async function readRecorded(
  ports: Ports,
  request: AssessRequest,
  recorded: readonly RecordedFunction[],
  hints: LayerHints,
): Promise<Read> {
  const { config, stateFile, recordedOnly, functions: named = [], exclude = [] } = request;
  const where = whereOf(ports, config.settings.region, request);
  if (named.length + exclude.length === 0) refuseEmptyRegions(recorded, where);
  const isHere = ({ region }: RecordedFunction) =>
    where.regions.length === 0 || region === undefined || where.regions.includes(region);
  const here = recorded.filter(isHere);
  const away = recorded.length - here.length;
  // Names are reported one by one; if a region was given, functions elsewhere do not matter.
  const isAway = named.length === 0 && here.length > 0 && away > 0;
  if (isAway)
    ports.reporter.info(
      `${count(away, "function")} of other regions left out: this run is for ${where.regions.join(", ")}`,
    );
  if (stateFile !== undefined || recordedOnly) {
    const reason = stateFile === undefined ? "only recorded versions were requested" : "a state file was given";
    const functions = here.map((fn) => assessedFunction(fn, undefined, hints));
    const skip = skipping(recorded);
    const skipped =
      named.length > 0 ? recorded.filter((fn) => !isHere(fn)).map((fn) => skip(fn, elsewhere(fn, where.regions))) : [];
    refuseOtherRegions(recorded, { skipped });
    return { functions, skipped, live: { read: false, reason } };
  }
  const selection = { ...where, recorded: isAway ? here : recorded };
  const found = await readFunctions(ports, selection, { hints, isLook: true }, async () => {});
  return { ...found, live: readingOf(found.failures) };
}

/**
 * Live functions, by name or by tag.
 * @param others where else they were looked for, and the names that exist there
 */
async function readLive(
  ports: Ports,
  request: AssessRequest,
  hints: LayerHints,
  others: Parameters<typeof readNamed>[3],
): Promise<Read> {
  const { stack, config, functions = [], exclude = [] } = request;
  const { tagKey, region } = config.settings;
  const selection = {
    filter: { functions, exclude },
    sets: tagSets(request, tagKey, stack),
    where: whereOf(ports, region, request),
  };
  const found = await readNamed(ports, selection, { hints, isLook: true }, others);
  return { ...found, live: readingOf(found.failures) };
}
