// Reads parts of a document in Markdown.

/** The code blocks whose opening line is this, such as `ts` or `yaml`. */
export function blocksOf(text: string, opening: string): string[] {
  const blocks = text.matchAll(/^```(.+)\n([\s\S]*?)^```$/gm);
  return [...blocks].flatMap(([, line, block = ""]) => (line === opening ? [block] : []));
}

/** What stands below a heading of the second level; empty without one. */
export function sectionOf(text: string, heading: string): string {
  return text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
}

/** The rows of the table that starts with these columns, as lists of cells. */
export function tableOf(text: string, ...columns: string[]): string[][] {
  const [, after = ""] = text.split(`| ${columns.join(" | ")} |\n`);
  const rows = /^\|[-|]+\|\n((?:\|.*\|\n)+)/.exec(after)?.[1] ?? "";
  return rows
    .trimEnd()
    .split("\n")
    .map((row) => row.slice(2, -2).split(" | "));
}
