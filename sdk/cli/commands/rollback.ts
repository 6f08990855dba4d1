import { LayersError } from "../../core/errors";
import { updateFailure } from "../../ops/live-sync";
import type { RollbackPlan } from "../../ops/plans";
import { executeRollback, planRollback } from "../../ops/rollback";
import { needYes } from "../confirm";
import type { Context } from "../context";
import { settingsIfAny } from "../settings";
import { forEachStack } from "../stacks";
import { count } from "../text";

export async function run(context: Context): Promise<number> {
  const { options, args, ask } = context;
  const [backup] = args;
  if (backup !== undefined && (options.stack?.length ?? 0) > 1) {
    throw new LayersError("usage", "A backup is one stack's: name one stack, or leave the backup out.");
  }
  needYes(context, "rollback");
  const ports = await context.openPorts();
  const settings = settingsIfAny(ports, options);
  return forEachStack(context, async (stack) => {
    const plan = await planRollback(ports, {
      stack,
      backup,
      settings,
      full: options.full,
      dryRun: options.dryRun,
      syncAws: options.syncAws,
      functions: options.function,
      exclude: options.exclude,
    });
    const result = await executeRollback(ports, plan, ask && ((planned) => ask(question(planned))));
    return { document: result, error: updateFailure(result.aws) };
  });
}

function question({ stack, full, backup, changes, aws }: RollbackPlan): string {
  const live = aws && aws.changes.length > 0 ? ` and ${count(aws.changes.length, "layer version")} in AWS` : "";
  return full
    ? `Replace the whole state of stack ${stack} by ${backup.file}${live}?`
    : `Put back ${count(changes.length, "layer version")} in the state of stack ${stack}${live}?`;
}
