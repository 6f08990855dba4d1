import type { Standing, Totals } from "../core/assess";
import type { Assessment } from "../ops/assess";
import { failedReading } from "../ops/expectation";
import type { Context } from "./context";
import type { StackRun } from "./estate";
import { columnsOf, failedCells, placeColumns } from "./stack-columns";
import type { FailedPlace } from "./stacks";
import { printStandings, signOf } from "./standing-table";
import { type Cell, printTable } from "./table";

/** One stack in a table of many. Not the whole assessment, to save memory. */
export type StackRow =
  | {
      readonly stack: string;
      readonly folder: string | undefined;
      readonly totals: Totals;
      readonly isLiveUnread: boolean;
      /** The standings with a row of their own, and all of their functions. */
      readonly shown: readonly Standing[];
      readonly all: readonly Standing[];
    }
  | Omit<FailedPlace, "index">;

/** The row of a stack that was read. `shown`: the standings with a row of their own. */
export function rowOf({ stack, folder }: StackRun, assessment: Assessment, shown: readonly Standing[]): StackRow {
  const { totals, live, standings } = assessment;
  const all = shown.length > 0 ? standings : [];
  return { stack, folder, totals, isLiveUnread: failedReading(live) !== undefined, shown, all };
}

/** Prints the standings of several stacks that have their own row, then one row per stack. */
export function printStacks({ stdout }: Context, rows: readonly StackRow[]): void {
  const known = rows.filter((row) => row !== undefined);
  const { titles, before } = placeColumns(known);
  const groups = known.flatMap((row) =>
    "shown" in row && row.shown.length > 0 ? [{ before: before(row), standings: row.shown, all: row.all }] : [],
  );
  printStandings(stdout, groups, titles);
  if (groups.length > 0) stdout.line();
  const { red } = stdout.colors;
  const numbers = ["FUNCTIONS", "LAYERS", "DRIFT", "UNKNOWN"];
  const columns = [...columnsOf(["", ...titles], numbers), { title: "" }];
  const cells = known.map((row): Cell[] => {
    if ("error" in row) return [signOf(stdout, "unknown"), ...before(row), ...failedCells(stdout, row, numbers.length)];
    const { totals, isLiveUnread } = row;
    const { functions, layersOfFunctions, drift, unknown } = totals;
    const isUnknown = unknown > 0 || isLiveUnread;
    return [
      signOf(stdout, drift > 0 ? "drift" : isUnknown ? "unknown" : undefined),
      ...before(row),
      String(functions),
      String(layersOfFunctions),
      drift > 0 ? { text: String(drift), color: red } : "0",
      unknown > 0 ? { text: String(unknown), color: stdout.colors.yellow } : "0",
      isLiveUnread ? "not all live versions could be read" : "",
    ];
  });
  if (cells.length > 0) printTable(stdout, columns, cells);
}
