import { LayersError } from "../../core/errors";
import type { StatusReport, StatusRow } from "../../ops/plans";
import { readStatus } from "../../ops/status";
import type { Context } from "../context";
import { configFile } from "../settings";
import { forEachStack } from "../stacks";
import { type Column, printTable } from "../table";
import { count } from "../text";

export async function run(context: Context): Promise<number> {
  const { options } = context;
  const ports = await context.openPorts();
  return forEachStack(context, async (stack) => {
    const report = await readStatus(ports, {
      stack,
      config: ports.configs.load(configFile(options)),
      stateFile: options.stateFile,
      filter: { functions: options.function ?? [], exclude: options.exclude ?? [] },
    });
    show(context, report);
    return { document: report, error: options.expectNoChanges ? driftFound(report) : undefined };
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
  if (options.json) return;
  if (rows.length === 0) {
    reporter.info(`Stack ${stack} has no functions with layers`);
    return;
  }
  const { red, dim } = stdout.colors;
  const version = (value: number | undefined, row: StatusRow) => {
    if (value === undefined) return dim("-");
    return isFine(value, row) ? String(value) : red(String(value));
  };
  const cells = rows.map((row) => [
    row.drift ? red("!") : "",
    row.function,
    row.layer,
    row.declared === undefined ? dim("-") : `${row.enforce === "minimum" ? ">=" : ""}${row.declared}`,
    version(row.recorded, row),
    version(row.live, row),
  ]);
  printTable(stdout, columns, cells);
  const drifted = rows.filter(({ drift }) => drift).length;
  reporter.info(drifted > 0 ? `${drifted} of ${count(rows.length, "layer")} not as declared` : "All are as declared");
}

function isFine(version: number, { declared, enforce }: StatusRow): boolean {
  return declared === undefined || version === declared || (enforce === "minimum" && version > declared);
}

function driftFound({ stack, rows }: StatusReport): LayersError | undefined {
  const drifted = rows.filter(({ drift }) => drift).length;
  if (drifted === 0) return undefined;
  return new LayersError("changes-found", `Stack ${stack} has drifted: ${count(drifted, "layer")} not as declared.`, {
    next: `See what an update would change: lambda-layers --stack ${stack} --dry-run`,
  });
}
