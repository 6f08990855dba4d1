import { count } from "../../core/text";
import { executePrune, planPrune } from "../../ops/backups";
import { stacksOfBackups } from "../backup-stacks";
import { toDocument } from "../backup-table";
import { confirmed, needYes } from "../confirm";
import type { Context } from "../context";
import { printJson } from "../json";
import { retentionDays as configured } from "../settings";

export async function run(context: Context): Promise<number> {
  const { options, stdout, reporter } = context;
  needYes(context);
  const ports = await context.openPorts();
  const retentionDays = options.retentionDays ?? configured(ports, options);
  const stacks = await stacksOfBackups(ports, options.stacks);
  const plans = await Promise.all(stacks.map((stack) => planPrune(ports, { stack, retentionDays })));
  const plan = { remove: plans.flatMap(({ remove }) => remove), keep: plans.flatMap(({ keep }) => keep) };
  const found = `${count(plan.remove.length, "backup file")} older than ${count(retentionDays, "day")}`;
  reporter.info(plan.remove.length > 0 ? `Found ${found}:` : `Found ${found}; nothing to remove`);
  for (const { shownPath } of plan.remove) reporter.item(shownPath);
  if (!options.dryRun && plan.remove.length > 0) {
    await confirmed(context, `Remove ${count(plan.remove.length, "file")}?`);
    await executePrune(ports, plan);
  }
  if (options.json) {
    const { dryRun = false } = options;
    printJson(stdout, { dryRun, retentionDays, remove: plan.remove.map(toDocument), keep: plan.keep.map(toDocument) });
  }
  return 0;
}
