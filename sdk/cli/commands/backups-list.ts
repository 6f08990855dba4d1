import { printBackups, toDocument } from "../backup-table";
import { readBackups, shownFrom } from "../backups";
import type { Context } from "../context";
import { printJson } from "../json";

export async function run(context: Context): Promise<number> {
  const { options, stdout, reporter } = context;
  const { isSeveral, read, failed, status } = await readBackups(context, async ({ ports, stacks }) => {
    const lists = await Promise.all(stacks.map((stack) => ports.backups.list(stack)));
    return { backups: lists.flat(), place: ports.backups.place() };
  });
  if (options.json) {
    const documents = read.flatMap(({ where, value }) =>
      value.backups.map((one) => ({ ...where, ...toDocument(one) })),
    );
    printJson(stdout, [...documents, ...failed]);
    return status;
  }
  const backups = read.flatMap(({ where, value }) => value.backups.map((one) => shownFrom(where.folder, one)));
  if (backups.length > 0) printBackups(stdout, backups);
  else reporter.info(isSeveral ? "There are no backups" : `No backups found in ${read[0]?.value.place}`);
  return status;
}
