import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";
import { layerArn, parseLayerVersionArn } from "../arn";
import type { Problem } from "../problem";
import { configSchema } from "./schema";
import type { YamlFile } from "./yaml";
import type { Path } from "./yaml-nodes";

/** What is wrong with the content of a config file: what the schema found, and what it cannot say. */
export function contentProblems(issues: readonly z.core.$ZodIssue[], yaml: YamlFile): Problem[] {
  return [...reservedKeys(yaml), ...issues.flatMap((issue) => toProblems(issue, yaml)), ...entryProblems(yaml)];
}

const knownKeys = keysBySection();

function keysBySection() {
  const { layers, settings } = configSchema.shape;
  return {
    file: Object.keys(configSchema.shape),
    entry: Object.keys(layers.valueType.shape),
    settings: Object.keys(settings.unwrap().unwrap().shape),
  };
}

function toProblems(issue: z.core.$ZodIssue, yaml: YamlFile): Problem[] {
  const name = issue.path.map(String).join(".") || "the file";
  if (issue.code === "unrecognized_keys") {
    const known =
      issue.path.length === 0 ? knownKeys.file : issue.path[0] === "settings" ? knownKeys.settings : knownKeys.entry;
    return issue.keys.map((key) => {
      const message = `unknown key "${key}" in ${name}`;
      return yaml.problemAt([...issue.path, key], { code: "unknown-key", message, next: suggest(key, known) }, "key");
    });
  }
  const missing = issue.code === "invalid_type" && valueAt(yaml.content, issue.path) === undefined;
  if (missing) {
    const key = String(issue.path.at(-1) ?? "layers");
    const message =
      issue.path.length > 1
        ? `${issue.path.slice(0, -1).map(String).join(".")} has no ${key}`
        : `the file has no ${key}`;
    const next =
      key === "version" ? "Add the version that the layer has to be at, such as `version: 1`" : `Add \`${key}:\``;
    return [yaml.problemAt(issue.path, { code: "missing-key", message, next }, "key")];
  }
  if (issue.code === "invalid_key") {
    const key = String(issue.path.at(-1));
    const message = `"${key}" ${issue.issues[0]?.message}`;
    const next =
      key.includes("/") && issue.path[0] === "stack_overrides"
        ? `Write ${key.slice(key.lastIndexOf("/") + 1)}`
        : undefined;
    return [yaml.problemAt(issue.path, { code: "invalid-name", message, next }, "key")];
  }
  const value = valueAt(yaml.content, issue.path);
  return [
    yaml.problemAt(issue.path, {
      code: "invalid-value",
      message: `${name} ${issue.message}`,
      next: advise(issue, value),
    }),
  ];
}

function advise(issue: z.core.$ZodIssue, value: unknown): string | undefined {
  const key = issue.path.at(-1);
  if (issue.path.length === 0) return "Begin with `layers:`";
  if (key === "version" && typeof value === "string" && /^\d+$/.test(value))
    return `Write the number without quotes: ${Number(value)}`;
  if (key === "aws_account_id") return `Write 12 digits in quotes, such as "${accountId(value)}"`;
  if (key === "validate_layer_exists" && /^(?:yes|no|on|off)$/i.test(String(value))) {
    return `Write ${/^(?:yes|on)$/i.test(String(value))}`;
  }
  if (key === "arn" && typeof value === "string") {
    const parsed = parseLayerVersionArn(value);
    return parsed && `Leave the version out: ${layerArn(parsed)}`;
  }
  if (issue.code === "invalid_type" && issue.expected === "array" && typeof value === "string")
    return `Write a list: ["${value}"]`;
  if (issue.code === "invalid_type" && issue.expected === "string" && typeof value !== "object")
    return "Write it in quotes, so that it is a text";
  if (issue.path.length === 1 && value === null) return `Put something below \`${String(key)}:\`, or {} for nothing`;
  return undefined;
}

/** A mistyped account number as it was probably meant, or an example. */
function accountId(value: unknown): string {
  const digits = String(value).replace(/\D/g, "");
  // What YAML took for a number has lost its leading zeros.
  const padded = typeof value === "number" ? digits.padStart(12, "0") : digits;
  return padded.length === 12 ? padded : "123456789012";
}

function suggest(key: string, known: readonly string[]): string {
  const nearest = closest(key, [...known]);
  return distance(key, nearest) <= Math.max(2, key.length / 3)
    ? `Did you mean "${nearest}"?`
    : `Known keys are: ${known.join(", ")}`;
}

// zod leaves this key out of what it checks, without a word; nothing may be ignored in silence.
function reservedKeys(yaml: YamlFile): Problem[] {
  const find = (value: unknown, path: Path): Path[] =>
    typeof value !== "object" || value === null
      ? []
      : Object.keys(value).flatMap((key) =>
          key === "__proto__" ? [[...path, key]] : find((value as Record<string, unknown>)[key], [...path, key]),
        );
  return find(yaml.content, []).map((path) =>
    yaml.problemAt(
      path,
      {
        code: "unknown-key",
        message: "__proto__ cannot be used as a name here",
        next: "Choose another name",
      },
      "key",
    ),
  );
}

/** Rules about several values at once, which the schema cannot say. Works on content that may be wrong elsewhere. */
function entryProblems(yaml: YamlFile): Problem[] {
  const layers = mapping(mapping(yaml.content).layers);
  const overrides = Object.entries(mapping(mapping(yaml.content).stack_overrides)).flatMap(([stack, entries]) =>
    Object.entries(mapping(entries))
      .filter(([name]) => !Object.hasOwn(layers, name))
      .map(([name, fields]) => ({ path: ["stack_overrides", stack, name], fields: mapping(fields) })),
  );
  const entries = Object.entries(layers).map(([name, fields]) => ({ path: ["layers", name], fields: mapping(fields) }));
  return [
    ...[...entries, ...overrides]
      .filter(({ path, fields }) => !fields.arn && !fields.names && !/^[A-Za-z0-9_-]{1,140}$/.test(path.at(-1) ?? ""))
      .map(({ path }) => {
        const message = `"${path.at(-1)}" cannot be a layer's name: letters, digits, - and _, at most 140`;
        const next = "Give the entry an arn or names";
        return yaml.problemAt(path, { code: "invalid-layer-name", message, next }, "key");
      }),
    ...overrides
      .filter(({ fields }) => fields.version === undefined)
      .map(({ path }) => {
        const name = path.at(-1) ?? "";
        const message = `${path.join(".")} has no version, and layers has no entry "${name}" to take one from`;
        const next = suggestLayer(name, Object.keys(layers));
        return yaml.problemAt(path, { code: "missing-key", message, next }, "key");
      }),
  ];
}

function mapping(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function suggestLayer(name: string, names: readonly string[]): string {
  const nearest = names.length > 0 ? closest(name, [...names]) : undefined;
  return nearest !== undefined && distance(name, nearest) <= 3
    ? `Did you mean "${nearest}"?`
    : "Add a version, or declare the layer in layers";
}

function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], content);
}
