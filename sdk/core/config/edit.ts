import { LayersError } from "../errors";
import { formatProblems } from "../problem";
import { insertValue } from "./insert";
import { type LayerConfig, type LayerEntry, parseConfig, type Source } from "./parse";
import type { When } from "./when";
import { parseYaml, type YamlFile } from "./yaml";

/** A version in an entry: its own, or that of the variant with this index. */
type InEntry = readonly ["version"] | readonly ["variants", index: number, "version"];

/** The path of a version: in `layers`, or in the override of a stack. */
export type VersionPath =
  | readonly ["layers", key: string, ...InEntry]
  | readonly ["stack_overrides", stack: string, key: string, ...InEntry];

/** One version that changes. */
export interface VersionEdit {
  readonly path: VersionPath;
  readonly version: number;
  /** The condition of a variant to append to its list. Default: the path's variant exists. */
  readonly when?: When;
}

/**
 * Changes version numbers in the text of a config: their digits and nothing else, so that comments, anchors, quotes,
 * layout and line breaks stay. An override that has no version yet, or no such variant, gets one, in the style of what
 * is around it.
 * @param file the file's name, for messages
 * @throws LayersError `config-invalid`, or `config-not-editable` if the result would change more or less than intended:
 * a version shared through an alias, or one not written in plain digits
 */
export function editVersions(text: string, file: string, edits: readonly VersionEdit[]): string {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const before = text.slice(mark.length);
  const config = parsed(before, file);
  const [there, missing] = partition(edits, ({ path }) => versionAt(config, path) !== undefined);
  const replaced = replaceDigits(before, parseYaml(before, file), file, there);
  const added = new Set<string>();
  const edited = missing.reduce((result, { path, version, when }) => {
    if (when === undefined) return insertValue(result, file, path, version);
    const variants = path.slice(0, -2);
    const index = Number(path.at(-2));
    const variant = { when: writtenWhen(when), version };
    const isNew = index === 0 && !added.has(variants.join());
    added.add(variants.join());
    return isNew
      ? insertValue(result, file, variants, [variant])
      : insertValue(result, file, [...variants, index], variant);
  }, replaced);
  check(config, parsed(edited, file), edits);
  return mark + edited;
}

function replaceDigits(text: string, yaml: YamlFile, file: string, edits: readonly VersionEdit[]): string {
  const byPlace = new Map<number, { readonly end: number; readonly version: number }>();
  for (const { path, version } of edits) {
    const [start, end] = yaml.rangeOf(path);
    const written = text.slice(start, end);
    if (!/^\d+$/.test(written)) {
      const { line } = yaml.positionOf(path);
      throw notEditable(`${path.join(".")} is written as ${written} (${file}:${line})`, "Write it in plain digits.");
    }
    byPlace.set(start, { end, version });
  }
  let at = 0;
  let result = "";
  for (const [start, { end, version }] of [...byPlace].sort(([a], [b]) => a - b)) {
    result += text.slice(at, start) + version;
    at = end;
  }
  return result + text.slice(at);
}

/** The result is parsed again, because YAML's aliases and merges can spread an edit. */
function check(before: LayerConfig, after: LayerConfig, edits: readonly VersionEdit[]): void {
  const wanted = new Map(entriesOf(before));
  for (const { path, version, when } of edits) {
    const [names, inEntry] = splitPath(path);
    const name = names.join(".");
    const fields = wanted.get(name);
    wanted.set(
      name,
      when === undefined
        ? withVersion(fields, inEntry, version)
        : { ...fields, variants: [...(fields?.variants ?? []), { when: writtenWhen(when), version }] },
    );
  }
  const found = new Map(entriesOf(after));
  const names = new Set([...wanted.keys(), ...found.keys()]);
  const different = [...names].filter((name) => !isSame(wanted.get(name), found.get(name)));
  if (different.length === 0) return;
  const edited = edits.map(({ path }) => path.join(".")).join(", ");
  throw notEditable(
    `${edited}: the number is shared through an alias or a merge key, so editing it would also change ${different.join(", ")}`,
    "Give each its own version, or change them together.",
  );
}

function entriesOf({ layers, overrides }: LayerConfig): (readonly [string, LayerEntry["fields"]])[] {
  const named = (section: string, entries: ReadonlyMap<string, LayerEntry>) =>
    [...entries].map(([key, { fields }]) => [`${section}.${key}`, fields] as const);
  return [
    ...named("layers", layers),
    ...[...overrides].flatMap(([stack, entries]) => named(`stack_overrides.${stack}`, entries)),
  ];
}

function isSame(a: LayerEntry["fields"] | undefined, b: LayerEntry["fields"] | undefined): boolean {
  const inOrder = (_key: string, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)))
      : value;
  const canonical = (fields = {}) => JSON.stringify(fields, inOrder);
  return (a === undefined) === (b === undefined) && canonical(a) === canonical(b);
}

function versionAt(config: LayerConfig, path: VersionPath): number | undefined {
  const entry = entryAt(config, path);
  const [, [field, index]] = splitPath(path);
  return field === "variants" ? entry?.fields.variants?.[index ?? 0]?.version : entry?.fields.version;
}

/** Where the version at a path is written; undefined if there is none. */
export function sourceAt(config: LayerConfig, path: VersionPath): Source | undefined {
  if (versionAt(config, path) === undefined) return undefined;
  const entry = entryAt(config, path);
  const [, [field, index]] = splitPath(path);
  return field === "variants" ? entry?.variants?.[index ?? 0]?.versionSource : entry?.source;
}

function entryAt({ layers, overrides }: LayerConfig, path: VersionPath): LayerEntry | undefined {
  return path[0] === "layers" ? layers.get(path[1]) : overrides.get(path[1])?.get(path[2]);
}

/** The keys that lead to an entry, and the rest of the path. */
function splitPath(path: VersionPath): readonly [names: readonly string[], inEntry: InEntry] {
  const length = path[0] === "layers" ? 2 : 3;
  return [path.slice(0, length).map(String), path.slice(length) as unknown as InEntry];
}

function withVersion(
  fields: LayerEntry["fields"] | undefined,
  [field, index]: InEntry,
  version: number,
): LayerEntry["fields"] {
  if (field === "version") return { ...fields, version };
  return { ...fields, variants: fields?.variants?.map((one, at) => (at === index ? { ...one, version } : one)) };
}

/** A condition as people write it: a single text without a list around it. */
export function writtenWhen(when: When): Record<string, string | readonly string[]> {
  return Object.fromEntries(
    Object.entries(when).map(([key, texts]) => [key, texts.length === 1 ? (texts[0] ?? "") : texts]),
  );
}

function parsed(text: string, file: string): LayerConfig {
  const result = parseConfig(text, file);
  if (result.ok) return result.config;
  throw new LayersError("config-invalid", formatProblems(result.problems));
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

/** The error for a text that cannot be edited as requested; it is unchanged. */
export function notEditable(what: string, next: string): LayersError {
  return new LayersError("config-not-editable", `${what}. The file was not changed.`, { next });
}
