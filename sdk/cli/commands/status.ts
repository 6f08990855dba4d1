import { LayersError } from "../../core/errors";
import type { StatusReport, StatusRow } from "../../ops/plans";
import { readStatus } from "../../ops/status";
import { statusSummary } from "../ci";
import type { Context } from "../context";
import { isAsDeclared, reportedStack } from "../report/matrix";
import { configFile } from "../settings";
import { forEachStack } from "../stacks";
import { type Cell, type Column, printTable } from "../table";
import { count } from "../text";

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
      error: options.expectNoChanges ? driftFound(report) : undefined,
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

function show({ options, stdout, reporter }: Context, { stack, rows, skipped, live }: StatusReport): void {
  for (const { function: name, reason } of skipped) reporter.warn(`Function ${name} is skipped: ${reason}.`);
  if (!live.read) reporter.warn(`Live versions are not known: ${live.reason}`);
  for (const { function: name, layer, recorded } of live.read ? detached(rows, skipped) : []) {
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
    if (value === undefined) return unknown;
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
  reporter.info(driftOf(rows) ?? "All declared layers are at their versions");
}

/** Declared layers that functions have lost in AWS: that is no version to bring them to. */
function detached(rows: readonly StatusRow[], skipped: StatusReport["skipped"]): StatusRow[] {
  const unread = new Set(skipped.map((one) => one.function));
  return rows.filter(
    ({ function: name, declared, recorded, live }) =>
      declared !== undefined && recorded !== undefined && live === undefined && !unread.has(name),
  );
}

function driftFound({ stack, rows }: StatusReport): LayersError | undefined {
  const drift = driftOf(rows);
  if (drift === undefined) return undefined;
  return new LayersError("changes-found", `Stack ${stack} has drifted: ${drift}.`, {
    next: `See what an update would change: lambda-layers --stack ${stack} --dry-run`,
  });
}

/** Undefined where there is none. */
function driftOf(rows: readonly StatusRow[]): string | undefined {
  const drifted = rows.filter(({ drift }) => drift).length;
  if (drifted === 0) return undefined;
  return `${drifted} of ${count(rows.length, "layer")} ${drifted === 1 ? "is" : "are"} not as declared`;
}
