import type { LayersError } from "../core/errors";
import { countSites, type StackSite, siteLabel } from "../core/estate";
import { count, listNames } from "../core/text";
import type { Finding, ValidationReport } from "../ops/validate";
import type { Context } from "./context";
import { columnsOf, failedCells, placeColumns } from "./stack-columns";
import type { FailedPlace, StackRun } from "./stacks";
import { signOf } from "./standing-table";
import { type Cell, printTable } from "./table";

/** One stack in a table of many validated stacks. */
export type ValidationRow =
  | (StackSite & {
      readonly entries: number;
      /** Entries that match a layer of any function. */
      readonly used: number;
      readonly layersOfFunctions: number;
      readonly findings: readonly Finding[];
      /** Why AWS was not asked, if it was not to be. */
      readonly notAsked: string | undefined;
    })
  | Omit<FailedPlace, "index">;

/** The row of a stack that was validated. */
export function validationRow({ stack, folder }: StackRun, report: ValidationReport): ValidationRow {
  const { layers, totals, findings, live } = report;
  const used = layers.filter(({ matches }) => matches.length > 0).length;
  const { layersOfFunctions } = totals;
  const notAsked = !live.read && live.code === undefined ? live.reason : undefined;
  return {
    stack,
    ...(folder !== undefined && { folder }),
    entries: layers.length,
    used,
    layersOfFunctions,
    findings,
    notAsked,
  };
}

const severities = { ERRORS: "error", WARNINGS: "warning", UNKNOWN: "unknown" } as const;
const numbers = ["ENTRIES", "USED", "LAYERS", ...Object.keys(severities)];

/** Reports what was found in several stacks, shared findings only once; prints a row per stack, and the totals. */
export function printValidations({ stdout, reporter, options }: Context, given: readonly ValidationRow[]): void {
  const rows = given.filter((row) => row !== undefined);
  const read = rows.filter((row) => "findings" in row);
  reportFindings(reporter, read);
  const { titles, before } = placeColumns(rows);
  const { red, yellow } = stdout.colors;
  const cells = rows.map((row): Cell[] => {
    if ("error" in row) return [signOf(stdout, "unknown"), ...before(row), ...failedCells(stdout, row, numbers.length)];
    const found = Object.values(severities).map((one) => numberOf(row.findings, one));
    const [errors = 0, , unknown = 0] = found;
    return [
      errors > 0 ? { text: "x", color: red } : signOf(stdout, unknown > 0 ? "unknown" : undefined),
      ...before(row),
      ...[row.entries, row.used, row.layersOfFunctions].map(String),
      ...found.map(
        (number, index): Cell => (number > 0 ? { text: String(number), color: index === 0 ? red : yellow } : "0"),
      ),
      "",
    ];
  });
  if (cells.length > 0 && !options.json)
    printTable(stdout, [...columnsOf(["", ...titles], numbers), { title: "" }], cells);
  const all = (severity: Finding["severity"]) => read.reduce((sum, row) => sum + numberOf(row.findings, severity), 0);
  const failed = rows.length - read.length;
  const valid = read.filter(({ findings }) => numberOf(findings, "error") + numberOf(findings, "unknown") === 0).length;
  reporter.info(
    [
      `${valid} of ${countSites(rows.flatMap(({ stack, folder }) => (stack === undefined ? [] : { stack, folder })))} valid`,
      ...(all("error") > 0 ? [count(all("error"), "error")] : []),
      ...(all("warning") > 0 ? [count(all("warning"), "warning")] : []),
      ...(all("unknown") > 0 ? [`${all("unknown")} not known`] : []),
      ...(failed > 0 ? [`${failed} could not be read`] : []),
    ].join("; "),
  );
}

function numberOf(findings: readonly Finding[], severity: Finding["severity"]): number {
  return findings.filter((one) => one.severity === severity).length;
}

// More would make an unreadable line; `--json` lists all.
const mostStacks = 5;

function reportFindings(
  reporter: Context["reporter"],
  rows: readonly Exclude<ValidationRow, { error: LayersError }>[],
): void {
  const found = rows.flatMap((row) => [
    ...row.findings.map(({ severity, message }) => ({ row, severity, message })),
    ...(row.notAsked === undefined
      ? []
      : [{ row, severity: "warning", message: `Whether the declared versions exist is not known: ${row.notAsked}` }]),
  ]);
  for (const same of Map.groupBy(found, ({ severity, message }) => `${severity} ${message}`).values()) {
    const [first] = same;
    const line = `${listNames(
      same.map(({ row }) => siteLabel(row)),
      mostStacks,
    )}: ${first?.message}`;
    if (first?.severity === "error") reporter.error(line);
    else reporter.warn(line);
  }
}
