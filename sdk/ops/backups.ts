import { expiredBackups } from "../core/backup";
import type { Ports } from "../ports";
import type { PrunePlan } from "./plans";

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
