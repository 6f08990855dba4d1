import { isDrifted, places, type Standing } from "../core/assess";
import { sharedLayerName } from "../core/estate";
import { count } from "../core/text";
import type { Assessment } from "../ops/assess";
import type { Context } from "./context";
import type { StackRun } from "./estate";
import { declaredText, type OpenVerdict, versionText, worstVerdict } from "./report/matrix";
import { none } from "./stack-columns";
import { type Cell, type Column, gap, printTable, widthOf } from "./table";

/** The status of one layer in one stack, over all functions that have it. */
interface MatrixEntry {
  /** As written in the config; undefined without an entry. */
  readonly declared: string | undefined;
  /** The versions that are not as declared; all versions if nothing is declared. */
  readonly found: ReadonlySet<string>;
  readonly verdict: OpenVerdict | undefined;
}

/** The column of one stack. */
export interface MatrixColumn {
  readonly title: string;
  /** By entry name, or by layer name without an entry. */
  readonly layers: ReadonlyMap<string, MatrixEntry>;
}

/** The column of a stack that was read. */
export function columnOf({ label }: StackRun, { stack, standings }: Assessment): MatrixColumn {
  const byLayer = Map.groupBy(
    standings.filter(({ layer }) => layer !== undefined),
    ({ target, layer }) => target?.declared?.key ?? sharedLayerName(layer?.name ?? "", stack),
  );
  const layers = [...byLayer].map(([key, own]): [string, MatrixEntry] => {
    const found = new Set(own.flatMap(foundIn));
    return [key, { declared: declaredIn(own), found, verdict: worstVerdict(own) }];
  });
  return { title: label, layers: new Map(layers) };
}

/** Different functions may have different versions declared. */
function declaredIn(own: readonly Standing[]): string | undefined {
  const texts = [...new Set(own.flatMap((one) => declaredText(one, ">=") ?? []))];
  return texts.length > 0 ? texts.sort().join("/") : undefined;
}

function foundIn(one: Standing): string[] {
  return places.flatMap((place) => {
    const version = one[place];
    if (version === undefined) return [];
    const isShown = isDrifted(one, place) || one.verdict === "undeclared" || version === "unknown";
    return isShown ? [versionText(version, "-")] : [];
  });
}

/**
 * Prints a row per layer and a column per stack: the declared version and, after `!`, the actual one. Rows in which
 * stacks differ are marked with `*`. Stacks that do not fit the terminal's width follow in further tables.
 */
export function printMatrix({ stdout, reporter }: Context, columns: readonly MatrixColumn[]): void {
  const keys = [...new Set(columns.flatMap(({ layers }) => [...layers.keys()]))].sort();
  if (keys.length === 0) return;
  const { red, yellow, dim } = stdout.colors;
  const cell = (entry: MatrixEntry | undefined): Cell => {
    if (!entry) return none(stdout);
    const { declared, found, verdict } = entry;
    const versions = [...found].sort().join(",");
    if (declared === undefined) return { text: `(${versions})`, color: dim };
    if (verdict === "drift") return { text: `${declared} ! ${versions}`, color: red };
    return verdict === "unknown" ? { text: `${declared} ?`, color: yellow } : declared;
  };
  const isDifferent = (key: string) => {
    const own = columns.flatMap(({ layers }) => layers.get(key) ?? []);
    return new Set(own.map(({ declared, found }) => declared ?? [...found].sort().join(","))).size > 1;
  };
  const lead = Math.max(...["LAYER", ...keys].map(widthOf)) + 1;
  const cells = columns.map(({ title, layers }) => ({ title, own: keys.map((key) => cell(layers.get(key))) }));
  const blocks = inBlocks(cells, lead, stdout.width);
  for (const [index, block] of blocks.entries()) {
    if (index > 0) stdout.line();
    const titles: Column[] = ["", "LAYER", ...block.map(({ title }) => title)].map((title) => ({ title }));
    const rows = keys.map((key, row) => [isDifferent(key) ? "*" : "", key, ...block.map(({ own }) => own[row] ?? "")]);
    printTable(stdout, titles, rows);
  }
  const different = keys.filter(isDifferent).length;
  const all = count(keys.length, "layer");
  reporter.info(
    different > 0
      ? `${different} of ${all} ${different === 1 ? "is" : "are"} declared differently between stacks (*)`
      : `${all} declared the same in all stacks that have ${keys.length === 1 ? "it" : "them"}`,
  );
}

interface MatrixCells {
  readonly title: string;
  readonly own: readonly Cell[];
}

/** The columns of as many tables as it takes for each to fit the width. */
function inBlocks(
  columns: readonly MatrixCells[],
  lead: number,
  available = Number.POSITIVE_INFINITY,
): MatrixCells[][] {
  const blocks: MatrixCells[][] = [];
  let left = 0;
  for (const column of columns) {
    const width = gap.length + Math.max(...[column.title, ...column.own].map(widthOf));
    if (blocks.length === 0 || width > left) {
      blocks.push([]);
      left = available - lead - gap.length;
    }
    blocks.at(-1)?.push(column);
    left -= width;
  }
  return blocks;
}
