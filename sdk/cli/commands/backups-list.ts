import { stacksOfBackups } from "../backup-stacks";
import { printBackups, toDocument } from "../backup-table";
import type { Context } from "../context";
import { printJson } from "../json";

export async function run(context: Context): Promise<number> {
  const { options, stdout, reporter } = context;
  const ports = await context.openPorts();
  const stacks = await stacksOfBackups(ports, options.stacks);
  const backups = (await Promise.all(stacks.map((stack) => ports.backups.list(stack)))).flat();
  if (options.json) printJson(stdout, backups.map(toDocument));
  else if (backups.length === 0) reporter.info("No backups found");
  else printBackups(stdout, backups);
  return 0;
}
