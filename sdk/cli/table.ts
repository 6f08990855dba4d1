import Table from "cli-table3";
import stringWidth from "string-width";
import type { Output } from "./terminal";

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

const gap = 2;
// Narrower columns of text cannot be read any more.
const narrowest = 8;

/**
 * Prints a table without lines. On a terminal it is as wide as that at most: the widest columns wrap. Elsewhere nothing
 * wraps, so that each row is a line.
 * @param rows cells as text; colours are fine
 */
export function printTable(output: Output, columns: readonly Column[], rows: readonly (readonly string[])[]): void {
  const widths = fitWidths(
    columns.map(({ title }, i) => Math.max(stringWidth(title), ...rows.map((row) => stringWidth(row[i] ?? "")))),
    output.width,
  );
  const table = new Table({
    head: columns.map(({ title }) => output.colors.bold(title)),
    colAligns: columns.map(({ align = "left" }) => align),
    // The padding counts as a part of the column.
    colWidths: widths.map((width, i) => width + (i < widths.length - 1 ? gap : 0)),
    chars: noLines,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
    wordWrap: true,
    wrapOnWordBoundary: false,
  });
  table.push(...rows.map((row) => [...row]));
  for (const line of table.toString().split("\n")) output.line(line.trimEnd());
}

/** The widths that columns get: their own, or where that is too much, the widest ones an equal share of what is left. */
export function fitWidths(widths: readonly number[], available: number | undefined): number[] {
  if (available === undefined) return [...widths];
  let left = available - gap * (widths.length - 1);
  let open = widths.length;
  const fitted = new Map<number, number>();
  const bySize = widths.map((width, index) => ({ width, index })).sort((a, b) => a.width - b.width);
  for (const { width, index } of bySize) {
    const share = Math.max(narrowest, Math.floor(left / open));
    fitted.set(index, Math.min(width, share));
    left -= fitted.get(index) ?? 0;
    open--;
  }
  return widths.map((_, index) => fitted.get(index) ?? narrowest);
}

const noLines = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
  ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
  ...{ left: "", "left-mid": "", right: "", "right-mid": "" },
  ...{ mid: "", "mid-mid": "", middle: "" },
};
