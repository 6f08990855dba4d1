import { count } from "../../core/text";
import type { Assessment } from "../../ops/assess";
import { exceptionText, exceptionWarnings } from "../../ops/report-standings";
import type { Context } from "../context";
import { look, lookOutcome } from "../looked";
import { type FailedStack, isOpen } from "../report/matrix";
import { columnOf, type MatrixColumn, printMatrix } from "../stack-matrix";
import { printStacks, rowOf, type StackRow } from "../stack-table";
import { forEachStack, type StackRun } from "../stacks";
import { printStandings } from "../standing-table";

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
    const row = matrix ? columnOf(run, assessment) : rowOf(run, assessment, drifted ? shown : []);
    return { ...lookOutcome(run, assessment, shown), row };
  };
  return forEachStack<MatrixColumn | StackRow>(context, work, {
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
          rows.filter((row): row is StackRow | FailedStack => !("layers" in row)),
        );
    },
  });
}

/** Lists which exceptions apply, which have expired, and which are no longer needed. */
function reportExceptions(reporter: Context["reporter"], { exceptions }: Assessment): void {
  const counting = exceptions.filter(({ functions }) => functions > 0);
  if (counting.length > 0)
    reporter.info(`Found ${count(counting.length, "exception in effect", "exceptions in effect")}:`);
  for (const one of counting) reporter.item(exceptionText(one));
  for (const line of exceptionWarnings(exceptions)) reporter.warn(line);
}
