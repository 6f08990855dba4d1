import type { GenericIssue } from "valibot";
import { didYouMean } from "../nearest";
import { mostProblems, type Problem } from "../problem";
import { adviseEntryName, adviseMissing, adviseValue } from "./advice";
import { placeholderProblem } from "./placeholder-problems";
import { knownKeys } from "./schema";
import { variantProblems, type WrittenEntry } from "./variant-problems";
import type { YamlFile } from "./yaml";

/** What is wrong with the content of a config file: what the schema found, and what a schema cannot express. */
export function contentProblems(issues: readonly GenericIssue[], yaml: YamlFile): Problem[] {
  return [
    ...reservedKeys(yaml),
    ...issues.map((issue) => toProblem(issue, yaml)),
    ...unknownKeys(yaml),
    ...entryProblems(yaml),
  ];
}

function toProblem(issue: GenericIssue, yaml: YamlFile): Problem {
  const items = issue.path ?? [];
  const path = items.map(({ key }) => key) as (string | number)[];
  const key = String(path.at(-1) ?? "layers");
  const parent = path.slice(0, -1).join(".");
  if (items.at(-1)?.origin === "key") {
    if (issue.input === undefined) {
      const message = `${parent || "the file"} has no ${key}`;
      return yaml.problemAt(path, { code: "missing-key", message, next: adviseMissing(key) }, "key");
    }
    const message = `"${key}" ${issue.message}`;
    const next =
      key.includes("/") && (path[0] === "stack_overrides" || path[1] === "stack_names")
        ? `Write ${key.slice(key.lastIndexOf("/") + 1)}`
        : undefined;
    return yaml.problemAt(path, { code: "invalid-name", message, next }, "key");
  }
  const text = issue.input;
  const wrong = typeof text === "string" ? placeholderProblem(fieldOf(path), text) : undefined;
  if (wrong) return yaml.problemAt(path, wrong, "value", wrong.written);
  const message = `${path.join(".") || "the file"} ${issue.message}`;
  return yaml.problemAt(path, { code: "invalid-value", message, next: adviseValue(issue, path) });
}

/** The field of a value, or of an element of a list. */
function fieldOf(path: readonly PropertyKey[]): string {
  return String(typeof path.at(-1) === "number" ? path.at(-2) : path.at(-1));
}

// In most objects, `__proto__` is not an ordinary key.
const reservedKey = "__proto__";

function reservedKeys(yaml: YamlFile): Problem[] {
  const find = (value: unknown, path: readonly string[]): string[][] =>
    Object.entries(mapping(value)).flatMap(([key, one]) =>
      key === reservedKey ? [[...path, key]] : find(one, [...path, key]),
    );
  return find(yaml.content, []).map((path) => {
    const message = `${reservedKey} cannot be used as a name here`;
    return yaml.problemAt(path, { code: "unknown-key", message, next: "Choose another name" }, "key");
  });
}

/** Unknown keys. Works on content that may be wrong elsewhere. */
function unknownKeys(yaml: YamlFile): Problem[] {
  const content = mapping(yaml.content);
  const sections = [
    { path: [], fields: content, known: knownKeys.file },
    { path: ["settings"], fields: mapping(content.settings), known: knownKeys.settings },
    ...allEntries(content).map((entry) => ({ ...entry, known: knownKeys.entry })),
  ];
  return sections.flatMap(({ path, fields, known }) =>
    Object.keys(fields)
      .filter((key) => !known.includes(key) && key !== reservedKey)
      .map((key) => {
        const message = `unknown key "${key}" in ${path.join(".") || "the file"}`;
        const next =
          known === knownKeys.entry && key === "until"
            ? "It belongs to an exception: put it in one of the `variants`"
            : (didYouMean(key, known) ?? `Known keys are: ${known.join(", ")}`);
        return yaml.problemAt([...path, key], { code: "unknown-key", message, next }, "key");
      }),
  );
}

/** Rules about several values at once, which a schema cannot express. Works on content that may be wrong elsewhere. */
function entryProblems(yaml: YamlFile): Problem[] {
  const content = mapping(yaml.content);
  const layers = mapping(content.layers);
  const names = Object.keys(layers);
  const all = allEntries(content);
  const entries = all.filter(({ path, name }) => path[0] === "layers" || !Object.hasOwn(layers, name));
  return [
    ...all.flatMap((entry) => variantProblems(entry, yaml)),
    ...entries
      .filter(({ path, fields, isMapping }) => path[0] === "layers" && isMapping && hasNoVersion(fields))
      .map(({ path }) => {
        const message = `${path.join(".")} has no version`;
        return yaml.problemAt(path, { code: "missing-key", message, next: adviseMissing("version") }, "key");
      }),
    ...entries
      .filter(({ name, fields }) => !fields.arn && !fields.names && !/^[A-Za-z0-9_-]{1,140}$/.test(name))
      .map(({ path, name }) => {
        const message = `"${name}" is not a valid layer name, which has up to 140 letters, digits, - and _`;
        return yaml.problemAt(path, { code: "invalid-layer-name", message, next: adviseEntryName(name) }, "key");
      }),
    ...entries
      .filter(({ path, fields }) => path[0] !== "layers" && hasNoVersion(fields))
      .map(({ path, name }, index) => {
        const message = `${path.join(".")} has no version, and layers has no entry "${name}" to take one from`;
        // Comparing each of many names with all others would take too long.
        const meant = index < mostProblems ? didYouMean(name, names) : undefined;
        const next = meant ?? "Add a version, or declare the layer in layers";
        return yaml.problemAt(path, { code: "missing-key", message, next }, "key");
      }),
  ];
}

/** Whether neither an entry nor any of its variants has a version. */
function hasNoVersion({ version, variants }: Record<string, unknown>): boolean {
  const isWithout = (variant: unknown) => mapping(variant).version === undefined;
  return version === undefined && (!Array.isArray(variants) || variants.every(isWithout));
}

interface Entry extends WrittenEntry {
  /** Whether something else is there, which the schema reports. */
  readonly isMapping: boolean;
}

/** The entries of `layers` and of all overrides. */
function allEntries({ layers, stack_overrides }: Record<string, unknown>): Entry[] {
  const declared = mapping(layers);
  const entriesIn = (value: unknown, path: readonly string[], isOverride: boolean): Entry[] =>
    Object.entries(mapping(value)).map(([name, fields]) => ({
      ...{ path: [...path, name], name, fields: mapping(fields), isMapping: mapping(fields) === fields },
      base: isOverride && Object.hasOwn(declared, name) ? mapping(declared[name]) : undefined,
    }));
  return [
    ...entriesIn(layers, ["layers"], false),
    ...entriesIn(stack_overrides, ["stack_overrides"], false).flatMap(({ path, fields }) =>
      entriesIn(fields, path, true),
    ),
  ];
}

function mapping(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
