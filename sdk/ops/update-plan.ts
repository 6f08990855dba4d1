import { parseLayerVersionArn } from "../core/arn";
import { type AssessedFunction, assess, type Standing } from "../core/assess";
import type { LayerSettings } from "../core/config/parse";
import { unchanged } from "../core/errors";
import type { TargetFacts } from "../core/form";
import type { LiveFunction, TagSet } from "../core/live";
import { assessedFunction, factsOf, type LayerHints } from "../core/recorded";
import { type FunctionFilter, withoutQualifiers } from "../core/selection";
import type { FunctionFacts, StateFacts } from "../core/state/facts";
import { holdsPlaintext } from "../core/state/plaintext";
import { isAsDeclared, isTarget, type TargetOf, targetArnOf } from "../core/target";
import { quotedIfOdd } from "../core/text";
import type { Ports } from "../ports";
import { type LiveReading, readingOf } from "./expectation";
import { notInAws, watchNames } from "./live/names";
import { type PlannedLive, planLive } from "./live/plan";
import type { LivePlan } from "./live/plans";
import { noneTagged, tagSets, whereOf } from "./live/read";
import { adviceOnOwnRecords } from "./next-steps";
import type { LoadedState, Skipped, StateTarget } from "./plans";
import { foreignState, integrityWarnings, refuseUnfit } from "./recorded/load";
import { invalidLayers, planState, type StatePlan } from "./recorded/plan";
import { byName, refuseUnknown, type SelectedRecords, selectRecorded, unreadable } from "./recorded/select";
import { warningsOf } from "./report-standings";
import { checkpoint, during } from "./steps";

/** The request of an update. */
export interface UpdateRequest {
  readonly dryRun: boolean;
  /** For a state file: the output file. Default: the same file. */
  readonly out?: string;
  readonly filter: FunctionFilter;
  readonly targetOf: TargetOf;
  readonly hints: LayerHints;
  readonly settings: LayerSettings;
  /** Absent: live functions are not touched, and AWS is not called. */
  readonly live?: {
    /** Also live functions tagged as the stack's. */
    readonly allFunctions: boolean;
    /** Also live functions with all of these tags. */
    readonly tags: TagSet;
    readonly skipPreflight: boolean;
    /** Nothing will be changed: unreadable functions are reported, without failing. */
    readonly isLook: boolean;
  };
}

/** A planned update of one stack. Nothing has been written. */
export interface UpdatePlan extends StatePlan {
  readonly stack: string;
  readonly dryRun: boolean;
  readonly state: LoadedState;
  /** For a state file: the output file. */
  readonly out: string | undefined;
  /** How long older backups are kept, in days. */
  readonly retentionDays: number;
  /** Absent without `--sync-aws`. */
  readonly aws: LivePlan | undefined;
  /** The functions looked at, and the status of their layers. */
  readonly functions: readonly AssessedFunction[];
  readonly standings: readonly Standing[];
  readonly targetOf: TargetOf;
  /** Whether AWS was read; undefined if not requested. */
  readonly live: LiveReading | undefined;
  /** Those of {@link skipped} whose record only the program updates, all for the same reason. */
  readonly elsewhere: readonly Skipped[];
}

/**
 * Plans the update of a state, and of the live functions if requested. Read-only.
 * @throws LayersError `pending-operations`, `layer-ambiguous`, `usage` for names and tags that match nothing, and what
 * {@link planLive} throws
 */
export function planUpdate(ports: Ports, state: LoadedState, request: UpdateRequest): Promise<UpdatePlan> {
  return during(unchanged, () => plan(ports, state, request));
}

async function plan(ports: Ports, state: LoadedState, request: UpdateRequest): Promise<UpdatePlan> {
  const { stack, file, facts } = state;
  const { dryRun, filter, settings, targetOf, hints } = request;
  refuseUnfit(ports, state);
  const meant = selectRecorded(facts, filter);
  // Tags may select more functions than the state has.
  if (!isWide(request)) refuseUnknown(meant, `in ${file ?? `the state of ${stack}`}`);
  const planned = planState(request.live ? ofRun(meant.own, ports) : meant.own, targetFor(targetOf), meant.excluded);
  const live = request.live && (await planFunctions(ports, stack, request, request.live, meant));
  const functions = (live?.functions ?? meant.functions.map((fn) => assessedFunction(fn, undefined, hints))).concat(
    unreadable(facts),
  );
  const standings = assess(functions.toSorted(byName), targetOf);
  await checkpoint(ports, unchanged);
  const elsewhere = reconciledElsewhere(ports, standings, stack);
  const warnings = [
    ...plaintextWarnings(state),
    ...integrityWarnings(state),
    ...foreignState(state),
    ...invalidLayerWarnings(facts),
    ...planned.warnings,
    ...adviceOnOwnRecords(ports, stack, facts, planned.changes, live?.plan.changes ?? []),
    ...warningsOf(standings),
    ...(live?.failures ?? []).map(({ message }) => `Not all live versions are known: ${message}`),
  ];
  return {
    ...planned,
    skipped: [...planned.skipped, ...elsewhere],
    elsewhere,
    stack,
    dryRun,
    state,
    out: file === undefined ? undefined : (request.out ?? file),
    retentionDays: settings.backupRetentionDays,
    warnings,
    aws: live?.plan,
    functions,
    standings,
    targetOf,
    live: live && readingOf(live.failures),
  };
}

/** The functions that a run in AWS reaches: what it leaves as it is there also stays in the state. */
function ofRun(own: readonly FunctionFacts[], { aws }: Pick<Ports, "aws">): readonly FunctionFacts[] {
  const isReached = (region: string | undefined) => region === undefined || region === aws.region;
  return aws.region === undefined ? own : own.filter((fn) => isReached(factsOf(fn).region));
}

function isWide({ live }: UpdateRequest): boolean {
  return live !== undefined && (live.allFunctions || Object.keys(live.tags).length > 0);
}

/** The target of a recorded layer; undefined if it stays. */
function targetFor(targetOf: TargetOf): StateTarget {
  let last: { readonly fn: FunctionFacts; readonly facts: TargetFacts } | undefined;
  return (text, fn) => {
    const layer = parseLayerVersionArn(text);
    // A cache: all layers of a function are looked up in a row.
    if (last?.fn !== fn) last = { fn, facts: factsOf(fn) };
    const target = layer && targetOf(layer, last.facts);
    return !layer || !isTarget(target) || isAsDeclared(layer.version, target) ? undefined : targetArnOf(layer, target);
  };
}

/** Plans what live functions need, and assesses every selected function. */
async function planFunctions(
  ports: Ports,
  stack: string,
  { dryRun, filter, settings, targetOf, hints }: UpdateRequest,
  { allFunctions, tags, skipPreflight, isLook }: NonNullable<UpdateRequest["live"]>,
  meant: SelectedRecords,
): Promise<PlannedLive> {
  const sets = tagSets({ allFunctions, tags }, settings.tagKey, stack);
  const where = whereOf(ports, settings.region);
  const watch = watchNames(withoutQualifiers(filter));
  // A name that only the program uses is unknown in AWS.
  const ids = new Set(meant.functions.flatMap(({ arn, name }) => arn ?? name));
  const isRecorded = (fn: LiveFunction) => ids.has(fn.arn) || ids.has(fn.name);
  const found = await planLive(ports, {
    ...{ stack, targetOf, hints, dryRun, isLook, skipPreflight, skipAliases: true, publish: undefined, settings },
    selection: {
      ...where,
      recorded: meant.functions,
      tagSets: sets,
      isMeant: (fn) => (watch.isMeant(fn) || isRecorded(fn)) && !isExcluded(fn, meant),
    },
  });
  if (sets.length > 0) {
    if (watch.seen() === 0 && meant.functions.length === 0) throw noneTagged(sets, found.regions);
    const open = new Set(watch.open());
    const missing = await notInAws(
      ports,
      meant.unknown.filter((text) => open.has(text)),
      where,
    );
    refuseUnknown({ ...meant, unknown: missing }, "in the state or in AWS");
  }
  return found;
}

function isExcluded(fn: LiveFunction, { excluded }: SelectedRecords): boolean {
  return [...excluded].some((own) => (own.arn === undefined ? own.name === fn.name : own.arn === fn.arn));
}

/** Functions whose record, a `LayerVersions` resource, only `pulumi up` updates. */
function reconciledElsewhere({ advisePulumi }: Ports, standings: readonly Standing[], stack: string): Skipped[] {
  const names = standings.flatMap(({ fn, target, recorded }) => {
    const isWrong = target !== undefined && typeof recorded === "number" && !isAsDeclared(recorded, target);
    return fn.recordedBy === "resource" && isWrong ? [fn.name] : [];
  });
  const reason = `it is recorded by a LayerVersions resource, which only \`${advisePulumi(["up", "--stack", stack])}\` updates`;
  return [...new Set(names)].map((name) => ({ function: name, reason }));
}

/** A stack's own export has no plaintext: it is made without `--show-secrets`. */
function plaintextWarnings({ file, bytes }: LoadedState): string[] {
  if (file === undefined || !holdsPlaintext(bytes)) return [];
  return [
    `${file} holds secrets in plaintext, and so will the output and the backup. Export the state again without --show-secrets, and delete this file.`,
  ];
}

function invalidLayerWarnings({ functions }: StateFacts): string[] {
  return invalidLayers(functions).map(
    ({ function: name, text }) =>
      `Invalid layer ARN format: ${quotedIfOdd(text)} of function ${name}. It was not changed.`,
  );
}
