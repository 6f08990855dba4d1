import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";
import type { Problem } from "../problem";
import { type ConfigFile, configSchema, type EntryFields } from "./schema";
import { maxConfigBytes, type Path, parseYaml, type YamlFile } from "./yaml";

/** Where a value of the config stands. */
export interface Source {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One entry of `layers` or of an override, with where its version (or else the entry itself) is written. */
export interface LayerEntry {
  readonly fields: Partial<EntryFields>;
  readonly source: Source;
}

/** A valid config file. */
export interface LayerConfig {
  /** The file's name as the user gave it. */
  readonly file: string;
  readonly layers: ReadonlyMap<string, LayerEntry>;
  readonly overrides: ReadonlyMap<string, ReadonlyMap<string, LayerEntry>>;
  readonly settings: LayerSettings;
}

/** The config's settings with their defaults filled in. */
export interface LayerSettings {
  readonly region: string | undefined;
  /** 12 digits; undefined: the account of the credentials. */
  readonly accountId: string | undefined;
  readonly tagKey: string;
  readonly validateLayerExists: boolean;
  readonly backupRetentionDays: number;
  /** Resource type to the property that holds its layers, beyond the built-in function types. */
  readonly resourceTypes: Readonly<Record<string, string>>;
}

/** A parsed config, or everything that is wrong with the file, in the order of its lines. */
export type ParsedConfig =
  | { readonly ok: true; readonly config: LayerConfig }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Parses the text of a config file. `file` is its name for messages. */
export function parseConfig(text: string, file: string): ParsedConfig {
  const fail = (problems: readonly Problem[]): ParsedConfig => ({
    ok: false,
    problems: [...problems].sort((a, b) => a.line - b.line || a.column - b.column),
  });
  if (text.length > maxConfigBytes) {
    const message = `the file has more than ${maxConfigBytes} bytes, the most that is read`;
    return fail([{ code: "file-too-large", message, file, line: 1, column: 1, text: text.slice(0, 80), length: 1 }]);
  }
  const yaml = parseYaml(text, file);
  if (yaml.problems.length > 0) return fail(yaml.problems);

  const result = configSchema.safeParse(yaml.content);
  const problems = [
    ...reservedKeys(yaml),
    ...(result.error?.issues ?? []).flatMap((issue) => toProblems(issue, yaml)),
    ...(result.data ? incompleteEntries(result.data, yaml) : []),
  ];
  return problems.length > 0 || !result.data ? fail(problems) : { ok: true, config: toConfig(result.data, yaml, file) };
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
  if (key === "version" && typeof value === "string" && /^\d+$/.test(value))
    return `Write the number without quotes: ${Number(value)}`;
  if (key === "aws_account_id") return "Write it in quotes, so that leading zeros are kept";
  if (key === "validate_layer_exists" && /^(?:yes|no|on|off)$/i.test(String(value))) {
    return `Write ${/^(?:yes|on)$/i.test(String(value))}`;
  }
  if (issue.path.length === 1 && value === null) return `Put something below \`${String(key)}:\`, or {} for nothing`;
  return undefined;
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
    yaml.problemAt(path, { code: "unknown-key", message: "__proto__ cannot be used as a name here" }, "key"),
  );
}

/** Rules about two values at once, which a schema cannot say. */
function incompleteEntries(file: ConfigFile, yaml: YamlFile): Problem[] {
  const problems: Problem[] = [];
  const checkName = (path: Path, fields: Partial<EntryFields>) => {
    const name = String(path.at(-1));
    if (fields.arn || fields.names || /^[A-Za-z0-9_-]{1,140}$/.test(name)) return;
    const message = `"${name}" cannot be a layer's name: letters, digits, - and _, at most 140`;
    problems.push(
      yaml.problemAt(path, { code: "invalid-layer-name", message, next: "Give the entry an arn or names" }, "key"),
    );
  };
  for (const [name, fields] of Object.entries(file.layers)) checkName(["layers", name], fields);
  for (const [stack, entries] of Object.entries(file.stack_overrides ?? {})) {
    for (const [name, fields] of Object.entries(entries)) {
      if (Object.hasOwn(file.layers, name)) continue;
      const path = ["stack_overrides", stack, name];
      checkName(path, fields);
      if (fields.version !== undefined) continue;
      const message = `${path.join(".")} has no version, and layers has no entry "${name}" to take one from`;
      problems.push(yaml.problemAt(path, { code: "missing-key", message, next: suggestLayer(name, file) }, "key"));
    }
  }
  return problems;
}

function suggestLayer(name: string, file: ConfigFile): string {
  const names = Object.keys(file.layers);
  return names.length > 0 && distance(name, closest(name, names)) <= 3
    ? `Did you mean "${closest(name, names)}"?`
    : "Add a version, or declare the layer in layers";
}

function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], content);
}

function toConfig(content: ConfigFile, yaml: YamlFile, file: string): LayerConfig {
  const toEntry = (path: Path, fields: Partial<EntryFields>): LayerEntry => {
    const { line, column } = yaml.problemAt(fields.version === undefined ? path : [...path, "version"], {
      code: "",
      message: "",
    });
    return { fields: withoutNulls(fields), source: { file, line, column } };
  };
  const toEntries = (path: Path, entries: Record<string, Partial<EntryFields>>) =>
    new Map(Object.entries(entries).map(([name, fields]) => [name, toEntry([...path, name], fields)]));
  const settings = content.settings ?? {};
  return {
    file,
    layers: toEntries(["layers"], content.layers),
    overrides: new Map(
      Object.entries(content.stack_overrides ?? {}).map(([stack, entries]) => [
        stack,
        toEntries(["stack_overrides", stack], entries),
      ]),
    ),
    settings: {
      region: settings.aws_region ?? undefined,
      accountId: settings.aws_account_id == null ? undefined : String(settings.aws_account_id),
      tagKey: settings.tag_key ?? "environment",
      validateLayerExists: settings.validate_layer_exists ?? true,
      backupRetentionDays: settings.backup_retention_days ?? 30,
      resourceTypes: settings.resource_types ?? {},
    },
  };
}

/** An empty value means the same as leaving the key out, so that merging an override does not erase a field. */
function withoutNulls(fields: Partial<EntryFields>): Partial<EntryFields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
