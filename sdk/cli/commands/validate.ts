import { whenText } from "../../core/config/when";
import { LayersError, unchanged } from "../../core/errors";
import { count } from "../../core/text";
import { worstUnknown } from "../../ops/expectation";
import { labelsOfLayers } from "../../ops/matches";
import { type ValidationReport, validate } from "../../ops/validate";
import type { Context } from "../context";
import { openEstate } from "../estate";
import { assessRequest } from "../looked";
import { columnsOf, none } from "../stack-columns";
import { forEachStack, type StackRun } from "../stacks";
import { type Column, printTable } from "../table";
import { printValidations, type ValidationRow, validationRow } from "../validation-table";

export async function run(context: Context): Promise<number> {
  const estate = await openEstate(context);
  const { isSeveral } = estate;
  const work = async (run: StackRun) => {
    const { stack, context, ports } = run;
    const request = assessRequest(ports, context.options, stack);
    const { file } = request.config;
    const report = await validate(ports, request);
    const error = failure(report, file, isSeveral);
    if (!isSeveral) {
      show(context, report);
      if (!error) context.reporter.info(`${file} is valid${beside(report)}`);
    }
    return { document: report, error, row: isSeveral ? validationRow(run, report) : undefined };
  };
  return forEachStack<ValidationRow>(context, work, {
    ...{ estate, stdout: "end" },
    onEnd: (rows) => {
      if (isSeveral) printValidations(context, rows);
    },
  });
}

/** Details besides the statement that a config is valid. */
function beside({ layers, live }: ValidationReport): string {
  if (layers.length === 0) return ", but declares no layers";
  return live.read ? ", and every declared version exists" : "";
}

const columns: readonly Column[] = [...columnsOf(["ENTRY"], ["VERSION"]), ...columnsOf(["LAYER"], ["FUNCTIONS"])];

function show({ options, stdout, reporter }: Context, { layers, findings, live }: ValidationReport): void {
  const label = labelsOfLayers(layers.flatMap(({ matches }) => matches));
  if (!options.json && layers.length > 0) {
    const nothing = none(stdout);
    const hasVariants = layers.some(({ matches }) => matches.some(({ when }) => when !== undefined));
    const rows = layers.flatMap(({ key, version, matches }) =>
      matches.length === 0
        ? [[key, String(version ?? "-"), nothing, ...(hasVariants ? [""] : []), nothing]]
        : matches.map((match) => [
            ...[key, String(match.version ?? version), label(match)],
            ...(hasVariants ? [match.when ? whenText(match.when) : ""] : []),
            String(match.functions),
          ]),
    );
    printTable(stdout, hasVariants ? columns.toSpliced(3, 0, { title: "FOR" }) : columns, rows);
  }
  for (const { severity, message } of findings) {
    if (severity === "error") reporter.error(message);
    else reporter.warn(message);
  }
  if (!live.read && live.code === undefined)
    reporter.warn(`Could not check whether the declared versions exist: ${live.reason}`);
}

/** An error for what is wrong, otherwise for what could not be read. */
function failure({ findings, stack }: ValidationReport, file: string, isSeveral: boolean): LayersError | undefined {
  const errors = findings.flatMap((one) => (one.severity === "error" ? one.code : []));
  const which = isSeveral ? ` for stack ${stack}` : "";
  if (errors[0])
    return new LayersError(errors[0], `${file} has ${count(errors.length, "error")}${which}.`, { changed: unchanged });
  const code = worstUnknown(findings.flatMap((one) => (one.severity === "unknown" ? one.code : [])));
  return (
    code &&
    new LayersError(
      code,
      `Could not determine whether ${file} is right for stack ${stack}: not everything could be read.`,
    )
  );
}
