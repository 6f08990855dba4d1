import type { FunctionOutcome } from "../sdk/core/live";
import { listNames } from "../sdk/core/text";

/**
 * Why functions are not as they were to be: a line for each that failed, and one for all that a cancelled run did not
 * come to.
 * @param done what was to be done to them, as in "was not updated"
 */
export function reasonsOf(outcomes: readonly FunctionOutcome[], done: string): string[] {
  const failed = outcomes.filter(({ status }) => status === "failed");
  const begun = (outcome: FunctionOutcome) => outcome.revisionId === undefined;
  const cancelled = outcomes.filter(({ status }) => status === "cancelled");
  const unknown = cancelled.filter(begun);
  const untouched = cancelled.filter((outcome) => !begun(outcome));
  return [
    ...[...failed, ...unknown].map(({ function: name, reason }) => `Function ${name} was not ${done}: ${reason}`),
    ...(untouched.length > 0
      ? [
          `The run was cancelled before ${untouched.length} of ${outcomes.length} functions were ${done}: ${listNames(untouched.map((one) => one.function))}`,
        ]
      : []),
  ];
}

/** Whether a run was cancelled. */
export function isCancelled(outcomes: readonly FunctionOutcome[]): boolean {
  return outcomes.some(({ status }) => status === "cancelled");
}
