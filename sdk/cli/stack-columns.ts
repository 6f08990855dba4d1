import type { FailedPlace } from "./stacks";
import type { Cell, Column } from "./table";
import type { Output } from "./terminal";

/** The origin of a row in a table of many stacks. */
export interface RowPlace {
  readonly stack?: string | undefined;
  readonly folder?: string | undefined;
}

/** The first columns in a table of many stacks: the project, if there are several, and the stack. */
export function placeColumns(rows: readonly RowPlace[]) {
  const hasProjects = rows.some(({ folder }) => folder !== undefined);
  return {
    titles: hasProjects ? ["PROJECT", "STACK"] : ["STACK"],
    before: ({ stack = "-", folder = "" }: RowPlace): Cell[] => (hasProjects ? [folder, stack] : [stack]),
  };
}

/** Columns by title, with numbers right-aligned. */
export function columnsOf(texts: readonly string[], numbers: readonly string[] = []): Column[] {
  return [...texts.map((title) => ({ title })), ...numbers.map((title) => ({ title, align: "right" as const }))];
}

/** The remaining cells of a stack that could not be read: a dash for each number, and why. */
export function failedCells(stdout: Output, { error }: Pick<FailedPlace, "error">, numbers: number): Cell[] {
  const [said = ""] = error.message.split("\n");
  const none: Cell = { text: "-", color: stdout.colors.dim };
  return [...Array<Cell>(numbers).fill(none), `${error.code}: ${shortened(said)}`];
}

const mostOfAnError = 60;

/** The whole error is printed outside the table. */
function shortened(text: string): string {
  return text.length > mostOfAnError ? `${text.slice(0, mostOfAnError - 1)}…` : text;
}
