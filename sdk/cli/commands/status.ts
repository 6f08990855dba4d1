import type { StatusReport, StatusRow } from "../../ops/plans";
import { readStatus } from "../../ops/status";
import { statusSummary } from "../ci";
import type { Context } from "../context";
import { isAsDeclared, reportedStack } from "../report/matrix";
import { driftOf, unexpected, verdictOf } from "../report/verdict";
import { configFile } from "../settings";
import { forEachStack } from "../stacks";
import { type Cell, type Column, printTable } from "../table";

export async function run(context: Context): Promise<number> {
  const { options } = context;
  const ports = await context.openPorts();
  return forEachStack(context, async (stack) => {
    const config = ports.configs.load(configFile(options));
    const report = await readStatus(ports, {
      stack,
      config,
      stateFile: options.stateFile,
      filter: { functions: options.function ?? [], exclude: options.exclude ?? [] },
    });
    show(context, report);
    return {
      document: report,
      error: options.expectNoChanges ? unexpected(report) : undefined,
      summary: statusSummary(reportedStack(report, config)),
    };
  });
}

const columns: readonly Column[] = [
  { title: "" },
  { title: "FUNCTION" },
  { title: "LAYER" },
  { title: "DECLARED", align: "right" },
  { title: "RECORDED", align: "right" },
  { title: "LIVE", align: "right" },
];

function show({ options, stdout, reporter }: Context, report: StatusReport): void {
  const { stack, rows, skipped, live } = report;
  for (const { function: name, reason } of skipped) reporter.warn(`Function ${name} is skipped: ${reason}.`);
  if (!live.read) reporter.warn(`Live versions are not known: ${live.reason}`);
  for (const { function: name, layer, recorded } of rows.filter((row) => row.detached)) {
    reporter.warn(
      `Function ${name}: Layer ${layer} is recorded at version ${recorded} and not attached in AWS: \`pulumi up --refresh\` attaches it again.`,
    );
  }
  if (options.json) return;
  if (rows.length === 0) {
    reporter.info(`Stack ${stack} has no functions with layers`);
    return;
  }
  const { red, dim } = stdout.colors;
  const unknown: Cell = { text: "-", color: dim };
  const version = (value: number | undefined, row: StatusRow): Cell => {
    if (value === undefined) return row.detached ? { text: "-", color: red } : unknown;
    return isAsDeclared(value, row) ? String(value) : { text: String(value), color: red };
  };
  const cells = rows.map((row) => [
    row.drift ? { text: "!", color: red } : "",
    row.function,
    row.layer,
    row.declared === undefined ? unknown : `${row.enforce === "minimum" ? ">=" : ""}${row.declared}`,
    version(row.recorded, row),
    version(row.live, row),
  ]);
  printTable(stdout, columns, cells);
  reporter.info(driftOf(rows) ?? verdictOf(report).text);
}
