import { safeParse } from "valibot";
import type { Problem } from "../problem";
import { contentProblems } from "./problems";
import { type ConfigFile, configSchema, type EntryFields, type VariantFields } from "./schema";
import { defaultSettings, type LayerSettings } from "./settings";
import { maxConfigBytes, parseYaml, tooLargeAdvice, type YamlFile } from "./yaml";
import type { Path } from "./yaml-nodes";

/** The place of a value in the config. */
export interface Source {
  /** The file's name; for a program's argument, the argument's name. */
  readonly file: string;
  /** From 1; 0 if not in a file. */
  readonly line: number;
  readonly column: number;
}

/** One entry of `layers` or of an override, with where its version (or else the entry itself) is written. */
export interface LayerEntry {
  readonly fields: Partial<EntryFields>;
  readonly source: Source;
  /** Those of its fields. Default: none. */
  readonly variants?: readonly VariantEntry[];
}

/** One variant of an entry, and where it is written. */
export interface VariantEntry {
  readonly fields: VariantFields;
  /** Where it starts. */
  readonly source: Source;
  /** Where its version is written; undefined if it has none. */
  readonly versionSource: Source | undefined;
}

export type { LayerSettings };

/** A valid config file. */
export interface LayerConfig {
  /** The file's name as the user gave it. */
  readonly file: string;
  readonly layers: ReadonlyMap<string, LayerEntry>;
  readonly overrides: ReadonlyMap<string, ReadonlyMap<string, LayerEntry>>;
  readonly settings: LayerSettings;
}

/** A parsed config, or everything that is wrong with the file, in the order of its lines. */
export type ParsedConfig =
  | { readonly ok: true; readonly config: LayerConfig }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Parses the text of a config file. `file` is its name for messages. */
export function parseConfig(text: string, file: string): ParsedConfig {
  const fail = (problems: readonly Problem[]): ParsedConfig => ({ ok: false, problems: inOrder(problems) });
  if (text.length > maxConfigBytes) {
    const message = `the file is larger than the limit of ${maxConfigBytes} bytes`;
    const place = { file, line: 1, column: 1, text: text.slice(0, 80).split("\n", 1)[0] ?? "", length: 1 };
    return fail([{ code: "file-too-large", message, next: tooLargeAdvice, ...place }]);
  }
  const yaml = parseYaml(text.replace(/^\uFEFF/, ""), file);
  if (yaml.content === undefined) return fail(yaml.problems);

  // The first of several issues with a value is enough.
  const result = safeParse(configSchema, yaml.content ?? {}, { abortPipeEarly: true });
  const problems = [...contentProblems(result.issues ?? [], yaml), ...yaml.problems];
  return problems.length > 0 || !result.success
    ? fail(problems)
    : { ok: true, config: toConfig(result.output, yaml, file) };
}

/**
 * Sorted by place. Of several problems of one kind in one place, the first is enough: an alias repeats its mistakes.
 */
function inOrder(problems: readonly Problem[]): Problem[] {
  const byPlace = new Map([...problems].reverse().map((one) => [`${one.line}:${one.column}:${one.code}`, one]));
  return [...byPlace.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

function toConfig(content: ConfigFile, yaml: YamlFile, file: string): LayerConfig {
  const toEntry = (path: Path, fields: Partial<EntryFields>): LayerEntry => {
    const sourceOf = (at: Path): Source => ({ file, ...yaml.positionOf(at) });
    const variants = fields.variants?.map((variant, index): VariantEntry => {
      const at = [...path, "variants", index];
      const versionSource = variant.version === undefined ? undefined : sourceOf([...at, "version"]);
      return { fields: withoutNulls(variant), source: sourceOf(at), versionSource };
    });
    const source = sourceOf(fields.version === undefined ? path : [...path, "version"]);
    return { fields: withoutNulls(fields), source, ...(variants && { variants }) };
  };
  const toEntries = (path: Path, entries: Record<string, Partial<EntryFields> | null>) =>
    new Map(Object.entries(entries).map(([name, fields]) => [name, toEntry([...path, name], fields ?? {})]));
  const settings = content.settings ?? {};
  return {
    file,
    layers: toEntries(["layers"], content.layers),
    overrides: new Map(
      Object.entries(content.stack_overrides ?? {}).map(([stack, entries]) => [
        stack,
        toEntries(["stack_overrides", stack], entries ?? {}),
      ]),
    ),
    settings: {
      region: settings.aws_region ?? defaultSettings.region,
      accountId: settings.aws_account_id == null ? defaultSettings.accountId : String(settings.aws_account_id),
      tagKey: settings.tag_key ?? defaultSettings.tagKey,
      validateLayerExists: settings.validate_layer_exists ?? defaultSettings.validateLayerExists,
      backupRetentionDays: settings.backup_retention_days ?? defaultSettings.backupRetentionDays,
      resourceTypes: settings.resource_types ?? defaultSettings.resourceTypes,
      stackNames: settings.stack_names ?? defaultSettings.stackNames,
    },
  };
}

/** An empty value means the same as leaving the key out, so that merging an override does not erase a field. */
function withoutNulls<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Fields;
}
