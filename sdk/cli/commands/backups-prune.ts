import { count } from "../../core/text";
import { planPrune } from "../../ops/backups";
import { toDocument } from "../backup-table";
import { readBackups, shownFrom } from "../backups";
import { confirmed, needYes } from "../confirm";
import type { Context } from "../context";
import { printJson } from "../json";
import { retentionDays as configured } from "../requests";

/** Prunes backups; those of several projects each by its own retention, after one list and one question. */
export async function run(context: Context): Promise<number> {
  const { options, stdout, reporter } = context;
  const { dryRun = false } = options;
  needYes(context);
  const { isSeveral, read, failed, status } = await readBackups(context, async ({ ports, options: own, stacks }) => {
    const retentionDays = options.retentionDays ?? configured(ports, own);
    const plans = await Promise.all(stacks.map((stack) => planPrune(ports, { stack, retentionDays })));
    const plan = { remove: plans.flatMap(({ remove }) => remove), keep: plans.flatMap(({ keep }) => keep) };
    return { ports, retentionDays, plan };
  });
  const number = read.reduce((sum, { value }) => sum + value.plan.remove.length, 0);
  const limit = isSeveral
    ? `that ${number === 1 ? "is" : "are"} older than the retention`
    : `older than ${count(read[0]?.value.retentionDays ?? 0, "day")}`;
  const found = `${count(number, "backup file")} ${limit}`;
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
  if (options.json) {
    const documents = read.map(({ where, stack, value: { retentionDays, plan } }) => ({
      ...{ ...where, ...(isSeveral && { stack }), dryRun, retentionDays },
      ...{ remove: plan.remove.map(toDocument), keep: plan.keep.map(toDocument) },
    }));
    printJson(stdout, isSeveral ? [...documents, ...failed] : documents[0]);
  }
  return status;
}
