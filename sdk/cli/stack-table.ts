import type { Standing, Totals } from "../core/assess";
import type { StackSite } from "../core/estate";
import type { Assessment } from "../ops/assess";
import { failedReading } from "../ops/expectation";
import type { Context } from "./context";
import type { StackRun } from "./estate";
import type { FailedStack } from "./report/matrix";
import { placeColumns, printStackRows, signOf } from "./stack-columns";
import { printStandings } from "./standing-table";
import type { Cell } from "./table";

/** One stack in a table of many. Not the whole assessment, to save memory. */
export interface StackRow extends StackSite {
  readonly totals: Totals;
  readonly isLiveUnread: boolean;
  /** The standings with a row of their own, and all of their functions. */
  readonly shown: readonly Standing[];
  readonly all: readonly Standing[];
}

/** The row of a stack that was read. `shown`: the standings with a row of their own. */
export function rowOf({ stack, folder }: StackRun, assessment: Assessment, shown: readonly Standing[]): StackRow {
  const { totals, live, standings } = assessment;
  const all = shown.length > 0 ? standings : [];
  return { stack, folder, totals, isLiveUnread: failedReading(live) !== undefined, shown, all };
}

/** Prints the standings of several stacks that have their own row, then one row per stack. */
export function printStacks({ stdout }: Context, rows: readonly (StackRow | FailedStack)[]): void {
  const { titles, before } = placeColumns(rows);
  const groups = rows.flatMap((row) =>
    "shown" in row && row.shown.length > 0 ? [{ before: before(row), standings: row.shown, all: row.all }] : [],
  );
  printStandings(stdout, groups, titles);
  if (groups.length > 0) stdout.line();
  const { red, yellow } = stdout.colors;
  const painted = (number: number, color: typeof red): Cell => (number > 0 ? { text: String(number), color } : "0");
  const numbers = ["FUNCTIONS", "LAYERS", "DRIFT", "UNKNOWN"];
  printStackRows<StackRow>(stdout, rows, { numbers }, ({ totals, isLiveUnread }) => {
    const { functions, layersOfFunctions, drift, unknown } = totals;
    const isUnknown = unknown > 0 || isLiveUnread;
    return [
      [
        signOf(stdout, drift > 0 ? "drift" : isUnknown ? "unknown" : undefined),
        ...[String(functions), String(layersOfFunctions), painted(drift, red), painted(unknown, yellow)],
        isLiveUnread ? "not all live versions could be read" : "",
      ],
    ];
  });
}
