import { labelsOf, type NamedFunction } from "../core/function-arn";
import { count } from "../core/text";
import type { ExplainedFunction, Explanation } from "../ops/explain";
import type { Context } from "./context";
import { askedPlaces, versionText } from "./report/matrix";
import { columnsOf, failedCells, placeColumns } from "./stack-columns";
import type { FailedPlace, StackRun } from "./stacks";
import { signOf } from "./standing-table";
import { type Cell, printTable } from "./table";

/** A function in one stack, as a row of a table of many stacks. */
export type ExplanationRow =
  | { readonly stack: string; readonly folder: string | undefined; readonly functions: readonly ExplainedFunction[] }
  | Omit<FailedPlace, "index">;

/** The row of a stack that was read. */
export function explanationRow({ stack, folder }: StackRun, { functions }: Explanation): ExplanationRow {
  return { stack, folder, functions };
}

/** How a function is named among others of its name. */
export function namedFunction({ function: name, region, account }: ExplainedFunction): NamedFunction {
  return { name, region, account };
}

/** Prints one table of a function's layers in several stacks, and how many stacks have it. */
export function printExplanations(
  { stdout, reporter, options, args }: Context,
  given: readonly ExplanationRow[],
): void {
  const rows = given.filter((row) => row !== undefined);
  const read = rows.filter((row) => "functions" in row);
  const all = read.flatMap(({ functions }) => functions);
  const places = askedPlaces(all.flatMap(({ layers }) => layers));
  const label = labelsOf(all.map(namedFunction));
  const { titles, before } = placeColumns(rows);
  const { dim } = stdout.colors;
  const none: Cell = { text: "-", color: dim };
  const cells = rows.flatMap((row): Cell[][] => {
    if ("error" in row)
      return [[signOf(stdout, "unknown"), ...before(row), ...failedCells(stdout, row, 3 + places.length)]];
    return row.functions.flatMap((fn) => {
      const named = [...before(row), label(namedFunction(fn))];
      if (fn.layers.length === 0)
        return [["", ...named, none, none, ...places.map(() => none), fn.skipped ?? "no layers"]];
      return fn.layers.map(({ layer, entry, verdict, ...versions }): Cell[] => [
        signOf(stdout, verdict),
        ...named,
        layer,
        entry ? String(entry.version ?? "?") : none,
        ...places.map((place) => versionText(versions[place], "-")),
        entry ? `${entry.key} at ${entry.at}${fn.skipped === undefined ? "" : `; ${fn.skipped}`}` : "by no entry",
      ]);
    });
  });
  const numbers = ["DECLARED", ...places.map((place) => place.toUpperCase())];
  if (cells.length > 0 && !options.json)
    printTable(stdout, [...columnsOf(["", ...titles, "FUNCTION", "LAYER"], numbers), { title: "DECLARED BY" }], cells);
  const having = read.filter(({ functions }) => functions.length > 0).length;
  const failed = rows.length - read.length;
  reporter.info(
    [
      `${having} of ${count(read.length, "stack")} ${having === 1 ? "has" : "have"} a function ${args[0]}`,
      ...(failed > 0 ? [`${failed} could not be read`] : []),
    ].join("; "),
  );
}
