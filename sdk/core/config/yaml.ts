import { type Document, isAlias, isMap, isNode, isPair, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import type { Problem } from "../problem";

/** The largest config file that is read, in bytes. A file of 1,000 layers has about 100 kB. */
export const maxConfigBytes = 1024 * 1024;
// How often anchors may be expanded before a file is refused as a "billion laughs": the default of the yaml library.
const maxAliases = 100;

/** A path into a document: keys and indexes. */
export type Path = readonly PropertyKey[];

/** A parsed YAML text that still knows where everything stands. */
export interface YamlFile {
  /** The content as plain data; undefined where the text is no valid YAML. */
  readonly content: unknown;
  /** What is wrong with the text as YAML. */
  readonly problems: readonly Problem[];
  /** Makes a problem of the value at `path`, or of the key there; where the path ends early, of what is there. */
  problemAt(path: Path, what: Pick<Problem, "code" | "message" | "next">, part?: "key" | "value"): Problem;
}

/** Parses YAML 1.2, with merge keys (`<<`) as the Python tool understood them. Nothing in the text can run code. */
export function parseYaml(source: string, file: string): YamlFile {
  const lineCounter = new LineCounter();
  const doc = parseDocument(source, { lineCounter, merge: true, prettyErrors: false, logLevel: "silent" });

  const problemAtOffset = (
    [start, end]: readonly [number, number],
    what: Pick<Problem, "code" | "message" | "next">,
  ): Problem => {
    const { line, col } = lineCounter.linePos(Math.min(start, source.length));
    const lineStart = lineCounter.lineStarts[line - 1] ?? 0;
    const text = (source.slice(lineStart).split("\n", 1)[0] ?? "").replace(/\r$/, "");
    const length = Math.max(1, Math.min(end - start, text.length - (col - 1)));
    return { ...what, file, line, column: col, text, length };
  };

  // Warnings are about tags that nothing here resolves: whoever wrote one expected something to happen.
  const problems = [...doc.errors, ...doc.warnings].map((error) =>
    problemAtOffset(error.pos, { code: "invalid-yaml", message: error.message }),
  );
  let content: unknown;
  if (problems.length === 0) {
    try {
      content = doc.toJS({ maxAliasCount: maxAliases });
    } catch (error) {
      problems.push(problemAtOffset([0, 1], { code: "invalid-yaml", message: (error as Error).message }));
    }
  }
  return {
    content,
    problems,
    problemAt: (path, what, part = "value") => problemAtOffset(rangeOf(doc, path, part), what),
  };
}

function rangeOf(doc: Document, path: Path, part: "key" | "value"): [number, number] {
  let node = doc.contents as Node | null;
  let range = node?.range ?? undefined;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(doc) ?? null;
    const last = depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === step);
      if (!pair) break;
      const value = isNode(pair.value) ? pair.value : null;
      // A mapping or an empty value has no text of its own worth marking: its key is what the reader looks for.
      const showKey = !isScalar(value) || value.range?.[0] === value.range?.[1];
      const shown = part === "key" && last ? pair.key : showKey ? pair.key : value;
      node = value;
      range = (isNode(shown) ? shown.range : undefined) ?? range;
    } else {
      const item = isNode(node) && "items" in node ? (node.items as unknown[])[Number(step)] : undefined;
      if (!isNode(item)) break;
      node = item;
      range = item.range ?? range;
    }
  }
  return [range?.[0] ?? 0, range?.[1] ?? 1];
}
