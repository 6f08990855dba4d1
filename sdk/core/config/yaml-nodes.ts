import type { Node, Pair, Scalar, YAMLMap } from "yaml";
import { type Alias, type Document, isAlias, isMap, isNode, isPair, isScalar, isSeq } from "yaml";

/** A path into a document: keys and indexes. */
export type Path = readonly PropertyKey[];

/** Start and end, as offsets in the text. */
export type Range = readonly [number, number];

/** The result of {@link fillAliases}. */
export interface Filled {
  /** How many keys and values the document has, with every alias filled in. */
  readonly size: number;
  /** Aliases and merges that cannot be filled in. */
  readonly broken: readonly { readonly node: Node; readonly message: string; readonly next?: string }[];
  /** Duplicate keys. */
  readonly duplicateKeys: readonly Scalar[];
  /** Numbers with leading zeros: octal to YAML 1.1 (010 is 8), decimal to YAML 1.2 (010 is 10). */
  readonly leadingZeros: readonly Scalar[];
}

/**
 * Replaces every alias of a document with its node. Nodes are shared, not copied, so that this takes time linear in the
 * text; `size` says what walking the result will cost.
 */
export function fillAliases(doc: Document): Filled {
  const broken: Filled["broken"][number][] = [];
  const duplicateKeys: Scalar[] = [];
  const leadingZeros: Scalar[] = [];
  // The node of an anchor; undefined until its end has been reached, because it cannot contain itself.
  const anchors = new Map<string, { node: unknown; size: number } | undefined>();

  const fill = (node: unknown): { node: unknown; size: number } => {
    if (isAlias(node)) return anchors.get(node.source) ?? { node: reported(node), size: 1 };
    if (isScalar(node) && typeof node.value === "number" && /^[-+]?0\d/.test(node.source ?? "")) {
      leadingZeros.push(node);
    }
    const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
    if (anchor) anchors.set(anchor, undefined);
    const filled = { node, size: 1 + fillItems(node) };
    if (isMap(node)) checkKeys(node);
    if (anchor) anchors.set(anchor, filled);
    return filled;
  };
  const fillItems = (node: unknown): number => {
    let size = 0;
    for (const [index, item] of isMap(node) || isSeq(node) ? node.items.entries() : []) {
      const value = fill(isPair(item) ? item.value : item);
      size += value.size;
      if (isPair(item)) {
        size += fill(item.key).size;
        item.value = value.node;
      } else if (isSeq(node)) node.items[index] = value.node;
    }
    return size;
  };
  const reported = (node: Alias): Alias => {
    const { source } = node;
    broken.push(
      anchors.has(source)
        ? { node, message: `*${source} refers to something that contains it` }
        : {
            node,
            message: `there is no &${source} before *${source}`,
            next: "Put it in quotes if it is a string that starts with *",
          },
    );
    return node;
  };
  const checkKeys = (map: YAMLMap) => {
    const keys = new Set<unknown>();
    for (const { key } of map.items) {
      if (!isScalar(key)) continue;
      if (keys.has(key.value)) duplicateKeys.push(key);
      keys.add(key.value);
    }
    for (const source of mergedInto(map)) {
      // An alias that leads nowhere has been reported already.
      if (isNode(source) && !isMap(source) && !isAlias(source))
        broken.push({ node: source, message: "<< must be followed by a mapping or a list of mappings" });
    }
  };
  const { size } = fill(doc.contents);
  return { size, broken, duplicateKeys, leadingZeros };
}

/** Finds places in a document: the value at a path, or its key; if the path ends early, the last node on it. */
export type Locate = (path: Path, part: "key" | "value") => Range;

/** Builds the lookup of one document. Each mapping is indexed once, as a file can have thousands of entries. */
export function createLocator(doc: Document): Locate {
  const indexed = new Map<YAMLMap, Map<unknown, Pair>>();
  const pairsOf = (map: YAMLMap): Map<unknown, Pair> => {
    const known = indexed.get(map);
    if (known) return known;
    // As in the parsed content: the last of a mapping's own keys wins, then the first merged one.
    const pairs = new Map(map.items.map((pair) => [isScalar(pair.key) ? pair.key.value : undefined, pair]));
    for (const source of mergedInto(map).filter(isMap)) {
      for (const [key, pair] of pairsOf(source)) if (!pairs.has(key)) pairs.set(key, pair);
    }
    indexed.set(map, pairs);
    return pairs;
  };

  return (path, part) => {
    let node: unknown = doc.contents;
    let range = doc.contents?.range;
    for (const [depth, step] of path.entries()) {
      let shown: unknown;
      if (isMap(node)) {
        const pair = pairsOf(node).get(step);
        if (!pair) break;
        node = pair.value;
        const wantsKey = part === "key" && depth === path.length - 1;
        // A mapping or an empty value has no text worth marking, so its key is marked.
        shown = wantsKey || !hasText(node) ? pair.key : node;
      } else {
        node = isSeq(node) ? node.items[Number(step)] : undefined;
        if (!isNode(node)) break;
        shown = node;
      }
      range = (isNode(shown) ? shown.range : undefined) ?? range;
    }
    return [range?.[0] ?? 0, range?.[1] ?? 1];
  };
}

function hasText(node: unknown): boolean {
  return isScalar(node) && node.range?.[0] !== node.range?.[1];
}

/** The pairs that a mapping's merge keys add, in order of precedence. */
function mergedInto({ items }: YAMLMap): unknown[] {
  return items
    .filter(({ key }) => isScalar(key) && key.value === "<<" && key.type === "PLAIN")
    .flatMap(({ value }) => (isSeq(value) ? value.items : [value]));
}
