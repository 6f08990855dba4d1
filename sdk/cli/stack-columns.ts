import type { Standing } from "../core/assess";
import type { StackSite } from "../core/estate";
import type { FailedStack } from "./report/matrix";
import { type Cell, type Column, printTable } from "./table";
import type { Output } from "./terminal";

/** The columns of a table of many stacks besides those that say which stack it is. */
interface StackColumns {
  /** Titles of texts, before the numbers. */
  readonly texts?: readonly string[];
  readonly numbers: readonly string[];
  /** The last column, which also says why a stack could not be read. */
  readonly last?: string;
}

/**
 * Prints a table of many stacks: the sign, the project if there are several, the stack, and the given columns. A stack
 * that could not be read has a dash for each of them, and says why.
 * @param cellsOf the rows of a stack: each a sign, and the cells of the given columns
 */
export function printStackRows<Row extends StackSite>(
  stdout: Output,
  rows: readonly (Row | FailedStack)[],
  { texts = [], numbers, last = "" }: StackColumns,
  cellsOf: (row: Row) => readonly (readonly [sign: Cell, ...cells: Cell[]])[],
): void {
  const { titles, before } = placeColumns(rows);
  const cells = rows.flatMap((row): Cell[][] => {
    if (isFailed(row)) {
      const unread = Array<Cell>(texts.length + numbers.length).fill(none(stdout));
      return [[signOf(stdout, "unknown"), ...before(row), ...unread, whyFailed(row)]];
    }
    return cellsOf(row).map(([sign, ...own]) => [sign, ...before(row), ...own]);
  });
  const columns = [...columnsOf(["", ...titles, ...texts], numbers), { title: last }];
  if (cells.length > 0) printTable(stdout, columns, cells);
}

/** The first columns in a table of many stacks: the project, if there are several, and the stack. */
export function placeColumns(rows: readonly Pick<FailedStack, "stack" | "folder">[]) {
  const hasProjects = rows.some(({ folder }) => folder !== undefined);
  return {
    titles: hasProjects ? ["PROJECT", "STACK"] : ["STACK"],
    before: ({ stack = "-", folder = "" }: (typeof rows)[number]): Cell[] => (hasProjects ? [folder, stack] : [stack]),
  };
}

/** Columns by title, with numbers right-aligned. */
export function columnsOf(texts: readonly string[], numbers: readonly string[]): Column[] {
  return [...texts.map((title) => ({ title })), ...numbers.map((title) => ({ title, align: "right" as const }))];
}

function isFailed<Row extends object>(row: Row | FailedStack): row is FailedStack {
  return "error" in row;
}

const mostOfAnError = 60;

/** The whole error is printed outside the table. */
function whyFailed({ error }: FailedStack): string {
  const [said = ""] = error.message.split("\n");
  const short = said.length > mostOfAnError ? `${said.slice(0, mostOfAnError - 1)}…` : said;
  return `${error.code}: ${short}`;
}

/** `!` for what is not as declared, `?` for what is not known. */
export function signOf(stdout: Output, verdict: Standing["verdict"] | undefined): Cell {
  if (verdict === "drift") return { text: "!", color: stdout.colors.red };
  return verdict === "unknown" ? unknown(stdout) : "";
}

/** The cell of what is not known. */
export function unknown({ colors }: Output): Cell {
  return { text: "?", color: colors.yellow };
}

/** The cell of what is not there. */
export function none({ colors }: Output): Cell {
  return { text: "-", color: colors.dim };
}
