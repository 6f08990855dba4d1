import Table from "cli-table3";
import stringWidth from "string-width";
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

const gap = "  ";
// Narrower columns cannot be read any more.
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
  const cells = [titles, ...rows].map((row) => row.map((cell) => (typeof cell === "string" ? plain(cell) : cell)));
  const needed = columns.map((_, column) => Math.max(1, ...cells.map((row) => stringWidth(row[column]?.text ?? ""))));
  const least = columns.map(({ title }) => Math.max(narrowest, stringWidth(title)));
  const widths = fitWidths(needed, least, wraps ? output.width : undefined);
  const table = new Table({
    colAligns: columns.map(({ align = "left" }) => align),
    colWidths: widths,
    chars: { ...noLines, middle: gap },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
  });
  // Wrapped before it is coloured, so that no line break falls into a colour's code.
  const wrapped = (row: readonly PaintedText[]) =>
    row.map(({ text, color }, i) =>
      wrap(text, widths[i] ?? 1)
        .map(color)
        .join("\n"),
    );
  table.push(...cells.map(wrapped));
  for (const line of table.toString().split("\n")) output.line(line.trimEnd());
}

/**
 * The widths that columns get: what they need, or where that is too much in all, the widest ones an equal share of what
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

function plain(text: string): PaintedText {
  return { text, color: (line: string) => line };
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

const noLines = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
  ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
  ...{ left: "", "left-mid": "", right: "", "right-mid": "" },
  ...{ mid: "", "mid-mid": "" },
};
