import { count } from "../../core/text";
import type { Assessment } from "../../ops/assess";
import { exceptionsState, exceptionText, exceptionWarnings } from "../../ops/report-standings";
import type { Context } from "../context";
import { look, lookOutcome } from "../looked";
import { type FailedStack, isOpen } from "../report/matrix";
import { columnOf, type MatrixColumn, printMatrix } from "../stack-matrix";
import { printStacks, rowOf, type StackRow } from "../stack-table";
import { forEachStack, type StackRun } from "../stacks";
import { printStandings } from "../standing-table";

/** A stack's part of the tables, and its exceptions. */
type Row = (MatrixColumn | StackRow) & { readonly label: string; readonly exceptions: Assessment["exceptions"] };

export async function run(context: Context): Promise<number> {
  const { drifted, json, matrix } = context.options;
  const work = async (run: StackRun) => {
    const assessment = await look(run);
    const { standings } = assessment;
    const shown = drifted ? standings.filter(isOpen) : standings;
    if (!matrix && !run.isOneOfSeveral && !json) {
      printStandings(run.context.stdout, [{ before: [], standings: shown, all: standings }]);
      reportExceptions(run.context.reporter, assessment);
    }
    const row = {
      ...(matrix ? columnOf(run, assessment) : rowOf(run, assessment, drifted ? shown : [])),
      ...{ label: run.label, exceptions: inEffect(assessment) },
    };
    return { ...lookOutcome(run, assessment, shown), row };
  };
  return forEachStack<Row>(context, work, {
    stdout: "end",
    onEnd: (rows, { isSeveral }) => {
      if (json) return;
      if (matrix)
        printMatrix(
          context,
          rows.filter((row) => "layers" in row),
        );
      else if (isSeveral)
        printStacks(
          context,
          rows.filter((row): row is (Row & StackRow) | FailedStack => !("layers" in row)),
        );
      if (matrix || isSeveral) for (const row of rows) if ("exceptions" in row) countExceptions(context.reporter, row);
    },
  });
}

/** Lists which exceptions apply, which have expired, and which are no longer needed. */
function reportExceptions(reporter: Context["reporter"], { exceptions }: Assessment): void {
  const counting = inEffect({ exceptions });
  if (counting.length > 0)
    reporter.info(`Found ${count(counting.length, "exception in effect", "exceptions in effect")}:`);
  for (const one of counting) reporter.item(exceptionText(one));
  for (const line of exceptionWarnings(exceptions)) reporter.warn(line);
}

/** One line for a stack of several. */
function countExceptions(reporter: Context["reporter"], { label, exceptions }: Row): void {
  if (exceptions.length === 0) return;
  const state = exceptionsState(exceptions);
  const line = `${label}: ${count(exceptions.length, "exception")}${state}`;
  if (state === "") reporter.info(line);
  else reporter.warn(line);
}

function inEffect({ exceptions }: Pick<Assessment, "exceptions">): Assessment["exceptions"] {
  return exceptions.filter(({ functions }) => functions > 0);
}
