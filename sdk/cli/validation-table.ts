import { countSites, type StackSite, siteLabel } from "../core/estate";
import { count, listNames } from "../core/text";
import type { Finding, ValidationReport } from "../ops/validate";
import type { Context } from "./context";
import type { FailedStack } from "./report/matrix";
import { printStackRows, signOf } from "./stack-columns";
import type { StackRun } from "./stacks";
import type { Cell } from "./table";

/** One stack in a table of many validated stacks. */
export interface ValidationRow extends StackSite {
  readonly entries: number;
  /** Entries that match a layer of any function. */
  readonly used: number;
  readonly layersOfFunctions: number;
  readonly findings: readonly Finding[];
  /** Why AWS was not asked, if it was not to be. */
  readonly notAsked: string | undefined;
}

/** The row of a stack that was validated. */
export function validationRow({ stack, folder }: StackRun, report: ValidationReport): ValidationRow {
  const { layers, totals, findings, live } = report;
  return {
    ...{ stack, folder, entries: layers.length, used: layers.filter(({ matches }) => matches.length > 0).length },
    ...{ layersOfFunctions: totals.layersOfFunctions, findings },
    notAsked: !live.read && live.code === undefined ? live.reason : undefined,
  };
}

const severities = { ERRORS: "error", WARNINGS: "warning", UNKNOWN: "unknown" } as const;
const numbers = ["ENTRIES", "USED", "LAYERS", ...Object.keys(severities)];

/** Reports what was found in several stacks, shared findings only once; prints a row per stack, and the totals. */
export function printValidations(
  { stdout, reporter, options }: Context,
  rows: readonly (ValidationRow | FailedStack)[],
): void {
  const read = rows.filter((row) => "findings" in row);
  reportFindings(reporter, read);
  const { red, yellow } = stdout.colors;
  const cellsOf = ({ entries, used, layersOfFunctions, findings }: ValidationRow) => {
    const found = Object.values(severities).map((one) => numberOf(findings, one));
    const [errors = 0, , unknown = 0] = found;
    const sign: Cell = errors > 0 ? { text: "x", color: red } : signOf(stdout, unknown > 0 ? "unknown" : undefined);
    const painted = found.map(
      (number, index): Cell => (number > 0 ? { text: String(number), color: index === 0 ? red : yellow } : "0"),
    );
    return [[sign, ...[entries, used, layersOfFunctions].map(String), ...painted, ""] as const];
  };
  if (!options.json) printStackRows<ValidationRow>(stdout, rows, { numbers }, cellsOf);
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

function reportFindings(reporter: Context["reporter"], rows: readonly ValidationRow[]): void {
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
