import { LayersError } from "../../core/errors";
import { labelsOfArns } from "../../core/function-arn";
import { hasFailed } from "../../core/live";
import { count, listNames } from "../../core/text";
import type { Ports } from "../../ports";
import { skippedName } from "../plans";
import type { AliasRollback, LivePlan, LiveResult, LiveRollbackResult } from "./plans";
import { notUpdated } from "./report-live";
import { type RolloutOptions, rolloutWords } from "./rollout";

// Running again does not help if a version was deleted.
const adviceOnGone =
  "A deleted version cannot be attached again. Publish its content as a new version, or choose a version that exists, and declare it in the config.";

/**
 * What is known of a run that failed. `backup`: the stack's state before it, as messages name it, if the run changed
 * the state too.
 */
type FailedRun = Pick<LivePlan, "stack" | "rollback" | "backup"> & Partial<Pick<LivePlan, "looked">>;

/** The words that finish a run, as carefully as it was begun. */
export function resumeWords(stack: string, record: string, options: RolloutOptions): string[] {
  return ["sync", "--stack", stack, "--resume", record, ...rolloutWords(options)];
}

/** The words that roll a run back, in the state too if the run has changed it. */
export function rollbackWords({ stack, rollback, backup }: FailedRun, record: string): string[] {
  return ["rollback", "--stack", stack, "--sync-aws", rollback ? record : (backup ?? record)];
}

/**
 * The error for a run that failed in AWS or was stopped; undefined if all went well. The reason for stopping has been
 * reported before. `interrupted` if the user stopped it.
 */
export function liveFailure(
  { advise }: Pick<Ports, "advise">,
  run: FailedRun,
  result: LiveResult | LiveRollbackResult,
  options: RolloutOptions = {},
): LayersError | undefined {
  const { rollback } = run;
  const { outcomes, published, stopped, stoppedBy, rolledBack, aliases, record, toRollBack } = result;
  const failures = outcomes.filter(hasFailed);
  const unknown = failures.filter(({ status }) => status === "unknown");
  const failed = failures.length - unknown.length;
  const unpublished = published.filter(({ status }) => status === "failed");
  const left = stopped === undefined ? [] : outcomes.filter(({ status }) => status === "cancelled");
  const stuck = rollback ? stuckAliases(aliases as readonly AliasRollback[]) : [];
  if (failures.length + unpublished.length + stuck.length === 0 && stopped === undefined) return undefined;
  const label = labelsOfArns(run.looked ?? outcomes.map(({ arn }) => arn));
  const done = rollback ? "rolled back" : "updated";
  const of = count(outcomes.length, "function was", "functions were");
  const what = [
    ...(failed > 0 ? [`${failed} of ${of} not ${done} in AWS`] : []),
    ...(unknown.length > 0
      ? [`${unknown.length} of ${count(outcomes.length, "function")} may or may not have been ${done} in AWS`]
      : []),
    ...(unpublished.length > 0
      ? [`${unpublished.length} of ${count(published.length, "function was", "functions were")} not published`]
      : []),
    ...(stuck.length > 0 ? [`${count(stuck.length, "alias was", "aliases were")} not moved back`] : []),
    ...(left.length > 0 ? [`${left.length} of ${of} not attempted`] : []),
  ];
  const lines = [
    what.length > 0 ? `${what.join("; ")}.` : `The run stopped: ${stopped}.`,
    ...failures.map((one) => `  ${notUpdated(one, label, rollback)}`),
    ...(left.length > 0 ? [`  Not attempted: ${listNames(left.map(({ arn }) => label(arn)))}`] : []),
    ...unpublished.map(({ functionArn, reason }) => `  Function ${label(functionArn)} was not published: ${reason}`),
    ...stuck.map((one) => aliasLine(one, label)),
    ...(rolledBack ? rolledBackLines(rolledBack, label) : []),
  ];
  const isUnwanted = stoppedBy === "person" && failures.length + unpublished.length === 0;
  const isOver = (rolledBack && !toRollBack) || record === undefined;
  const isComplete = failures.length + unpublished.length + left.length === 0;
  const reached = { failed: failures.length, isComplete };
  const steps = isOver ? [] : nextSteps(advise, run, result, reached, options);
  const impossible = rollback && rollback.impossible.length > 0 ? [adviceOnGone] : [];
  const next = [...steps, ...impossible];
  return new LayersError(isUnwanted ? "interrupted" : "aws-update-failed", lines, {
    next: next.length === 0 ? undefined : next,
  });
}

function rolledBackLines({ outcomes, skipped, aliases }: LiveRollbackResult, label: (arn: string) => string): string[] {
  const [back, notBack] = [
    outcomes.filter((one) => !hasFailed(one)),
    outcomes.filter((one) => one.status === "failed"),
  ];
  const names = back.length > 0 ? `: ${listNames(back.map(({ arn }) => label(arn)))}` : "";
  return [
    `What the run had changed was rolled back in ${count(back.length, "function")}${names}.`,
    ...notBack.map(({ arn, reason }) => `  Function ${label(arn)} was not rolled back: ${reason}`),
    ...skipped.map((one) => `  Function ${skippedName(one)} was not rolled back: ${one.reason}`),
    ...outcomes
      .filter(({ status }) => status === "unknown")
      .map(({ arn, reason }) => `  Whether function ${label(arn)} was rolled back is unknown: ${reason}`),
    ...stuckAliases(aliases).map((one) => aliasLine(one, label)),
  ];
}

function stuckAliases(aliases: readonly AliasRollback[]): AliasRollback[] {
  return aliases.filter(({ reason }) => reason !== undefined);
}

function aliasLine({ functionArn, alias, reason }: AliasRollback, label: (arn: string) => string): string {
  return `  Alias ${alias} of ${label(functionArn)} was not moved back: ${reason}`;
}

/** @param reached whether the run has reached everything: a check or a person has then stopped it after its end */
function nextSteps(
  advise: Ports["advise"],
  run: FailedRun,
  { record = "", toRollBack, rolledBack }: LiveResult | LiveRollbackResult,
  { failed, isComplete }: { readonly failed: number; readonly isComplete: boolean },
  options: RolloutOptions,
): string[] {
  const { stack, rollback } = run;
  const back = advise(rollbackWords(run, record));
  // Failures that are known to be permanent are not retried.
  if (rollback) return failed > rollback.impossible.length ? [`Roll back the others: ${back}`] : [];
  const resume = advise(resumeWords(stack, record, options));
  // A partly rolled-back run cannot be finished.
  if (rolledBack?.record !== undefined) return [`Roll back the others: ${back}`];
  if (rolledBack) return [`Roll back the others: ${back}`, `Or finish the run:    ${resume}`];
  // Even if no function was changed, the state may have been.
  const isUndoable = toRollBack !== 0 || run.backup !== undefined;
  if (isComplete) return isUndoable ? [`Roll back the run: ${back}`] : [];
  const attempt = `Attempt the others:   ${resume}`;
  return isUndoable ? [attempt, `Or roll back the run: ${back}`] : [attempt];
}
