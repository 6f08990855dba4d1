import { safeParse } from "valibot";
import type { Problem } from "../problem";
import { contentProblems } from "./problems";
import { type ConfigFile, configSchema, type EntryFields } from "./schema";
import { maxConfigBytes, parseYaml, type YamlFile } from "./yaml";
import type { Path } from "./yaml-nodes";

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
  const fail = (problems: readonly Problem[]): ParsedConfig => ({ ok: false, problems: inOrder(problems) });
  if (text.length > maxConfigBytes) {
    const message = `the file has more than ${maxConfigBytes} bytes, the most that is read`;
    return fail([{ code: "file-too-large", message, file, line: 1, column: 1, text: text.slice(0, 80), length: 1 }]);
  }
  const yaml = parseYaml(text.replace(/^\uFEFF/, ""), file);
  if (yaml.content === undefined) return fail(yaml.problems);

  // Of several issues with a value the first will do.
  const result = safeParse(configSchema, yaml.content ?? {}, { abortPipeEarly: true });
  const problems = [...contentProblems(result.issues ?? [], yaml), ...yaml.problems];
  return problems.length > 0 || !result.success
    ? fail(problems)
    : { ok: true, config: toConfig(result.output, yaml, file) };
}

/** Sorted by place. Of several problems of a kind in one place the first will do: what an alias repeats is one mistake. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const byPlace = new Map([...problems].reverse().map((one) => [`${one.line}:${one.column}:${one.code}`, one]));
  return [...byPlace.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

function toConfig(content: ConfigFile, yaml: YamlFile, file: string): LayerConfig {
  const toEntry = (path: Path, fields: Partial<EntryFields>): LayerEntry => {
    const position = yaml.positionOf(fields.version === undefined ? path : [...path, "version"]);
    return { fields: withoutNulls(fields), source: { file, ...position } };
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
