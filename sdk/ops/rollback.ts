import { LayersError } from "../core/errors";
import { changeLine } from "../core/report";
import { adviceOnGone, executePutBack } from "./fleet/put-back";
import { syncLive, updateFailure } from "./live-sync";
import type { RunResult } from "./plans";
import type { Ports } from "./ports";
import { liveTarget, type RollbackPlan } from "./rollback-plan";
import { during } from "./steps";
import { replaceStackState } from "./surgery";
import { tellChanges, tellConcerns } from "./tell";

const unchanged = "Nothing was changed.";

/** What came of a rollback: `--json` prints it. */
export interface RollbackResult extends RunResult {
  /** The backup whose versions these are, as messages name it. */
  readonly rollbackTo: string | null;
}

/**
 * Carries out a rollback as planned; the state as it was is kept, like an update's. In a dry run only tells.
 * @param confirm asked before anything is written, where there is anything to write; false ends with code `interrupted`
 * @throws LayersError what an update throws; but functions that AWS did not update are in the result
 */
export async function executeRollback(
  ports: Ports,
  plan: RollbackPlan,
  confirm?: (plan: RollbackPlan) => Promise<boolean>,
): Promise<RollbackResult> {
  const { stack, dryRun, changes, skipped, aws, run, content } = plan;
  const result = { stack, dryRun, changes, skipped, rollbackTo: plan.backup.file ?? null, backup: null };
  const asked = confirm !== undefined && !dryRun && (content !== undefined || (aws?.changes.length ?? 0) > 0);
  ports.reporter.info(`Rolling back to: ${plan.backup.file}`);
  tellConcerns(ports.reporter, plan);
  if (dryRun || asked) tellChanges(ports.reporter, plan);
  if (asked && !(await confirm(plan))) throw new LayersError("interrupted", `Not confirmed. ${unchanged}`);
  if (dryRun) {
    return { ...result, ...(aws && { aws: { changes: aws.changes, outcomes: [], skipped: aws.skipped } }) };
  }
  const backup = await writeState(ports, plan);
  const soFar = backup === null ? "The state was not changed." : `The state of ${stack} is rolled back.`;
  const synced = await during(soFar, async () => {
    if (run) return executePutBack(ports, run);
    return aws && syncLive(ports, aws, liveTarget(plan.backup), { stack, soFar, backup });
  });
  if (!aws && backup !== null) {
    ports.reporter.warn(
      "AWS was not touched: live functions keep their layers until they are rolled back with --sync-aws.",
    );
  }
  return { ...result, backup, ...(synced && { aws: synced }) };
}

/** The error of a rollback in which some functions were not put back in AWS; undefined where all were. */
export function rollbackFailure({ run }: RollbackPlan, { aws }: RunResult): LayersError | undefined {
  const failure = updateFailure(aws);
  const impossible = new Set(run?.impossible);
  if (!failure || impossible.size === 0) return failure;
  const canFinish = aws?.outcomes.some((one) => one.status === "failed" && !impossible.has(one));
  const { code, message, next } = failure;
  return new LayersError(code, message, {
    next: `${canFinish ? next : "All others are done."}\n${adviceOnGone}`,
    cause: failure,
  });
}

async function writeState(ports: Ports, plan: RollbackPlan): Promise<string | null> {
  const { state, backup, content, changes, retentionDays } = plan;
  if (content === undefined) {
    ports.reporter.info(`The state of ${plan.stack} is as in ${backup.file}: nothing to roll back`);
    return null;
  }
  const lines = changes.map(changeLine);
  const before = await replaceStackState(ports, { state, content, kind: "rollback", lines, retentionDays });
  return before.shownPath;
}
