import stringWidth from "string-width";
import { shown } from "../core/text";
import type { Output } from "./terminal";

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** Text and its colour. */
export interface PaintedText {
  readonly text: string;
  readonly color: (text: string) => string;
}

/** The content of a table cell. */
export type Cell = string | PaintedText;

/** What stands between two columns. */
export const gap = "  ";
// Narrower columns would be unreadable.
const narrowest = 8;

/**
 * Prints a table without borders. On a terminal, the widest columns wrap to fit its width. Elsewhere nothing wraps, so
 * that each row is one line.
 * @param options.wrap false: never wrap, for rows to be copied
 */
export function printTable(
  output: Output,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { wrap: wraps = true }: { readonly wrap?: boolean } = {},
): void {
  const titles = columns.map(({ title }) => ({ text: title, color: output.colors.bold }));
  const cells = [titles, ...rows].map((row) => row.map(cleaned));
  const needed = columns.map((_, column) => Math.max(1, ...cells.map((row) => widthOf(row[column] ?? ""))));
  const least = columns.map(({ title }) => Math.max(narrowest, stringWidth(title)));
  const widths = fitWidths(needed, least, wraps ? output.width : undefined);
  for (const row of cells) {
    const wrapped = row.map(({ text }, column) => wrap(text, widths[column] ?? 1));
    const height = Math.max(...wrapped.map((lines) => lines.length));
    for (let line = 0; line < height; line++) {
      const parts = row.map(({ color }, column) => {
        const text = wrapped[column]?.[line];
        const padding = " ".repeat((widths[column] ?? 0) - stringWidth(text ?? ""));
        const painted = text === undefined ? "" : color(text);
        return columns[column]?.align === "right" ? padding + painted : painted + padding;
      });
      output.line(parts.join(gap).trimEnd());
    }
  }
}

/**
 * Column widths: what each column needs; if the total is too wide, the widest columns share the remaining space
 * equally, but get at least their minimum.
 */
export function fitWidths(
  needed: readonly number[],
  least: readonly number[],
  available = Number.POSITIVE_INFINITY,
): number[] {
  const widths = [...needed];
  const leastOf = (column: number) => Math.min(needed[column] ?? 1, least[column] ?? 1);
  let left = available - gap.length * (needed.length - 1);
  // What the columns still to come need at least.
  let reserved = needed.reduce((sum, _, column) => sum + leastOf(column), 0);
  let open = needed.length;
  const bySize = needed.map((width, column) => ({ width, column })).sort((a, b) => a.width - b.width);
  for (const { width, column } of bySize) {
    reserved -= leastOf(column);
    const share = Math.min(Math.floor(left / open), left - reserved);
    widths[column] = Math.min(width, Math.max(leastOf(column), share));
    left -= widths[column];
    open--;
  }
  return widths;
}

/** How many columns of a terminal a cell takes. */
export function widthOf(cell: Cell): number {
  return stringWidth(cleaned(cell).text);
}

/** A cell's content cannot leave its cell. */
function cleaned(cell: Cell): PaintedText {
  if (typeof cell === "string") return { text: shown(cell), color: (line: string) => line };
  return { text: shown(cell.text), color: cell.color };
}

/** The text in lines that are no wider than that: broken between words, in paths and names, else anywhere. */
function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const character of text) {
    const line = `${lines.pop()}${character}`;
    const space = line.lastIndexOf(" ");
    const end = breakIn(line);
    if (stringWidth(line) <= width) lines.push(line);
    else if (space > 0) lines.push(line.slice(0, space), line.slice(space + 1));
    else if (end > 0) lines.push(line.slice(0, end), line.slice(end));
    else lines.push(line.slice(0, -character.length), character);
  }
  return lines;
}

/** Where a line that is too wide by its last character can be broken behind a `/`, `-`, `_`, `:` or `.`; 0 if nowhere. */
function breakIn(line: string): number {
  const fits = line.slice(0, -1);
  return Math.max(...["/", "-", "_", ":", "."].map((mark) => fits.lastIndexOf(mark) + 1));
}
