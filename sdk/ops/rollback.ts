import { assess, type Totals, totalsOf } from "../core/assess";
import { type DeclaredLayers, declareFor } from "../core/config/declared";
import { LayersError, unchanged } from "../core/errors";
import { namedByArn } from "../core/function-arn";
import type { FunctionOutcome } from "../core/live";
import { createMatcher } from "../core/match";
import { assessedFunction, type RecordedFunction } from "../core/recorded";
import type { FunctionFilter } from "../core/selection";
import { declaredTargets, type TargetOf } from "../core/target";
import type { Ports } from "../ports";
import { afterRun } from "./after";
import { declaredOtherwise } from "./declared-otherwise";
import { carryOut, plannedOnly } from "./live/carry-out";
import { type LiveRollbackPlan, type LiveRollbackResult, liveRollbackResult } from "./live/plans";
import { besideIfAny, loadRecord, newestRecord, wordsToStart } from "./live/record";
import { planLiveRollback } from "./live/rollback";
import type { RolloutOptions } from "./live/rollout";
import { adviceAfterRollback, adviceAfterRunRollback, type DeclaredOtherwise } from "./next-steps";
import { documentFormat, type RunResult } from "./plans";
import { replaceStackState } from "./recorded/replace";
import { changeLines, labelsOfChanges } from "./report-changes";
import { type ReviewOptions, review } from "./review";
import type { RollbackPlan, RollbackRequest } from "./rollback-plan";
import { beforeFunctions, checkpoint, during } from "./steps";

export { newestBackup } from "./rollback-backup";
export { planRollback, type RollbackPlan, type RollbackRequest } from "./rollback-plan";

/** The outcome of a rollback: `--json` prints it. */
export interface RollbackResult extends RunResult {
  /** The backup with these versions, as messages name it; null for the rollback of a run alone. */
  readonly rollbackTo: string | null;
  readonly aws?: LiveRollbackResult;
}

/** How a rollback is carried out. */
export interface RollbackOptions<Plan> extends RolloutOptions, ReviewOptions<Plan> {
  readonly onFailure?: "continue" | "stop";
  /** Whether advice on an entry has not been given yet, in a run over stacks that share a config. Default: always. */
  readonly isNews?: (entry: DeclaredOtherwise) => boolean;
}

/**
 * Carries out a rollback as planned; the old state is kept, as in an update. In a dry run only reports.
 * @throws LayersError what an update throws; but functions that AWS did not update are in the result
 */
export async function executeRollback(
  ports: Ports,
  plan: RollbackPlan,
  options: RollbackOptions<RollbackPlan> = {},
): Promise<RollbackResult> {
  const { stack, dryRun, changes, skipped, warnings, aws, content } = plan;
  const result = {
    ...{ format: documentFormat, stack, project: plan.state.facts.owner?.project ?? null, dryRun, changes, skipped },
    ...{ rollbackTo: plan.backup.file ?? null, backup: null, totals: null },
  };
  ports.reporter.info(`Rolling back to: ${plan.backup.file}`);
  const reviewed = {
    ...{ state: changes, skipped, warnings, live: aws, isMore: true, isReplaced: content !== undefined },
    functions: plan.functions.map(namedByArn),
  };
  if (!(await review(ports, plan, reviewed, options))) {
    return { ...result, ...(aws && { aws: liveRollbackResult(plannedOnly(ports, aws)) }) };
  }
  const backup = await beforeFunctions(aws !== undefined, () => writeState(ports, plan));
  const soFar = backup === null ? "The state was not changed." : `The state of ${stack} was rolled back.`;
  const run = { soFar, ...(backup !== null && { backup }) };
  const live = aws && (await during(soFar, () => carryOut(ports, aws, options, run)));
  if (!aws && backup !== null) {
    ports.reporter.warn(
      "AWS was not touched: live functions keep their layers until they are rolled back with --sync-aws.",
    );
  }
  const otherwise = declaredOtherwise({ ...plan, targetOf: targetsOf(plan) }).filter(options.isNews ?? (() => true));
  for (const line of adviceAfterRollback(ports, stack, otherwise)) ports.reporter.warn(line);
  return {
    ...result,
    totals: totalsAfter(plan, live?.outcomes),
    backup,
    ...(live && { aws: liveRollbackResult(live) }),
  };
}

/** The targets of what the config declares; undefined without one. */
function targetsOf({ declared }: Pick<RollbackPlan, "declared">): TargetOf | undefined {
  return declared && declaredTargets(createMatcher(declared));
}

/** The totals after a rollback; null without a config, or if not everything is known. */
function totalsAfter(plan: RollbackPlan, outcomes: readonly FunctionOutcome[] = []): Totals | null {
  const { declared, functions, changes, full, aws } = plan;
  const targetOf = targetsOf(plan);
  // A replaced state may have other functions.
  if (!declared || !targetOf || full) return null;
  const found = aws?.sites.flatMap((site) => site.functions.map((fn) => ({ ...fn, region: site.region }))) ?? [];
  const liveOf = ({ arn, name, region }: RecordedFunction) =>
    found.find((fn) => (arn === undefined ? fn.name === name && (region ?? fn.region) === fn.region : fn.arn === arn));
  const before = functions.map((fn) => assessedFunction(fn, liveOf(fn), { declared, accountId: undefined }));
  return totalsOf(assess(afterRun(before, { state: changes, outcomes }), targetOf));
}

async function writeState(ports: Ports, plan: RollbackPlan): Promise<string | null> {
  const { state, backup, content, changes, retentionDays } = plan;
  await checkpoint(ports, unchanged);
  if (content === undefined) {
    ports.reporter.info(`The state of ${plan.stack} already matches ${backup.file}: nothing to roll back`);
    return null;
  }
  const lines = changeLines(changes, labelsOfChanges(changes, plan.functions.map(namedByArn)));
  const before = await replaceStackState(ports, { state, content, kind: "rollback", lines, retentionDays });
  return before.shownPath;
}

/** Which run to roll back, and how much of it. */
export interface RunRollbackRequest
  extends Pick<RollbackRequest, "stack" | "dryRun" | "functions" | "exclude" | "config"> {
  /**
   * Path of a run record, or its name in the backup folder. Default: the stack's newest, if its rollback has started.
   */
  readonly record?: string;
  /** How long older records are kept, in days. */
  readonly retentionDays: number;
}

/** A planned rollback of one run. */
export interface RunRollbackPlan extends LiveRollbackPlan {
  readonly dryRun: boolean;
  readonly filter: FunctionFilter;
  /** What the config declares, if there is one. */
  readonly declared: DeclaredLayers | undefined;
  /** The state before the run, as messages name it; undefined if the run did not save it. */
  readonly stateBackup: string | undefined;
}

/**
 * Plans to roll back live functions to their layers before a run. Later changes by others are left alone. Needs no
 * Pulumi. Read-only.
 * @throws LayersError `backup-missing`, `record-invalid`, `usage` for another stack's record or names that the run does
 * not have, and AWS errors
 */
export async function planRunRollback(ports: Ports, request: RunRollbackRequest): Promise<RunRollbackPlan> {
  const { stack, dryRun = false, functions = [], exclude = [], retentionDays, config } = request;
  return during(unchanged, async () => {
    const record = await loadRecord(ports, stack, request.record ?? (await unfinishedRollback(ports, stack)));
    const filter = { functions, exclude };
    const plan = {
      ...(await planLiveRollback(ports, record, filter, retentionDays)),
      ...{ dryRun, filter, declared: config && declareFor(config, stack) },
      stateBackup: await besideIfAny(ports, record.file.shownPath, "state"),
    };
    if (record.history.begun) return plan;
    const again = ports.advise(await wordsToStart(ports, stack, record.file.shownPath));
    const neverBegun = `The run in ${record.file.shownPath} was interrupted before it started and changed nothing. Start a new one: ${again}`;
    return { ...plan, warnings: [...plan.warnings, neverBegun] };
  });
}

async function unfinishedRollback(ports: Ports, stack: string): Promise<string> {
  const newest = await newestRecord(ports, stack);
  const record = newest === undefined ? undefined : await loadRecord(ports, stack, newest);
  if (newest !== undefined && record?.history.unfinished === "rollback") return newest;
  throw new LayersError("backup-missing", `No interrupted rollback was found for stack ${stack}.`, {
    next: `Name the run to roll back: ${ports.advise(["rollback", "--stack", stack, "--sync-aws", "FILE"])}`,
  });
}

/**
 * Rolls a run back as planned; in a dry run only reports.
 * @throws LayersError what `carryOut` throws; a function's or alias's failure is in the result
 */
export async function executeRunRollback(
  ports: Ports,
  plan: RunRollbackPlan,
  options: RollbackOptions<RunRollbackPlan> = {},
): Promise<RollbackResult> {
  const { stack, dryRun, filter, stateBackup } = plan;
  const result = {
    ...{ format: documentFormat, stack, project: null, dryRun, changes: [], skipped: [], backup: null },
    ...{ rollbackTo: null, totals: null },
  };
  if (await review(ports, plan, { skipped: [], warnings: [], live: plan }, options)) {
    const aws = liveRollbackResult(await carryOut(ports, plan, options, { soFar: "" }));
    const advice = [
      ...adviceAfterRollback(
        ports,
        stack,
        declaredOtherwise({ targetOf: targetsOf(plan), changes: [], aws: plan }).filter(options.isNews ?? (() => true)),
      ),
      ...adviceAfterRunRollback(ports, stack, filter, stateBackup, aws),
    ];
    for (const line of advice) ports.reporter.warn(line);
    return { ...result, aws };
  }
  // What cannot be rolled back counts as failed, although nothing was attempted.
  return {
    ...result,
    aws: { ...liveRollbackResult(plannedOnly(ports, plan)), outcomes: dryRun ? [] : plan.rollback.impossible },
  };
}
