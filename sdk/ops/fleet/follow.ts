import type { FunctionOutcome } from "../../core/live";
import { changeLine } from "../../core/report";
import type { LiveChange } from "../plans";
import type { Reporter } from "../ports";

/** Tells of functions as they come out. */
export interface Follower {
  readonly tell: (outcome: FunctionOutcome) => void;
  /** Ends the display of progress. */
  readonly end: () => void;
}

/**
 * Shows how far an update of functions is: a line for each layer that was moved, a warning for each function that failed.
 * @param total functions in all
 */
export function follow(reporter: Reporter, title: string, total: number, changes: readonly LiveChange[]): Follower {
  const progress = reporter.progress(title);
  const byFunction = Map.groupBy(changes, ({ functionArn }) => functionArn);
  let done = 0;
  return {
    tell(outcome) {
      if (outcome.status !== "cancelled") progress.update(++done, total);
      if (outcome.status === "failed") reporter.warn(notUpdated(outcome));
      if (outcome.status !== "updated") return;
      for (const change of byFunction.get(outcome.arn) ?? []) reporter.item(changeLine(change));
    },
    end: () => progress.end(),
  };
}

/** What a person is told of a function that was not updated. */
export function notUpdated({ function: name, reason }: FunctionOutcome): string {
  return `Function ${name} was not updated in AWS: ${reason ?? "no reason given"}`;
}
