import { count } from "../../core/text";
import { executePrune, planPrune } from "../../ops/backups";
import { readBackedUp, shownFrom } from "../backed-up";
import { stacksOfBackups } from "../backup-stacks";
import { toDocument } from "../backup-table";
import { confirmed, needYes } from "../confirm";
import type { Context } from "../context";
import { printJson } from "../json";
import { retentionDays as configured } from "../settings";

export async function run(context: Context): Promise<number> {
  const { options, stdout, reporter } = context;
  needYes(context);
  if ((options.projects ?? options.stackTag) !== undefined) return pruneAll(context);
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

/** Prunes the backups of several projects, each by its own retention, after one list and one question. */
async function pruneAll(context: Context): Promise<number> {
  const { options, stdout, reporter } = context;
  const { dryRun = false, json } = options;
  const { read, failed, status } = await readBackedUp(context, async ({ ports, stack, context: own }) => {
    const retentionDays = options.retentionDays ?? configured(ports, own.options);
    return { ports, retentionDays, plan: await planPrune(ports, { stack, retentionDays }) };
  });
  const number = read.reduce((sum, { value }) => sum + value.plan.remove.length, 0);
  const found = `${count(number, "backup file")} that ${number === 1 ? "is" : "are"} older than the retention`;
  reporter.info(number > 0 ? `Found ${found}:` : `Found ${found}; nothing to remove`);
  for (const { where, value } of read)
    for (const one of value.plan.remove) reporter.item(shownFrom(where.folder, one).shownPath);
  if (!dryRun && number > 0) {
    await confirmed(context, `Remove ${count(number, "file")}?`);
    for (const { where, value } of read) {
      const { ports, plan } = value;
      if (plan.remove.length > 0) await ports.backups.remove(plan.remove, ports.clock.now());
      for (const one of plan.remove) reporter.info(`Removed ${shownFrom(where.folder, one).shownPath}`);
    }
  }
  if (json) {
    const documents = read.map(({ where, stack, value: { retentionDays, plan } }) => ({
      ...{ ...where, stack, dryRun, retentionDays },
      ...{ remove: plan.remove.map(toDocument), keep: plan.keep.map(toDocument) },
    }));
    printJson(stdout, [...documents, ...failed]);
  }
  return status;
}
