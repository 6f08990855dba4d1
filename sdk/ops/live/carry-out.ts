import { LayersError, unchanged } from "../../core/errors";
import { functionName } from "../../core/function-arn";
import { type FunctionOutcome, hasFailed } from "../../core/live";
import { everyFunction } from "../../core/selection";
import { count } from "../../core/text";
import type { Ports } from "../../ports";
import { planPrune } from "../backups";
import { checkpoint, during } from "../steps";
import { resumeWords, rollbackWords } from "./failure";
import {
  type LivePlan,
  type LiveResult,
  type LiveRollback,
  type LiveRollbackPlan,
  type LiveRollbackResult,
  liveRollbackResult,
  type StaleAlias,
  type Stop,
} from "./plans";
import { changedBy, type LoadedRecord, loadRecord } from "./record";
import { RunRecorder } from "./recorder";
import { follow, reportAliases, reportAliasRollbacks, reportSummary } from "./report-live";
import { planLiveRollback, rollBackAliases } from "./rollback";
import { type Rollout, type RolloutOptions, rollOut } from "./rollout";

/** The run that the live update is part of. */
export interface LiveRun {
  /** What the run has changed so far, as a sentence. */
  readonly soFar: string;
  /** The state's backup of the same run, as messages name it; absent if none was written. */
  readonly backup?: string;
  /** Whether that is a backup of a state file, which a rollback does not restore. Default: of the stack. */
  readonly isOfFile?: boolean;
}

/**
 * Carries out a plan for live functions: the only code path that changes AWS. Each update is conditional on the
 * function's state at planning, and is on disk in the run record before it is sent.
 * @throws LayersError `interrupted`, `backup-folder`, saying what was done; functions that failed are in the result:
 * see `liveFailure`
 */
export async function carryOut(
  ports: Ports,
  plan: LivePlan,
  options: RolloutOptions,
  { soFar, backup, isOfFile = false }: LiveRun,
): Promise<LiveResult> {
  const planned = plannedOnly(ports, plan);
  const total = plan.sites.reduce((sum, { functions }) => sum + functions.length, 0);
  if (total === 0 && (plan.rollback?.sites.length ?? 0) === 0) {
    return { ...planned, outcomes: plan.rollback?.impossible ?? [] };
  }
  const { reporter, signal } = ports;
  const before = soFar === "" ? unchanged : soFar;
  checkpoint(ports, before);
  const recorder = await during(before, () => openRecord(ports, plan, backup));
  if (!plan.resumed) reporter.info(`Run record: ${recorder.file}`);
  await pruneRecords(ports, plan);
  for (const { region, functions } of plan.sites) {
    reporter.info(`Synchronizing ${count(functions.length, "Lambda function")} with AWS in ${region}`);
  }
  const followed = follow(ports, plan, total);
  let rollout: Rollout;
  let aliasesBack: LiveResult["aliasesBack"];
  try {
    if (plan.rollback) aliasesBack = await rollBackAliases(ports, plan.rollback, recorder);
    rollout = await rollOut(ports, plan, options, recorder, followed);
    if (signal?.aborted) throw new LayersError("interrupted", "Interrupted.");
    if (!rollout.stopped) await recorder.end();
  } catch (error) {
    if (!(error instanceof LayersError)) throw error;
    const run = { ...plan, ...(backup !== undefined && !isOfFile && { backup }) };
    throw cutShort(ports, error, run, `${soFar} ${followed.soFar()}`.trim(), recorder.file, options);
  } finally {
    await recorder.close();
  }
  const { published, stopped } = rollout;
  const run = { record: recorder.file, changed: `${soFar} ${followed.soFar()}`.trim() };
  const back = stopped && (await rollBackIfMeant(ports, plan, run, stopped, options));
  const { rolledBack, found = [] } = back ?? {};
  const outcomes = [...asFound(rollout.outcomes, found), ...(plan.rollback?.impossible ?? [])];
  const stale = plan.aliases.filter((one) => rolledBack || !published.some((done) => serves(done, one)));
  reportSummary(reporter, plan, outcomes, published, rolledBack);
  if (!plan.publish) reportAliases(reporter, plan, stale);
  const isPartial =
    stopped !== undefined || outcomes.some(hasFailed) || published.some(({ status }) => status === "failed");
  return {
    ...planned,
    outcomes,
    record: recorder.file,
    aliases: stale,
    ...(aliasesBack && { aliasesBack }),
    published,
    ...(stopped && { stopped: stopped.reason, stoppedBy: stopped.cause }),
    ...(isPartial &&
      !plan.rollback && { toRollBack: back?.toRollBack ?? (await countToRollBack(ports, plan.stack, recorder.file)) }),
    ...(rolledBack && { rolledBack }),
    calls: callsOf(ports, plan),
  };
}

/** The result of a plan that is not carried out. */
export function plannedOnly(ports: Ports, plan: LivePlan): LiveResult {
  const { changes, skipped, aliases, toPublish, rollback } = plan;
  return {
    ...{ changes, skipped, outcomes: [], published: [], ...(toPublish && { toPublish }) },
    aliases,
    ...(rollback && { aliasesBack: rollback.sites.flatMap((site) => site.aliases) }),
    calls: callsOf(ports, plan),
  };
}

function openRecord(ports: Ports, plan: LivePlan, backup: string | undefined): Promise<RunRecorder> {
  if (plan.resumed) return RunRecorder.reopen(ports, plan.resumed, plan.rollback ? "rollback" : "sync");
  return RunRecorder.create(ports, plan, backup);
}

/** An error that interrupts a run, with what was done and how to continue. */
function cutShort(
  { advise }: Ports,
  error: LayersError,
  plan: LivePlan,
  changed: string,
  record: string,
  options: RolloutOptions,
): LayersError {
  const { stack, rollback } = plan;
  const back = advise(rollbackWords(plan, record));
  const steps = rollback
    ? [`Roll back the others: ${back}`]
    : [`Finish the run:   ${advise(resumeWords(stack, record, options))}`, `Or roll it back:  ${back}`];
  return new LayersError(error.code, error.messageLines, {
    next: [...error.nextLines, ...steps],
    ...{ changed, cause: error },
  });
}

interface RolledBack {
  readonly rolledBack: LiveRollbackResult;
  /** The functions as they were at planning. */
  readonly found: LiveRollback["found"];
  /** In how many functions something can still be rolled back. */
  readonly toRollBack: number;
}

async function rollBackIfMeant(
  ports: Ports,
  plan: LivePlan,
  { record: file, changed }: { readonly record: string; readonly changed: string },
  { cause, reason }: Stop,
  options: RolloutOptions,
): Promise<RolledBack | undefined> {
  const { onFailure } = options;
  const { reporter } = ports;
  reporter.warn(`The run stopped: ${reason}.`);
  const isMeant = onFailure === "rollback" || ((cause === "check" || cause === "canary") && onFailure !== "stop");
  if (!isMeant || plan.rollback) return undefined;
  reporter.info("Rolling back what this run changed");
  const record = await during(changed, () => loadRecord(ports, plan.stack, file));
  let back: LiveRollbackPlan;
  try {
    back = await planLiveRollback(ports, record, everyFunction, plan.retentionDays);
  } catch (error) {
    if (!(error instanceof LayersError)) throw error;
    if (error.code === "interrupted") throw cutShort(ports, error, plan, changed, file, options);
    reporter.warn(`What this run changed was not rolled back: ${error.messageLines.join(" ")}`);
    const failed = notRolledBack(record, error);
    const rolledBack = { changes: [], skipped: [], outcomes: failed, aliases: [], published: [], calls: {} };
    return { rolledBack, found: [], toRollBack: failed.length };
  }
  for (const line of back.warnings) reporter.warn(line);
  for (const { function: name, reason: why } of back.skipped) {
    reporter.warn(`Function ${name} is not rolled back: ${why}.`);
  }
  reportAliasRollbacks(reporter, back);
  const rolledBack = liveRollbackResult(await carryOut(ports, back, {}, { soFar: changed }));
  const { found, impossible } = back.rollback;
  const isImpossible = new Set(impossible.map(({ arn }) => arn));
  const left = new Set([
    ...rolledBack.outcomes.filter((one) => hasFailed(one) && !isImpossible.has(one.arn)).map(({ arn }) => arn),
    ...rolledBack.aliases.filter((one) => one.reason !== undefined).map(({ functionArn }) => functionArn),
  ]);
  return { rolledBack, found, toRollBack: left.size };
}

/** The functions that a run has changed, if none of them could be read, so that their current layers are unknown. */
function notRolledBack({ history }: LoadedRecord, error: LayersError): FunctionOutcome[] {
  const reason = error.inOneLine();
  return changedBy(history).map(({ function: arn }) => ({
    ...{ function: functionName(arn), arn, before: [], after: [], status: "failed", reason },
  }));
}

/** Outcomes with the layers found later: someone else may have changed the functions meanwhile. */
function asFound(outcomes: readonly FunctionOutcome[], found: LiveRollback["found"]): FunctionOutcome[] {
  const now = new Map(found.map(({ arn, layers, revisionId }) => [arn, { after: layers, revisionId }]));
  return outcomes.map((outcome) => ({ ...outcome, ...now.get(outcome.arn) }));
}

/** In how many functions a rollback of the run has something to roll back. */
async function countToRollBack(ports: Ports, stack: string, file: string): Promise<number> {
  const { history } = await loadRecord(ports, stack, file);
  return changedBy(history).length;
}

function serves(
  { functionArn, alias }: LiveResult["published"][number],
  stale: Pick<StaleAlias, "functionArn" | "alias">,
): boolean {
  return functionArn === stale.functionArn && alias?.name === stale.alias;
}

/** The requests of plan and execution together. */
function callsOf({ aws }: Ports, { callsBefore }: LivePlan): Record<string, number> {
  const since = Object.entries(aws.calls()).map(
    ([operation, n]) => [operation, n - (callsBefore[operation] ?? 0)] as const,
  );
  return Object.fromEntries(since.filter(([, n]) => n > 0));
}

async function pruneRecords(ports: Ports, { stack, retentionDays }: LivePlan): Promise<void> {
  const { remove } = await planPrune(ports, { stack, retentionDays });
  if (remove.length === 0) return;
  await ports.backups.remove(remove, ports.clock.now());
  ports.reporter.verbose(`Removed ${remove.length} backups older than ${retentionDays} days`);
}
