import type { Standing } from "../../core/assess";
import { count } from "../../core/text";
import type { Assessment } from "../../ops/assess";
import { exceptionText, exceptionWarnings } from "../../ops/report-changes";
import type { Context } from "../context";
import { look, lookOutcome } from "../looked";
import { columnOf, type MatrixColumn, printMatrix } from "../stack-matrix";
import { printStacks, rowOf, type StackRow } from "../stack-table";
import { forEachStack, type StackRun } from "../stacks";
import { printStandings } from "../standing-table";

export async function run(context: Context): Promise<number> {
  const { drifted, json, matrix } = context.options;
  const rows: StackRow[] = [];
  const columns: MatrixColumn[] = [];
  const work = async (run: StackRun) => {
    const assessment = await look(run);
    const { standings } = assessment;
    const shown = drifted ? standings.filter(isOpen) : standings;
    rows[run.index] = rowOf(run, assessment, drifted ? shown : []);
    if (matrix) columns[run.index] = columnOf(run, assessment);
    else if (!run.isOneOfSeveral && !json) {
      printStandings(run.context.stdout, [{ before: [], standings: shown, all: standings }]);
      reportExceptions(run.context.reporter, assessment);
    }
    return lookOutcome(run, assessment, shown);
  };
  return forEachStack(context, work, {
    stdout: "end",
    onFailure: ({ index, ...failed }) => {
      rows[index] = failed;
    },
    onEnd: ({ isSeveral }) => {
      if (json) return;
      if (matrix)
        printMatrix(
          context,
          columns.filter((one) => one !== undefined),
        );
      else if (isSeveral) printStacks(context, rows);
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

/** Whether a layer needs action or is unknown. */
function isOpen({ verdict }: Standing): boolean {
  return verdict === "drift" || verdict === "unknown";
}
