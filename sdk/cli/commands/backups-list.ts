import { readBackedUp, shownFrom } from "../backed-up";
import { stacksOfBackups } from "../backup-stacks";
import { printBackups, toDocument } from "../backup-table";
import type { Context } from "../context";
import { printJson } from "../json";

export async function run(context: Context): Promise<number> {
  const { options, stdout, reporter } = context;
  if ((options.projects ?? options.stackTag) !== undefined) return listAll(context);
  const ports = await context.openPorts();
  const stacks = await stacksOfBackups(ports, options.stacks);
  const backups = (await Promise.all(stacks.map((stack) => ports.backups.list(stack)))).flat();
  if (options.json) printJson(stdout, backups.map(toDocument));
  else if (backups.length === 0) reporter.info(`No backups found in ${ports.backups.place()}`);
  else printBackups(stdout, backups);
  return 0;
}

/** Lists the backups of several projects in one table, or one array. */
async function listAll(context: Context): Promise<number> {
  const { options, stdout, reporter } = context;
  const { read, failed, status } = await readBackedUp(context, ({ ports, stack }) => ports.backups.list(stack));
  if (options.json)
    printJson(stdout, [
      ...read.flatMap(({ where, value }) => value.map((one) => ({ ...where, ...toDocument(one) }))),
      ...failed,
    ]);
  else {
    const backups = read.flatMap(({ where, value }) => value.map((one) => shownFrom(where.folder, one)));
    if (backups.length === 0) reporter.info("There are no backups");
    else printBackups(stdout, backups);
  }
  return status;
}
