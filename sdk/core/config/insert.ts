import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import { LayersError } from "../errors";
import { visibleJson } from "../text";
import { yamlOptions } from "./yaml";
import type { Range } from "./yaml-nodes";

/** A value as it is written in flow style: a number, a text, or lists and mappings of them. */
export type FlowValue = number | string | readonly FlowValue[] | { readonly [key: string]: FlowValue };

/**
 * Adds a value, and any missing mappings above it, to the text of a config. The surrounding text stays.
 * @param path the keys, and places in lists from 0, that lead to the value; the first that is missing is added to its
 * mapping. A value is appended to a list if its index is the next one
 * @throws LayersError `config-not-editable` if a mapping above it is an alias
 */
export function insertValue(text: string, file: string, path: readonly (string | number)[], value: FlowValue): string {
  const doc = parseDocument(text, yamlOptions);
  let at: { readonly pair: Pair; readonly map: YAMLMap } | undefined;
  let node: unknown = doc.contents;
  for (const [depth, key] of path.entries()) {
    const added = { keys: path.slice(depth).map(String), value };
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (!pair) return insertItem(text, node, added);
      at = { pair, map: node };
      node = pair.value;
    } else if (isSeq(node) && typeof key === "number" && key < node.items.length) {
      node = node.items[key];
    } else if (isSeq(node) && key === node.items.length && depth === path.length - 1) {
      return appendItem(text, node, value);
    } else if (at && isScalar(node) && node.value === null) {
      return fillEmpty(text, at.map, at.pair, node, added);
    } else break;
  }
  const where = path.join(".");
  throw new LayersError(
    "config-not-editable",
    `${where} cannot be added to ${file}: ${isAlias(node) ? `its parent is the alias *${node.source}` : "something else is in its place"}. The file was not changed.`,
    { next: `Add ${where}: ${flowText(value)} by hand.` },
  );
}

/** What is added: nested keys, and the value of the last. */
interface Addition {
  readonly keys: readonly string[];
  readonly value: FlowValue;
  /** JSON's keys are in quotes. */
  readonly quoted?: boolean;
  /** After an empty line. */
  readonly spaced?: boolean;
}

function appendItem(text: string, list: YAMLSeq, value: FlowValue): string {
  const last = list.items.at(-1) as Node;
  const [start] = rangeOf(list);
  const [, end] = rangeOf(last);
  const isJson = isMap(last) && last.items[0] !== undefined && text[startOf(last.items[0])] === '"';
  if (list.flow) return splice(text, end, `, ${flowText(value, isJson)}`);
  const indent = " ".repeat(start - (text.lastIndexOf("\n", start - 1) + 1));
  return insertText(text, end, indent.length, [`${indent}- ${flowText(value, isJson)}`]);
}

function insertItem(text: string, map: YAMLMap, added: Addition): string {
  const last = map.items.at(-1);
  if (map.flow || !last) {
    const [start, end] = rangeOf(map);
    if (last) return splice(text, endOf(last), `, ${inFlow({ ...added, quoted: text[startOf(last)] === '"' })}`);
    const isBare = text.slice(start, end).replace(/\s/g, "") === "{}";
    return isBare ? splice(text, start, `{ ${inFlow(added)} }`, end) : splice(text, start + 1, ` ${inFlow(added)} `);
  }
  return insertLines(text, endOf(last), columnOf(text, map), { ...added, spaced: isSpaced(text, map) });
}

/** Whether an empty line precedes the last item, as between sections. */
function isSpaced(text: string, { items }: YAMLMap): boolean {
  const last = items.length > 1 && items.at(-1);
  return last ? /\n[ \t]*\r?\n(?:[ \t]*#.*\n)*[ \t]*$/.test(text.slice(0, startOf(last))) : false;
}

function fillEmpty(text: string, map: YAMLMap, pair: Pair, empty: Node, added: Addition): string {
  const [start, end] = rangeOf(empty);
  if (map.flow || end > start) {
    const space = /[\s:]/.test(text[start - 1] ?? "") && text[start - 1] !== ":" ? "" : " ";
    return splice(text, start, `${space}{ ${inFlow(added)} }`, end);
  }
  return insertLines(text, rangeOf(pair.key as Node)[1], columnOf(text, map) + 2, added);
}

/** Adds lines below the line that holds an offset, or at it where a line starts there. */
function insertLines(text: string, offset: number, indent: number, { keys, value, spaced }: Addition): string {
  // The last two keys share a line, as in `receipt-dynamo: { version: 6 }`.
  const blocks = keys.slice(0, -2).map((key, depth) => `${" ".repeat(indent + 2 * depth)}${keyText(key)}:`);
  const line = " ".repeat(indent + 2 * blocks.length) + inFlow({ keys: keys.slice(-2), value });
  return insertText(text, offset, indent, [...(spaced ? [""] : []), ...blocks, line]);
}

/** Adds lines there, but below comments that are indented like them: those belong to what is before. */
function insertText(text: string, offset: number, indent: number, added: readonly string[]): string {
  const lineBreak = text.includes("\r\n") ? "\r\n" : "\n";
  const isLineStart = text[offset - 1] === "\n";
  const next = text.indexOf("\n", offset) + 1;
  const below = isLineStart ? offset : next === 0 ? text.length : next;
  const comments = new RegExp(`(?:[ \\t]{${indent},}#.*(?:\n|$))*`, "y");
  comments.lastIndex = below;
  comments.test(text);
  const at = comments.lastIndex;
  const lines = added.join(lineBreak);
  const isUnended = at === text.length && !text.endsWith("\n");
  return splice(text, at, isUnended ? lineBreak + lines : lines + lineBreak);
}

function inFlow({ keys: [key = "", ...inner], value, quoted = false }: Addition): string {
  const name = quoted ? visibleJson(key) : keyText(key);
  return `${name}: ${inner.length === 0 ? flowText(value, quoted) : `{ ${inFlow({ keys: inner, value, quoted })} }`}`;
}

/**
 * A value in flow style: `{ when: { region: eu-west-1 }, version: 2 }`.
 * @param quoted as in JSON
 */
export function flowText(value: FlowValue, quoted = false): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return !quoted && isPlain(value) ? value : visibleJson(value);
  if (isList(value)) return `[${value.map((one) => flowText(one, quoted)).join(", ")}]`;
  const pairs = Object.entries(value).map(([key, one]) => inFlow({ keys: [key], value: one, quoted }));
  return `{ ${pairs.join(", ")} }`;
}

function isList(value: object): value is readonly FlowValue[] {
  return Array.isArray(value);
}

/** Whether a text stays a text without quotes. */
function isPlain(text: string): boolean {
  return /^[A-Za-z_][\w.-]*$/.test(text) && !/^(?:null|true|false)$/i.test(text);
}

/** A key as YAML. Keys are read as texts, so only special characters need quotes. */
export function keyText(key: string): string {
  return /^[A-Za-z0-9_][\w.-]*$/.test(key) ? key : visibleJson(key);
}

function columnOf(text: string, map: YAMLMap): number {
  const start = startOf(map.items[0] as Pair);
  return start - (text.lastIndexOf("\n", start - 1) + 1);
}

function startOf({ key }: Pair): number {
  return rangeOf(key as Node)[0];
}

function endOf({ key, value }: Pair): number {
  return rangeOf((value ?? key) as Node)[1];
}

function rangeOf({ range }: Node): Range {
  if (!range) throw new LayersError("internal", "A parsed YAML node has no range.");
  return [range[0], range[1]];
}

function splice(text: string, start: number, added: string, end = start): string {
  return text.slice(0, start) + added + text.slice(end);
}
