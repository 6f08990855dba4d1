import { LayersError } from "../../core/errors";
import type { Ports } from "../../ops/ports";
import { executeRollback, rollbackFailure } from "../../ops/rollback";
import { planRollback, type RollbackPlan } from "../../ops/rollback-plan";
import {
  executeRunRollback,
  isRunRecord,
  planRunRollback,
  putBackFailure,
  type RunRollbackPlan,
} from "../../ops/sync-rollback";
import { runSummary } from "../ci";
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
  if (backup !== undefined && isRunRecord(backup)) return rollBackRun(context, ports, backup);
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
    return { document: result, error: rollbackFailure(plan, result) };
  });
}

/** Puts a sync back: the state is not touched, and Pulumi not needed. */
function rollBackRun(context: Context, ports: Ports, record: string): Promise<number> {
  const { options, ask } = context;
  if (!options.syncAws) {
    throw new LayersError(
      "usage",
      "A run record puts back live functions: that needs --sync-aws. Nothing was changed.",
    );
  }
  if (options.full) {
    throw new LayersError("usage", "--full is for a backup of a state, not for a run record. Nothing was changed.");
  }
  return forEachStack(context, async (stack) => {
    const { dryRun, function: functions, exclude } = options;
    const plan = await planRunRollback(ports, { stack, record, dryRun, functions, exclude });
    const result = await executeRunRollback(ports, plan, ask && ((planned) => ask(runQuestion(planned))));
    return { document: result, error: putBackFailure(result.aws, plan.impossible), summary: runSummary(result) };
  });
}

function runQuestion({ changes, aliases }: RunRollbackPlan): string {
  const moved = aliases.length > 0 ? ` and the aliases of ${count(aliases.length, "function")}` : "";
  return `Put back ${count(changes.length, "layer version")}${moved} in AWS?`;
}

function question({ stack, full, backup, changes, aws }: RollbackPlan): string {
  const live = aws && aws.changes.length > 0 ? ` and ${count(aws.changes.length, "layer version")} in AWS` : "";
  return full
    ? `Replace the whole state of stack ${stack} by ${backup.file}${live}?`
    : `Put back ${count(changes.length, "layer version")} in the state of stack ${stack}${live}?`;
}
