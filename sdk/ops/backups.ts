import { type Backup, expiredBackups } from "../core/backup";
import { reasonOf } from "../core/system-error";
import type { Ports } from "../ports";

/** Which backups a prune removes. */
export interface PrunePlan {
  readonly remove: readonly Backup[];
  readonly keep: readonly Backup[];
}

/**
 * Plans which backups to remove: those older than the retention, except the newest of each stack.
 * @param request.retentionDays 0 or more
 */
export async function planPrune(
  { backups, clock }: Ports,
  request: { readonly stack?: string; readonly retentionDays: number },
): Promise<PrunePlan> {
  const all = await backups.list(request.stack);
  const remove = new Set(expiredBackups(all, request.retentionDays, clock.now()));
  return { remove: [...remove], keep: all.filter((one) => !remove.has(one)) };
}

/** Removes backups as planned. */
export async function executePrune({ backups, clock, reporter }: Ports, plan: PrunePlan): Promise<void> {
  await backups.remove(plan.remove, clock.now());
  for (const { shownPath } of plan.remove) reporter.info(`Removed ${shownPath}`);
}

/** Removes a stack's backups that are older than the retention. A failure is only reported. */
export async function pruneBackups(ports: Ports, stack: string, retentionDays: number): Promise<void> {
  const { backups, reporter, clock } = ports;
  try {
    const { remove } = await planPrune(ports, { stack, retentionDays });
    await backups.remove(remove, clock.now());
    if (remove.length > 0) reporter.info(`Removed ${remove.length} backup files older than ${retentionDays} days`);
  } catch (error) {
    reporter.warn(`Old backups could not be removed: ${reasonOf(error)}`);
  }
}
