import { type AssessedFunction, assess, totalsOf } from "../core/assess";
import { declareFor } from "../core/config/declared";
import type { LayerConfig } from "../core/config/parse";
import { unchanged } from "../core/errors";
import { createMatcher } from "../core/match";
import { type FunctionFilter, unknownFunctions, withoutQualifiers } from "../core/selection";
import type { Shard } from "../core/shard";
import { declaredTargets, type TargetOf } from "../core/target";
import type { Ports } from "../ports";
import { afterRun } from "./after";
import { declaredAfterStop } from "./declared-otherwise";
import { type LiveReading, readingOf } from "./expectation";
import { carryOut, plannedOnly } from "./live/carry-out";
import { namesInProgram, noSuchFunctions, notInAws, type Where, watchNames } from "./live/names";
import { planLive } from "./live/plan";
import type { LivePlan, LiveResult } from "./live/plans";
import {
  type FunctionChoice,
  noneTagged,
  refuseElsewhere,
  refuseEmptyRegions,
  tagSets,
  whereLooked,
  whereOf,
} from "./live/read";
import { planResume, type ResumeRequest } from "./live/resume";
import type { RolloutOptions } from "./live/rollout";
import { adviceAfterRollback, adviceAfterSync } from "./next-steps";
import { documentFormat, type RunResult } from "./plans";
import { loadState, scanAs } from "./recorded/load";
import { refuseUnknown, selectRecorded, skippedRecords, unreadable } from "./recorded/select";
import { reportMatches, unmatchedWarnings, warningsOf } from "./report-standings";
import { type ReviewOptions, review } from "./review";
import { during } from "./steps";

/** The request of a sync. */
export interface SyncRequest extends FunctionChoice {
  readonly stack: string;
  readonly config: LayerConfig;
  readonly dryRun?: boolean;
  readonly shard?: Shard;
  /** Nothing will be changed: unreadable functions are reported, without failing. */
  readonly expectNoChanges?: boolean;
  /** Check neither permissions nor layer versions in advance. */
  readonly skipPreflight?: boolean;
  readonly skipAliases?: boolean;
  /** Publish a version of each updated function, and move an alias to it. */
  readonly publish?: { readonly alias?: string };
}

/** A planned sync of live functions. Nothing has been changed. */
export interface SyncPlan extends LivePlan {
  /** Null if none is known. */
  readonly project: string | null;
  readonly dryRun: boolean;
  /** What the config declares; undefined for a resumed run without a config. */
  readonly targetOf: TargetOf | undefined;
  /** The functions looked at, with their targets; undefined for a resumed run. */
  readonly assessed:
    | { readonly functions: readonly AssessedFunction[]; readonly targetOf: TargetOf; readonly live: LiveReading }
    | undefined;
}

/** What a sync did, or would do: `--json` prints it. The state is not touched. */
export interface SyncResult extends RunResult {
  readonly aws: LiveResult;
}

/** How a sync is carried out. */
export type SyncOptions = RolloutOptions & ReviewOptions<SyncPlan>;

/**
 * Plans what live functions need to get to the declared versions. Read-only: one pass through each account and region,
 * one request per distinct layer version. Needs Pulumi only if no functions are named, by name or by tag.
 * @throws LayersError `usage` for names and tags that mean nothing, what `planLive` throws, and what reading a stack's
 * state throws
 */
export function planSync(ports: Ports, request: SyncRequest): Promise<SyncPlan> {
  return during(unchanged, () => plan(ports, request));
}

async function plan(ports: Ports, request: SyncRequest): Promise<SyncPlan> {
  const { stack, config, dryRun = false, shard } = request;
  const { settings } = config;
  const declared = declareFor(config, stack);
  const matcher = createMatcher(declared);
  const targetOf = declaredTargets(matcher);
  const filter = withoutQualifiers({ functions: request.functions ?? [], exclude: request.exclude ?? [] });
  const sets = tagSets(request, settings.tagKey, stack);
  const isByTag = sets.length > 0;
  const state =
    isByTag || filter.functions.length > 0 ? undefined : await loadState(ports, { stack, scan: scanAs(settings) });
  const recorded = state && selectRecorded(state.facts, filter);
  if (recorded) refuseUnknown(recorded, `in the state of ${stack}`);
  const where = whereOf(ports, settings.region, request);
  refuseElsewhere(filter.functions, where);
  if (recorded) refuseEmptyRegions([...recorded.own, ...recorded.functions], where);
  const watch = watchNames(filter);
  const live = await planLive(ports, {
    ...{ stack, targetOf, hints: { declared, accountId: settings.accountId }, dryRun, publish: request.publish },
    selection: {
      ...where,
      recorded: recorded?.functions ?? [],
      names: isByTag ? [] : filter.functions,
      tagSets: sets,
      isMeant: recorded ? undefined : watch.isMeant,
      shard,
    },
    settings,
    isLook: request.expectNoChanges ?? false,
    skipPreflight: request.skipPreflight ?? false,
    skipAliases: request.skipAliases ?? false,
  });
  const { functions } = live;
  if (!recorded) {
    const isAll = live.failures.length === 0;
    // Tags that no function has are probably mistyped; an empty shard is normal.
    if (isByTag && isAll && watch.seen() === 0) throw noneTagged(sets, live.regions);
    const again = await resolved(ports, request, filter, watch.open(), where);
    if (again) return plan(ports, { ...request, ...again });
    const others = isByTag && isAll ? watch.open().filter((name) => filter.functions.includes(name)) : [];
    const known = functions.map(({ name }) => name);
    if (others.length > 0) {
      const untagged = unknownFunctions(others, whereLooked(sets, live.regions), known);
      if (others.length === filter.functions.length) throw untagged;
      ports.reporter.warn(untagged.message);
    }
    if (shard && functions.length === 0) ports.reporter.info(`Shard ${shard.index}/${shard.count} has no functions`);
  }
  const standings = assess(functions, targetOf);
  reportMatches(ports.reporter, standings, matcher);
  return {
    ...live.plan,
    project: state?.facts.owner?.project ?? null,
    dryRun,
    targetOf,
    // A function whose layers are hidden in the state is read and moved in AWS like any other.
    skipped: [...(recorded ? skippedRecords(recorded, () => true) : []), ...live.plan.skipped],
    warnings: [
      ...warningsOf(standings),
      ...(standings.length > 0 ? unmatchedWarnings(standings, "AWS", config.file) : []),
      // An empty shard is normal.
      ...(standings.length === 0 && live.failures.length === 0 && !shard && filter.exclude.length === 0
        ? ["Nothing was compared: no function with layers was found in AWS."]
        : []),
      ...live.failures.map(({ message }) => `Not all live versions are known: ${message}`),
      ...live.plan.warnings,
    ],
    assessed: {
      ...{ functions: [...functions, ...(state ? unreadable(state.facts) : [])], targetOf },
      live: readingOf(live.failures),
    },
  };
}

/**
 * The filter with program names replaced by names in AWS; undefined if AWS has all names.
 * @param open names that none of the found functions has
 * @throws LayersError `usage` for names that nobody knows
 */
async function resolved(
  ports: Ports,
  { stack, config }: SyncRequest,
  { functions, exclude }: FunctionFilter,
  open: readonly string[],
  where: Where,
): Promise<FunctionFilter | undefined> {
  const missing = await notInAws(ports, open, where);
  if (missing.length === 0) return undefined;
  const known = await namesInProgram(ports, missing, stack, config);
  const unknown = missing.filter((name) => !known.has(name));
  if (unknown.length > 0) throw await noSuchFunctions(ports, unknown, where);
  const inAws = (name: string) => known.get(name) ?? [name];
  return { functions: functions.flatMap(inAws), exclude: exclude.flatMap(inAws) };
}

/**
 * Plans to finish an interrupted run of any command.
 * @throws LayersError what {@link planResume} throws
 */
export async function planResumed(
  ports: Ports,
  request: ResumeRequest & { readonly dryRun?: boolean; readonly config?: LayerConfig },
): Promise<SyncPlan> {
  const { dryRun = false, config, ...resume } = request;
  const targetOf = config && declaredTargets(createMatcher(declareFor(config, request.stack)));
  return { ...(await planResume(ports, resume)), project: null, dryRun, targetOf, assessed: undefined };
}

/**
 * Carries out a sync as planned; in a dry run only reports.
 * @throws LayersError what `review` and `carryOut` throw; functions that failed are in the result: see `liveFailure`
 */
export async function executeSync(ports: Ports, plan: SyncPlan, options: SyncOptions = {}): Promise<SyncResult> {
  const { stack, assessed } = plan;
  const reviewed = { skipped: [], warnings: [], live: plan, functions: assessed?.functions };
  if (!(await review(ports, plan, reviewed, options))) return resultOf(plan, plannedOnly(ports, plan));
  const aws = await carryOut(ports, plan, options, { soFar: "" });
  const standings = assessed ? assess(assessed.functions, assessed.targetOf) : [];
  const advice = [
    ...adviceAfterRollback(ports, stack, declaredAfterStop(plan, aws, plan.targetOf)),
    ...adviceAfterSync(ports, stack, aws, standings),
  ];
  for (const line of advice) ports.reporter.warn(line);
  return resultOf(plan, aws);
}

function resultOf({ stack, project, dryRun, assessed }: SyncPlan, aws: LiveResult): SyncResult {
  const outcomes = [...aws.outcomes, ...(aws.rolledBack?.outcomes ?? [])];
  const functions = assessed && afterRun(assessed.functions, { state: [], outcomes });
  return {
    ...{ format: documentFormat, stack, project, dryRun, changes: [], skipped: [], backup: null },
    totals: functions ? totalsOf(assess(functions, assessed.targetOf)) : null,
    aws,
  };
}
