import { LayersError } from "../../core/errors";
import { notUpdated } from "./follow";
import type { SyncReport, SyncResult } from "./plan";

/**
 * The error of a sync in which something failed or that was stopped; undefined where all went right. Why it was stopped
 * is told when it stops. `interrupted` where somebody did not want it to go on.
 */
export function syncFailure({ stack, aws }: Pick<SyncResult, "stack" | "aws">): LayersError | undefined {
  const { outcomes, published, stopped, stoppedBy, rolledBack } = aws;
  const failed = outcomes.filter(({ status }) => status === "failed");
  const unpublished = published.filter(({ status }) => status === "failed");
  const left = stopped === undefined ? [] : outcomes.filter(({ status }) => status === "cancelled");
  const notBack = rolledBack?.outcomes.filter(({ status }) => status === "failed") ?? [];
  if (failed.length + unpublished.length === 0 && stopped === undefined) return undefined;
  const what = [
    ...(failed.length > 0 ? [`${failed.length} of ${outcomes.length} functions were not updated in AWS`] : []),
    ...(unpublished.length > 0 ? [`${unpublished.length} of ${published.length} functions were not published`] : []),
    ...(left.length > 0 ? [`${left.length} of ${outcomes.length} functions were not attempted`] : []),
  ];
  const lines = [
    what.length > 0 ? `${what.join("; ")}.` : "The last check failed.",
    ...failed.map((one) => `  ${notUpdated(one)}`),
    ...unpublished.map(({ function: name, reason }) => `  Function ${name} was not published: ${reason}`),
    ...(rolledBack
      ? [`What the run had changed was put back in ${rolledBack.outcomes.length - notBack.length} functions.`]
      : []),
    ...notBack.map(({ function: name, reason }) => `  Function ${name} was not put back: ${reason}`),
    ...(rolledBack?.skipped ?? []).map(
      ({ function: name, reason }) => `  Function ${name} was not put back: ${reason}`,
    ),
  ];
  const code = stoppedBy === "person" && failed.length + unpublished.length === 0 ? "interrupted" : "aws-update-failed";
  return new LayersError(code, lines.join("\n"), { next: rolledBack ? undefined : nextSteps(stack, aws) });
}

function nextSteps(stack: string, { record, toPutBack }: SyncReport): string {
  const attempt = `Attempt the others:  lambda-layers sync --stack ${stack} --resume ${record}`;
  if (toPutBack === 0) return attempt;
  return `${attempt}\nOr put the run back: lambda-layers rollback --stack ${stack} --sync-aws ${record}`;
}
