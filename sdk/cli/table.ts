import stringWidth from "string-width";
import { shown } from "../core/text";
import type { Output } from "./terminal";

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** Text and how it is coloured. */
export interface PaintedText {
  readonly text: string;
  readonly color: (text: string) => string;
}

/** What a table shows in one place. */
export type Cell = string | PaintedText;

/** What stands between two columns. */
export const gap = "  ";
// Narrower columns would be unreadable.
const narrowest = 8;

/**
 * Prints a table without lines. On a terminal it is at most as wide as that: the widest columns wrap. Elsewhere nothing
 * wraps, so that each row is a line.
 * @param options.wrap false: nowhere, for rows that are to be copied from
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
 * The widths that columns get: what they need, or if that is too much in all, the widest ones an equal share of what
 * the others leave, but no less than their least.
 */
export function fitWidths(
  needed: readonly number[],
  least: readonly number[],
  available = Number.POSITIVE_INFINITY,
): number[] {
  const widths = [...needed];
  let left = available - gap.length * (needed.length - 1);
  let open = needed.length;
  const bySize = needed.map((width, column) => ({ width, column })).sort((a, b) => a.width - b.width);
  for (const { width, column } of bySize) {
    widths[column] = Math.min(width, Math.max(least[column] ?? 1, Math.floor(left / open)));
    left -= widths[column];
    open--;
  }
  return widths;
}

/** How many columns of a terminal a cell takes. */
export function widthOf(cell: Cell): number {
  return stringWidth(cleaned(cell).text);
}

/** Whatever a cell holds stays in its place. */
function cleaned(cell: Cell): PaintedText {
  if (typeof cell === "string") return { text: shown(cell), color: (line: string) => line };
  return { text: shown(cell.text), color: cell.color };
}

/** The text in lines that are no wider than that; broken anywhere, because names have no spaces. */
function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const character of text) {
    const line = `${lines.pop()}${character}`;
    lines.push(...(stringWidth(line) > width ? [line.slice(0, -character.length), character] : [line]));
  }
  return lines;
}
