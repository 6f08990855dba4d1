import { resolve } from "node:path";
import { LayersError, unchanged } from "../../core/errors";
import { isLookedUp } from "../../core/estate";
import { count, countLayers } from "../../core/text";
import { liveFailure } from "../../ops/live/failure";
import type { DeclaredOtherwise } from "../../ops/next-steps";
import { setAside } from "../../ops/recorded/memory";
import {
  executeRollback,
  executeRunRollback,
  newestBackup,
  planRollback,
  planRunRollback,
  type RollbackPlan,
  type RunRollbackPlan,
} from "../../ops/rollback";
import { runSummary } from "../ci";
import { mustConfirm, needYes } from "../confirm";
import type { Context } from "../context";
import { defaultStack } from "../estate";
import { isEstateRecord, openRun } from "../estate-run";
import type { OptionValues } from "../options";
import { planStacks } from "../plan-stacks";
import { type Contradiction, configIfAny, recordSettings, refuse, rolloutOfNone, runOptions } from "../requests";
import type { StackRun } from "../stacks";

export async function run(context: Context): Promise<number> {
  const { options, args } = context;
  const [backup] = args;
  refuse(contradictions(options, backup), unchanged);
  const isNewest = backup === undefined && options.resume === undefined;
  if (mustConfirm(context)) needYes(context, isNewest ? await whyNoBackup(context) : undefined);
  const isLook = options.dryRun ?? false;
  const told = new Set<string>();
  const record = options.resume === true ? undefined : options.resume;
  if (backup !== undefined && isEstateRecord(backup)) return rollBackRun(context, backup, isLook);
  if (options.resume !== undefined || (backup !== undefined && isRunRecord(backup)))
    return planStacks(context, (run) => planRun(run, record ?? backup, told), { verb: "Roll back", isLook });
  return planStacks(context, (run) => planBackup(run, backup, told), { verb: "Roll back", isLook });
}

/** Why a rollback of one stack would fail once it is confirmed; undefined if there is a backup, or several stacks are meant. */
async function whyNoBackup(context: Context): Promise<LayersError | undefined> {
  const { stack = [defaultStack], projects, stackTag } = context.options;
  const [only, ...others] = stack;
  if (only === undefined || others.length > 0 || isLookedUp(stack) || (projects ?? stackTag) !== undefined) return;
  try {
    await newestBackup(await context.openPorts(), only);
    return undefined;
  } catch (error) {
    if (error instanceof LayersError) return error;
    throw error;
  }
}

/** Rolls back a run over several stacks. */
async function rollBackRun(context: Context, named: string, isLook: boolean): Promise<number> {
  const { estate, left } = await openRun(context, named);
  const told = new Set<string>();
  const plan = (run: StackRun) => {
    const own = left[run.index];
    if (own && "record" in own) return planRun(run, own.record, told);
    const options = { ...run.context.options, ...(own?.isLive === false && { syncAws: false }) };
    return planBackup({ ...run, context: run.context.derive({ options }) }, own?.backup, told);
  };
  return planStacks(context, plan, { verb: "Roll back", isLook, estate });
}

async function planBackup({ stack, label, context, ports }: StackRun, backup: string | undefined, told: Set<string>) {
  const { full, dryRun, syncAws, function: functions, exclude, skipPreflight } = context.options;
  const config = configIfAny(ports, context.options);
  const request = { stack, label, backup, config, full, dryRun, syncAws, functions, exclude, skipPreflight };
  const plan = await planRollback(ports, request);
  const carryOut = async () => {
    const result = await executeRollback(ports, plan, rollbackOptions(context, question, told));
    const { backup: before } = result;
    const run = plan.aws && { ...plan.aws, ...(before !== null && { backup: before }) };
    const error = run && result.aws && liveFailure(ports, run, result.aws);
    return { document: result, error, summary: runSummary(result, label) };
  };
  return {
    ...{ changes: plan.changes, live: plan.aws?.changes ?? [], carryOut },
    setAside: () => setAside(ports, plan.state, plan.content !== undefined),
  };
}

/** Rolls a run back from its record: the state is not touched, and Pulumi is not needed. */
async function planRun({ stack, label, context, ports }: StackRun, record: string | undefined, told: Set<string>) {
  const { dryRun, function: functions, exclude } = context.options;
  const request = { stack, record, dryRun, functions, exclude, ...recordSettings(ports, context.options) };
  const plan = await planRunRollback(ports, request);
  const carryOut = async () => {
    const result = await executeRunRollback(ports, plan, rollbackOptions(context, runQuestion, told));
    const error = result.aws && liveFailure(ports, plan, result.aws);
    return { document: result, error, summary: runSummary(result, label) };
  };
  return { changes: [], live: plan.changes, carryOut };
}

/** Whether a file is named like a run record rather than a state. */
function isRunRecord(file: string): boolean {
  return file.endsWith(".jsonl");
}

function rollbackOptions<Plan>(context: Context, question: (plan: Plan) => string, told: Set<string>) {
  const { onFailure, ...others } = runOptions(context, question);
  // Advice about the declarations for all stacks is the same for every stack that shares the config, in whatever
  // folder.
  const isNews = ({ at, key, back, overridden }: DeclaredOtherwise) => {
    const entry = `${resolve(context.options.cwd ?? ".", at)} ${key} ${back.join()}`;
    const isKnown = !overridden && told.has(entry);
    told.add(entry);
    return !isKnown;
  };
  return { ...others, isNews, ...(onFailure !== "rollback" && { onFailure }) };
}

function runQuestion({ changes, rollback }: RunRollbackPlan): string {
  const aliases = rollback.sites.reduce((sum, site) => sum + site.aliases.length, 0);
  const moved = aliases > 0 ? ` and ${count(aliases, "alias", "aliases")}` : "";
  return `Roll back ${countLayers(changes.length)}${moved} in AWS?`;
}

function question({ stack, full, backup, changes, aws }: RollbackPlan): string {
  const live = aws && aws.changes.length > 0 ? ` and ${countLayers(aws.changes.length)} in AWS` : "";
  return full
    ? `Replace the whole state of stack ${stack} with ${backup.file}${live}?`
    : `Roll back ${countLayers(changes.length)} in the state of stack ${stack}${live}?`;
}

function contradictions(options: OptionValues, backup: string | undefined): Contradiction[] {
  const { stack = [], projects, stackTag, syncAws, full, resume, onFailure } = options;
  const isSeveral = isLookedUp(stack) || stack.length > 1 || projects !== undefined || stackTag !== undefined;
  const named = backup ?? (typeof resume === "string" ? resume : undefined);
  const isEstate = backup !== undefined && isEstateRecord(backup);
  const isOfRun = resume !== undefined || (backup !== undefined && !isEstate && isRunRecord(backup));
  return [
    [
      isEstate && (isSeveral || stack.length > 0),
      "The run record already names its stacks. Run again without --stack.",
    ],
    [isEstate && full, "--full needs a state backup, not a run record."],
    [named !== undefined && isSeveral, "A backup belongs to one stack. Name one stack, or leave the backup out."],
    [
      backup !== undefined && resume !== undefined,
      "--resume finishes an earlier rollback and cannot be combined with a backup.",
    ],
    [isOfRun && !syncAws, "A run record rolls back live functions, which needs --sync-aws."],
    [isOfRun && full, "--full needs a state backup, not a run record."],
    [
      onFailure === "rollback",
      "A failed rollback cannot be rolled back. Use --on-failure stop to end it at the first failure.",
    ],
    rolloutOfNone(options),
  ];
}
