import { labelsOfArns } from "../../core/function-arn";
import type { RunHistory } from "../../core/run-record";
import { changedBy } from "./record";

/** The outcome of a function in a run. `open`: not attempted. `unknown`: attempted, with an unknown result. */
export type RecordedOutcome = "updated" | "unchanged" | "failed" | "unknown" | "cancelled" | "open" | "put back";

/** A run in AWS according to its record. */
export interface RecordedRun {
  /** The record's file name in its folder. */
  readonly file: string;
  readonly stack: string;
  readonly startedAt: Date;
  /** Whether the run has finished. */
  readonly isEnded: boolean;
  /** How far it was rolled back; absent if it was not. `done` once all of its changes are rolled back. */
  readonly rolledBack?: "in part" | "wholly";
  readonly functions: readonly {
    readonly function: string;
    readonly outcome: RecordedOutcome;
    readonly reason: string | undefined;
  }[];
}

/** Summarises a record. */
export function summarise(file: string, history: RunHistory): RecordedRun {
  const { stack, startedAt, unfinished, begun, functions, rolledBackAt } = history;
  const isWhole = unfinished === undefined && changedBy(history).length === 0;
  const label = labelsOfArns(functions.map((one) => one.function));
  return {
    ...{ file, stack, startedAt, isEnded: begun && unfinished === undefined },
    ...(rolledBackAt && { rolledBack: isWhole ? "wholly" : "in part" }),
    functions: functions.map(({ function: arn, last }) => ({
      function: label(arn),
      outcome:
        last === undefined ? "open" : last.aim === "rollback" && last.outcome === "updated" ? "put back" : last.outcome,
      reason: last?.reason,
    })),
  };
}

/** Whether a run has done everything that it planned. */
export function isDone({ isEnded, functions, rolledBack }: RecordedRun): boolean {
  if (rolledBack !== undefined) return rolledBack === "wholly";
  return isEnded && functions.every(({ outcome }) => outcome === "updated" || outcome === "unchanged");
}
