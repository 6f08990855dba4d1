import { isAbsolute, posix } from "node:path";
import type { StackSite } from "../core/estate";
import { labelsOf, type NamedFunction } from "../core/function-arn";
import { count } from "../core/text";
import type { ExplainedFunction, ExplainedLayer, Explanation } from "../ops/explain";
import type { Context } from "./context";
import { askedPlaces, type FailedStack, versionText } from "./report/matrix";
import { none, printStackRows, signOf } from "./stack-columns";
import type { StackRun } from "./stacks";
import type { Cell } from "./table";

/** A function in one stack, as a row of a table of many stacks. */
export interface ExplanationRow extends StackSite {
  readonly functions: readonly ExplainedFunction[];
}

/** The row of a stack that was read. */
export function explanationRow({ stack, folder }: StackRun, { functions }: Explanation): ExplanationRow {
  return { stack, folder, functions };
}

/** What is declared for a layer: `5`, `?` if that is unknown, or with the layer that replaces it: `base-v3:5`. */
export function declaredIn({ arn, target, entry }: ExplainedLayer): string | undefined {
  if (target !== undefined && !target.startsWith(`${arn}:`)) return target.split(":").slice(-2).join(":");
  return entry && String(entry.version ?? "?");
}

/** How a function is named among others of its name. */
export function namedFunction({ function: name, region, account }: ExplainedFunction): NamedFunction {
  return { name, region, account };
}

/** A place in a file of a project, as seen from the user's folder. */
function fromHere(folder: string, at: string): string {
  return isAbsolute(at) ? at : posix.join(folder, at);
}

/** Prints one table of a function's layers in several stacks, and how many stacks have it. */
export function printExplanations(
  { stdout, reporter, options, args }: Context,
  rows: readonly (ExplanationRow | FailedStack)[],
): void {
  const read = rows.filter((row) => "functions" in row);
  const all = read.flatMap(({ functions }) => functions);
  const places = askedPlaces(all.flatMap(({ layers }) => layers));
  const label = labelsOf(all.map(namedFunction));
  const nothing = none(stdout);
  const cellsOf = ({ functions, folder = "." }: ExplanationRow) =>
    functions.flatMap((fn): [Cell, ...Cell[]][] => {
      const name = label(namedFunction(fn));
      if (fn.layers.length === 0)
        return [["", name, nothing, nothing, ...places.map(() => nothing), fn.skipped ?? "no layers"]];
      return fn.layers.map((one) => {
        const { layer, entry, verdict } = one;
        return [
          signOf(stdout, verdict),
          ...[name, layer, declaredIn(one) ?? nothing],
          ...places.map((place) => versionText(one[place], "-")),
          entry
            ? `${entry.key} at ${fromHere(folder, entry.at)}${fn.skipped === undefined ? "" : `; ${fn.skipped}`}`
            : "by no entry",
        ];
      });
    });
  const numbers = ["DECLARED", ...places.map((place) => place.toUpperCase())];
  const columns = { texts: ["FUNCTION", "LAYER"], numbers, last: "DECLARED BY" };
  if (!options.json) printStackRows<ExplanationRow>(stdout, rows, columns, cellsOf);
  const having = read.filter(({ functions }) => functions.length > 0).length;
  const failed = rows.length - read.length;
  reporter.info(
    [
      `${having} of ${count(read.length, "stack")} ${having === 1 ? "has" : "have"} a function ${args[0]}`,
      ...(failed > 0 ? [`${failed} could not be read`] : []),
    ].join("; "),
  );
}
