import { isMap, isScalar, Lexer, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";
import { notEditable } from "./edit";
import { yamlOptions } from "./yaml";

/** The version of an entry in a stack's override. */
export type OverridePath = readonly ["stack_overrides", stack: string, key: string, "version"];

/**
 * Removes versions from overrides, together with mappings that become empty. The surrounding text stays, and so do
 * comments; those next to removed text get their own lines.
 * @param file the file's name, for messages
 * @throws LayersError `config-not-editable` if a mapping above a version is an alias
 */
export function removeVersions(text: string, file: string, paths: readonly OverridePath[]): string {
  return paths.reduce((result, path) => removeVersion(result, file, path), text);
}

function removeVersion(text: string, file: string, path: OverridePath): string {
  const doc = parseDocument(text, yamlOptions);
  const way: { readonly map: YAMLMap; readonly pair: Pair }[] = [];
  let node: unknown = doc.contents;
  for (const key of path) {
    const map = isMap(node) ? node : undefined;
    const pair = map?.items.find((item) => isScalar(item.key) && item.key.value === key);
    if (!map || !pair)
      throw notEditable(
        `${path.join(".")} cannot be removed from ${file}`,
        "Remove it by hand: it is the same as the base.",
      );
    way.push({ map, pair });
    node = pair.value;
  }
  // The outermost mapping that becomes empty; sections of the file are removed one by one.
  let at = way.length - 1;
  while (at > 0 && way[at]?.map.items.length === 1) at--;
  const { map, pair } = way[at] as (typeof way)[number];
  return map.flow ? withoutItem(text, map, pair) : withoutLines(text, pair);
}

function withoutItem(text: string, map: YAMLMap, pair: Pair): string {
  const index = map.items.indexOf(pair);
  const [next, before] = [map.items[index + 1], map.items[index - 1]];
  if (next) return text.slice(0, startOf(pair)) + text.slice(startOf(next));
  return text.slice(0, before ? endOf(before) : startOf(pair)) + text.slice(endOf(pair));
}

function withoutLines(text: string, pair: Pair): string {
  const start = text.lastIndexOf("\n", startOf(pair) - 1) + 1;
  const lineEnd = text.indexOf("\n", endOf(pair) - (text[endOf(pair) - 1] === "\n" ? 1 : 0));
  const end = lineEnd < 0 ? text.length : lineEnd + 1;
  const indent = " ".repeat(startOf(pair) - start);
  const lineBreak = text.includes("\r\n") ? "\r\n" : "\n";
  const kept = commentsIn(text, start, end).map((comment) => `${indent}${comment}${lineBreak}`);
  return text.slice(0, start) + kept.join("") + text.slice(end);
}

/** Tokens that the lexer adds without text. */
const lexerMarks: ReadonlySet<string> = new Set(["\u0002", "\u0018", "\u001f"]);

/** Only a YAML parser can tell which `#` starts a comment. */
function commentsIn(text: string, start: number, end: number): string[] {
  const comments: string[] = [];
  let at = 0;
  for (const token of new Lexer().lex(text)) {
    if (lexerMarks.has(token)) continue;
    if (token.startsWith("#") && at >= start && at < end) comments.push(token.trimEnd());
    at += token.length;
  }
  return comments;
}

function startOf({ key }: Pair): number {
  return (key as Node).range?.[0] ?? 0;
}

function endOf({ key, value }: Pair): number {
  return ((value ?? key) as Node).range?.[1] ?? 0;
}
