import { assess, totalsOf } from "../core/assess";
import { shortStackName } from "../core/config/declared";
import { unchanged } from "../core/errors";
import { hasFailed } from "../core/live";
import { patchState } from "../core/state/patch";
import { count, countLayers, listNames } from "../core/text";
import type { Ports } from "../ports";
import { afterRun, isHeldBack } from "./after";
import { pruneBackups } from "./backups";
import { declaredAfterStop } from "./declared-otherwise";
import type { LiveReading } from "./expectation";
import { carryOut, plannedOnly } from "./live/carry-out";
import type { LiveResult } from "./live/plans";
import type { RolloutOptions } from "./live/rollout";
import { adviceAfterRollback, adviceAfterUpdate } from "./next-steps";
import { documentFormat, type Proof, type RunResult, type StateChange } from "./plans";
import { loadState, type ScanState } from "./recorded/load";
import { proveState } from "./recorded/prove";
import { replaceStackState } from "./recorded/replace";
import { planRestore } from "./recorded/restore";
import { changeLines, labelsOfChanges } from "./report-changes";
import { type ReviewOptions, review } from "./review";
import { beforeFunctions, checkpoint, during } from "./steps";
import type { UpdatePlan } from "./update-plan";

export { planUpdate, type UpdatePlan, type UpdateRequest } from "./update-plan";

/** How an update is carried out. */
export interface UpdateOptions extends RolloutOptions, ReviewOptions<UpdatePlan> {
  /** Continue only if the program keeps the new versions; in a dry run, report whether it does. */
  readonly prove?: boolean;
}

/** What an update did, or would do: `--json` prints it. */
export interface UpdateResult extends RunResult {
  readonly aws?: LiveResult;
  /** Whether AWS was read; absent without `--sync-aws`. */
  readonly live?: LiveReading;
  /** Recorded versions that were reverted because the run in AWS was stopped and rolled back; absent if none. */
  readonly recordedBack?: readonly StateChange[];
  /** Whether the program keeps the new versions; absent if not requested, or if there was nothing to import. */
  readonly proof?: Proof;
}

/**
 * Carries out an update as planned; in a dry run, or if it cannot be proved, only reports.
 * @throws LayersError; but functions that AWS did not update, and a proof that failed, are in the result: see
 * `liveFailure` and `proofFailure`
 */
export async function executeUpdate(
  ports: Ports,
  plan: UpdatePlan,
  scan: ScanState,
  { prove, ...options }: UpdateOptions,
): Promise<UpdateResult> {
  const proof = prove ? await proveState(ports, plan, scan) : undefined;
  const dryRun = plan.dryRun || isHeldBack({ proof });
  const { skipped, advice } = leftToProgram(ports, plan);
  // Before the run this advice could lead past a check that fails: `pulumi up` moves all functions.
  const isToMove = !dryRun && !options.expectNoChanges && (plan.aws?.sites.length ?? 0) > 0;
  const reviewed = {
    ...plan,
    skipped,
    warnings: isToMove ? plan.warnings : [...plan.warnings, ...advice],
    state: plan.changes,
    live: plan.aws,
    isMore: isCopied(plan),
  };
  if (!(await review(ports, { ...plan, dryRun }, reviewed, options))) {
    const live = plan.aws && plannedOnly(ports, plan.aws);
    return resultOf(plan, { backup: null, live, proof }, true);
  }
  const backup = await beforeFunctions(plan.aws !== undefined, () => applyToState(ports, plan, scan));
  const live = plan.aws && (await updateFunctions(ports, plan, options, backup));
  const recordedBack = live && (await restoreStopped(ports, plan, live, backup, scan));
  const result = resultOf(plan, { backup, live, recordedBack, proof });
  const later = isToMove && live?.stopped === undefined ? advice : [];
  const declared = plan.aws && live ? declaredAfterStop(plan.aws, live, plan.targetOf) : [];
  for (const line of [
    ...later,
    ...adviceAfterRollback(ports, plan.stack, declared),
    ...adviceAfterUpdate(ports, plan, standing(plan, recordedBack), live, proof),
  ])
    ports.reporter.warn(line);
  return result;
}

/** Functions whose record only the program updates get one line: with `--sync-aws` they are still moved. */
function leftToProgram(
  { advisePulumi }: Ports,
  { stack, skipped, elsewhere }: UpdatePlan,
): Pick<UpdatePlan, "skipped"> & { readonly advice: readonly string[] } {
  if (elsewhere.length === 0) return { skipped, advice: [] };
  const names = listNames(elsewhere.map(({ function: name }) => name));
  const up = advisePulumi(["up", "--stack", stack]);
  const line = `A LayerVersions resource records ${count(elsewhere.length, "function")} (${names}) at other versions than declared. Only the program brings that record up to date: ${up}`;
  const isElsewhere = new Set(elsewhere);
  return { skipped: skipped.filter((one) => !isElsewhere.has(one)), advice: [line] };
}

/** A separate output file is written even if nothing changes, because the user continues with it. */
function isCopied({ state, out }: UpdatePlan): boolean {
  return out !== undefined && out !== state.file;
}

interface Done {
  readonly backup: string | null;
  readonly live: LiveResult | undefined;
  readonly recordedBack?: readonly StateChange[];
  readonly proof: Proof | undefined;
}

function resultOf(plan: UpdatePlan, { backup, live, recordedBack = [], proof }: Done, isPlanned = false): UpdateResult {
  const { stack, dryRun, state, changes, skipped, functions, targetOf } = plan;
  const outcomes = [...(live?.outcomes ?? []), ...(live?.rolledBack?.outcomes ?? [])];
  const after = () => assess(afterRun(functions, { state: standing(plan, recordedBack), outcomes }), targetOf);
  return {
    format: documentFormat,
    stack,
    project: state.facts.owner?.project ?? null,
    dryRun,
    changes,
    skipped,
    backup,
    totals: totalsOf(isPlanned ? plan.standings : after()),
    ...(plan.live && { live: plan.live }),
    ...(live && { aws: live }),
    ...(proof && { proof }),
    ...(recordedBack.length > 0 && { recordedBack }),
  };
}

/** The changes of the state that were not reverted. */
function standing({ changes }: UpdatePlan, recordedBack: readonly StateChange[] = []): StateChange[] {
  const back = new Set(recordedBack.map((change) => `${change.urn} ${change.arn}`));
  return changes.filter((change) => !back.has(`${change.urn} ${change.arn}`));
}

/**
 * Writes the state that an update has planned: into the stack, or into a file.
 * @param scan what the plan's state was scanned with
 * @returns the backup as messages name it; null if none was needed
 * @throws LayersError what {@link replaceStackState} and the ports throw
 */
export async function applyToState(ports: Ports, plan: UpdatePlan, scan: ScanState): Promise<string | null> {
  const lines = changeLines(plan.changes, labelsOfChanges(plan.changes, plan.functions));
  if (plan.out !== undefined) return applyToFile(ports, plan, plan.out, lines);
  if (plan.edits.length === 0) return null;
  const { state, retentionDays } = plan;
  const content = { edits: plan.edits, scan };
  const before = await replaceStackState(ports, { state, content, kind: "updated", lines, retentionDays });
  return before.shownPath;
}

/**
 * Carries out the live part of an update.
 * @throws LayersError what {@link carryOut} throws
 */
export function updateFunctions(
  ports: Ports,
  { aws, stack, state }: UpdatePlan,
  options: RolloutOptions,
  backup: string | null,
): Promise<LiveResult | undefined> {
  const soFar = backup === null ? "The state was not changed." : `The state of ${stack} was updated.`;
  const run = { soFar, ...(backup !== null && { backup }), isOfFile: state.file !== undefined };
  return during(soFar, async () => aws && carryOut(ports, aws, options, run));
}

/** After a run that was stopped and rolled back in AWS: rolls back what the state records of functions that are not updated. */
async function restoreStopped(
  ports: Ports,
  plan: UpdatePlan,
  { outcomes, rolledBack }: LiveResult,
  backup: string | null,
  scan: ScanState,
): Promise<readonly StateChange[] | undefined> {
  if (!rolledBack || backup === null) return undefined;
  const { stack, functions, changes, retentionDays } = plan;
  const isBack = new Set(rolledBack.outcomes.filter((one) => !hasFailed(one)).map(({ arn }) => arn));
  const undone = outcomes.filter((one) => isBack.has(one.arn) || one.status === "cancelled" || hasFailed(one));
  const arns = new Set(undone.map(({ arn }) => arn));
  const urns = new Set(functions.flatMap(({ arn, urn }) => (urn !== undefined && arns.has(arn ?? "") ? [urn] : [])));
  if (!changes.some(({ urn }) => urns.has(urn))) return undefined;
  const soFar = `The state of ${stack} records versions from which functions were rolled back.`;
  return during(soFar, async () => {
    const state = await loadState(ports, { stack, scan });
    const own = state.facts.functions.filter(({ urn }) => urns.has(urn));
    const { changes: back, content } = planRestore(plan.state.facts, own, scan);
    if (!content) return undefined;
    ports.reporter.info(`Rolling back ${countLayers(back.length)} in the state of ${stack}`);
    const lines = changeLines(back, labelsOfChanges(back, functions));
    await replaceStackState(ports, { state, content, kind: "rollback", lines, retentionDays });
    return back;
  });
}

async function applyToFile(
  ports: Ports,
  plan: UpdatePlan,
  out: string,
  lines: readonly string[],
): Promise<string | null> {
  const { stateFiles, backups, reporter, clock } = ports;
  const { stack, state, edits } = plan;
  await checkpoint(ports, unchanged);
  let backup: string | null = null;
  const inPlace = state.file !== undefined && (await stateFiles.isSame(state.file, out));
  if (inPlace && edits.length === 0) return null;
  // A state file that is not replaced needs no copy.
  if (inPlace) {
    const files = [{ kind: "state" as const, content: [state.bytes] }];
    const [written] = await during(unchanged, () => backups.write(stack, files, clock.now()));
    backup = written?.shownPath ?? null;
    reporter.info(`State exported to: ${backup}`);
    await pruneBackups(ports, stack, plan.retentionDays);
  }
  for (const line of lines) reporter.info(line);
  // A large state is in memory only once: slices of it are written.
  await during(unchanged, () =>
    stateFiles.replace(out, patchState(state.bytes, edits), inPlace ? state.bytes : undefined),
  );
  reporter.info(`State saved to: ${out}`);
  const owner = state.facts.owner?.stack;
  const its = owner === undefined || owner === shortStackName(stack) ? stack : owner;
  const command = ports.advisePulumi(["stack", "import", "--stack", its, "--file", out]);
  reporter.warn(`The stack itself was not changed. To import the file: ${command}`);
  return backup;
}
