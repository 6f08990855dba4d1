import { expiredBackups } from "../../core/backup";
import { LayersError } from "../../core/errors";
import type { FunctionOutcome } from "../../core/live";
import type { Ports } from "../ports";
import { checkpoint } from "../steps";
import { tellConcerns, tellLiveChanges } from "../tell";
import type { PublishOutcome, StaleAlias } from "./aliases";
import { follow } from "./follow";
import type { SyncPlan, SyncReport, SyncResult } from "./plan";
import { aliasesToPutBack, executePutBack, type PutBackResult, planPutBack } from "./put-back";
import { loadRecord } from "./recorded";
import { RunRecorder, recordedPlan } from "./recorder";
import { type Rollout, type RolloutOptions, rollOut, type Stop } from "./rollout";
import { tellAliases, tellAliasesToPutBack, tellSummary, tellToPublish } from "./tell";

/** How a sync is carried out. */
export interface ExecuteSyncOptions extends RolloutOptions {
  /** Refuses a plan with more layer version changes. */
  readonly maxChanges?: number;
  /** Asked before anything is changed; false ends the run with code `interrupted`. */
  readonly confirm?: (plan: SyncPlan) => Promise<boolean>;
}

/**
 * Carries out a sync as planned; in a dry run only tells. Each update is conditional on the function being as it was
 * planned, and on disk in the run record before it is sent.
 * @throws LayersError `too-many-changes`, `interrupted`, `backup-folder`; functions that failed are in the result: see
 * {@link syncFailure}
 */
export async function executeSync(ports: Ports, plan: SyncPlan, options: ExecuteSyncOptions = {}): Promise<SyncResult> {
  const { reporter } = ports;
  const { stack, dryRun, changes, sites } = plan;
  const total = sites.reduce((sum, { functions }) => sum + functions.length, 0);
  tellConcerns(reporter, { ...plan, changes: [], aws: undefined });
  if (dryRun || options.confirm || total === 0) {
    tellLiveChanges(reporter, changes);
    tellAliases(reporter, plan.aliases);
    if (plan.toPublish) tellToPublish(reporter, plan.toPublish);
  }
  refuseLargePlan(plan, options);
  const of = { stack, dryRun, changes: [], skipped: [], backup: null };
  const planned = { changes, skipped: plan.skipped, ...(plan.toPublish && { toPublish: plan.toPublish }) };
  const report = { ...planned, outcomes: [], aliases: plan.aliases, published: [] };
  if (dryRun || total === 0) return { ...of, aws: { ...report, calls: callsOf(ports, plan) } };
  if (options.confirm && !(await options.confirm(plan))) {
    throw new LayersError("interrupted", "Not confirmed. Nothing was changed.");
  }
  checkpoint(ports, "Nothing was changed.");
  const carriedOut = await carryOut(ports, plan, options, total);
  return { ...of, aws: { ...planned, ...carriedOut, calls: callsOf(ports, plan) } };
}

/** The requests of plan and execution together. */
function callsOf({ aws }: Ports, { callsBefore }: SyncPlan): Record<string, number> {
  const since = Object.entries(aws.calls()).map(
    ([operation, n]) => [operation, n - (callsBefore[operation] ?? 0)] as const,
  );
  return Object.fromEntries(since.filter(([, n]) => n > 0));
}

function refuseLargePlan({ changes }: SyncPlan, { maxChanges }: ExecuteSyncOptions): void {
  if (maxChanges === undefined || changes.length <= maxChanges) return;
  throw new LayersError(
    "too-many-changes",
    `The plan has ${changes.length} layer version updates, and at most ${maxChanges} are allowed. Nothing was changed.`,
    { next: "Look at them with --dry-run, and raise --max-changes if they are what you want." },
  );
}

/** From the first change to the last. */
async function carryOut(
  ports: Ports,
  plan: SyncPlan,
  options: ExecuteSyncOptions,
  total: number,
): Promise<Omit<SyncReport, "changes" | "skipped" | "toPublish" | "calls">> {
  const { reporter, signal } = ports;
  const { stack, changes, sites, resumed } = plan;
  const recorder = resumed
    ? await RunRecorder.reopen(ports, resumed, "sync")
    : await RunRecorder.create(ports, recordedPlan(stack, sites, changes, plan.publish));
  reporter.info(`Run record: ${recorder.file}`);
  await pruneRecords(ports, plan);
  for (const { region, functions } of sites) {
    reporter.info(`Synchronizing ${functions.length} Lambda functions with AWS in ${region}`);
  }
  const { tell, end } = follow(reporter, "Updating Lambda functions", total, changes);
  const failed: string[] = [];
  let updated = 0;
  const note = (outcome: FunctionOutcome) => {
    tell(outcome);
    if (outcome.status === "updated") updated += 1;
    if (outcome.status === "failed") failed.push(outcome.function);
  };
  let rollout: Rollout;
  try {
    rollout = await rollOut(ports, plan, options, recorder, note);
    if (signal?.aborted) throw new LayersError("interrupted", "Interrupted.");
    if (!rollout.stopped) await recorder.end();
  } catch (error) {
    const failures = failed.length > 0 ? ` Failed: ${failed.join(", ")}.` : "";
    throw cutShort(error, `${updated} of ${total} functions were updated in AWS.${failures}`, stack, recorder.file);
  } finally {
    end();
    await recorder.close();
  }
  const { outcomes, published, stopped } = rollout;
  const rolledBack = stopped && (await rollBackIfMeant(ports, plan, recorder.file, stopped, options));
  const aliases = plan.aliases.filter((one) => rolledBack || !isMoved(one, published));
  tellSummary(reporter, outcomes, published, rolledBack);
  if (!plan.publish) tellAliases(reporter, aliases);
  const hasFailed = stopped !== undefined || [...outcomes, ...published].some(({ status }) => status === "failed");
  return {
    outcomes,
    record: recorder.file,
    aliases,
    published,
    ...(stopped && { stopped: stopped.reason, stoppedBy: stopped.cause }),
    ...(hasFailed && { toPutBack: await countToPutBack(ports, stack, recorder.file) }),
    ...(rolledBack && { rolledBack }),
  };
}

/** An error that ends a run in its middle, with what was done by then and how to go on. */
function cutShort(error: unknown, soFar: string, stack: string, record: string): unknown {
  if (!(error instanceof LayersError)) return error;
  const next = [
    ...(error.next === undefined ? [] : [error.next]),
    `Finish the run:   lambda-layers sync --stack ${stack} --resume ${record}`,
    `Or put it back:   lambda-layers rollback --stack ${stack} --sync-aws ${record}`,
  ];
  return new LayersError(error.code, `${error.message} ${soFar}`, { next: next.join("\n"), cause: error });
}

async function rollBackIfMeant(
  ports: Ports,
  { stack }: SyncPlan,
  file: string,
  { cause, reason }: Stop,
  { onFailure }: ExecuteSyncOptions,
): Promise<PutBackResult | undefined> {
  ports.reporter.warn(`The run stopped: ${reason}.`);
  const isMeant = onFailure === "rollback" || ((cause === "check" || cause === "canary") && onFailure !== "stop");
  if (!isMeant) return undefined;
  ports.reporter.info("Putting back what this run has changed");
  const record = await loadRecord(ports, stack, file);
  const plan = await planPutBack(ports, record, { functions: [], exclude: [] });
  for (const line of plan.warnings) ports.reporter.warn(line);
  for (const { function: name, reason: why } of plan.skipped) {
    ports.reporter.warn(`Function ${name} is not put back: ${why}.`);
  }
  tellAliasesToPutBack(ports.reporter, aliasesToPutBack(plan));
  return executePutBack(ports, plan);
}

/** Of how many functions a rollback of the run has something to put back. */
async function countToPutBack(ports: Ports, stack: string, file: string): Promise<number> {
  const { history } = await loadRecord(ports, stack, file);
  return history.functions.filter(({ moved, aliases }) => moved.length + aliases.length > 0).length;
}

function isMoved({ functionArn, alias }: StaleAlias, published: readonly PublishOutcome[]): boolean {
  return published.some((one) => one.functionArn === functionArn && one.alias?.name === alias);
}

async function pruneRecords({ backups, clock, reporter }: Ports, { stack, retentionDays }: SyncPlan): Promise<void> {
  const expired = expiredBackups(await backups.list(stack), retentionDays, clock.now());
  if (expired.length === 0) return;
  await backups.remove(expired, clock.now());
  reporter.verbose(`Removed ${expired.length} backups older than ${retentionDays} days`);
}
