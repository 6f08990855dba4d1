import { labelsOfArns } from "../../core/function-arn";
import type { RunHistory } from "../../core/run-record";

/** The outcome of a function of a run. `open`: it was not attempted. `unknown`: it was, and how that ended is not known. */
export type RecordedOutcome = "updated" | "unchanged" | "failed" | "unknown" | "cancelled" | "open" | "put back";

/** A run in AWS as its record reports it. */
export interface RecordedRun {
  /** The record, as the folder that holds it names it. */
  readonly file: string;
  readonly stack: string;
  readonly startedAt: Date;
  /** Whether the run has come to its end. */
  readonly isEnded: boolean;
  readonly functions: readonly {
    readonly function: string;
    readonly outcome: RecordedOutcome;
    readonly reason: string | undefined;
  }[];
}

/** Summarises a record. */
export function summarise(file: string, { stack, startedAt, unfinished, begun, functions }: RunHistory): RecordedRun {
  const label = labelsOfArns(functions.map((one) => one.function));
  return {
    ...{ file, stack, startedAt, isEnded: begun && unfinished === undefined },
    functions: functions.map(({ function: arn, last }) => ({
      function: label(arn),
      outcome:
        last === undefined ? "open" : last.aim === "rollback" && last.outcome === "updated" ? "put back" : last.outcome,
      reason: last?.reason,
    })),
  };
}

/** Whether a run has done everything that it planned. */
export function isDone({ isEnded, functions }: RecordedRun): boolean {
  return isEnded && functions.every(({ outcome }) => outcome === "updated" || outcome === "unchanged");
}
