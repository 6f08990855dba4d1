import { unchanged } from "../../core/errors";
import { count, countLayers } from "../../core/text";
import { liveFailure } from "../../ops/live/failure";
import {
  executeRollback,
  executeRunRollback,
  planRollback,
  planRunRollback,
  type RollbackPlan,
  type RunRollbackPlan,
} from "../../ops/rollback";
import type { Ports } from "../../ports";
import { runSummary } from "../ci";
import { needYes } from "../confirm";
import type { Context } from "../context";
import type { OptionValues } from "../options";
import { type Contradiction, refuse, rolloutOfNone, runOptions } from "../requests";
import { configIfAny, retentionDays } from "../settings";
import { forEachStack } from "../stacks";

export async function run(context: Context): Promise<number> {
  const { options, args } = context;
  const [backup] = args;
  refuse(contradictions(options, backup), unchanged);
  needYes(context);
  const ports = await context.openPorts();
  if (options.resume !== undefined)
    return rollBackRun(context, ports, options.resume === true ? undefined : options.resume);
  if (backup !== undefined && isRunRecord(backup)) return rollBackRun(context, ports, backup);
  const config = configIfAny(ports, options);
  const { full, dryRun, syncAws, function: functions, exclude, skipPreflight } = options;
  return forEachStack(context, async (stack) => {
    const request = { stack, backup, config, full, dryRun, syncAws, functions, exclude, skipPreflight };
    const plan = await planRollback(ports, request);
    const result = await executeRollback(ports, plan, rollbackOptions(context, question));
    const error = plan.aws && result.aws && liveFailure(ports, plan.aws, result.aws);
    return { document: result, error, summary: runSummary(result) };
  });
}

/** Puts a run back: the state is not touched, and Pulumi not needed. */
function rollBackRun(context: Context, ports: Ports, record: string | undefined): Promise<number> {
  const { dryRun, function: functions, exclude } = context.options;
  const retention = retentionDays(ports, context.options);
  const config = configIfAny(ports, context.options);
  return forEachStack(context, async (stack) => {
    const request = { stack, record, dryRun, functions, exclude, retentionDays: retention, config };
    const plan = await planRunRollback(ports, request);
    const result = await executeRunRollback(ports, plan, rollbackOptions(context, runQuestion));
    const error = result.aws && liveFailure(ports, plan, result.aws);
    return { document: result, error, summary: runSummary(result) };
  });
}

/** Whether a file's name is that of a run record, rather than of a state. */
function isRunRecord(file: string): boolean {
  return file.endsWith(".jsonl");
}

function rollbackOptions<Plan>(context: Context, question: (plan: Plan) => string) {
  const { onFailure, ...others } = runOptions(context, question);
  return { ...others, ...(onFailure !== "rollback" && { onFailure }) };
}

function runQuestion({ changes, putBack }: RunRollbackPlan): string {
  const aliases = putBack.sites.reduce((sum, site) => sum + site.aliases.length, 0);
  const moved = aliases > 0 ? ` and ${count(aliases, "alias", "aliases")}` : "";
  return `Put back ${countLayers(changes.length)}${moved} in AWS?`;
}

function question({ stack, full, backup, changes, aws }: RollbackPlan): string {
  const live = aws && aws.changes.length > 0 ? ` and ${countLayers(aws.changes.length)} in AWS` : "";
  return full
    ? `Replace the whole state of stack ${stack} by ${backup.file}${live}?`
    : `Put back ${countLayers(changes.length)} in the state of stack ${stack}${live}?`;
}

function contradictions(options: OptionValues, backup: string | undefined): Contradiction[] {
  const { stack = [], syncAws, full, resume, onFailure } = options;
  const named = backup ?? (typeof resume === "string" ? resume : undefined);
  const isOfRun = resume !== undefined || (backup !== undefined && isRunRecord(backup));
  return [
    [named !== undefined && stack.length > 1, "A backup is one stack's: name one stack, or leave the backup out."],
    [backup !== undefined && resume !== undefined, "--resume finishes a rollback: it takes no backup beside it."],
    [isOfRun && !syncAws, "A run record puts back live functions: that needs --sync-aws."],
    [isOfRun && full, "--full is for a backup of a state, not for a run record."],
    [onFailure === "rollback", "A rollback that fails is not rolled back itself: --on-failure stop ends it."],
    rolloutOfNone(options),
  ];
}
