import { LayersError } from "../errors";
import type { LayerConfig, LayerEntry, Source } from "./parse";

/** One layer as declared for one stack: overrides merged, `{stack}` filled in. */
export interface DeclaredLayer {
  /** The entry's name in the config. */
  readonly key: string;
  readonly version: number;
  /** exact: this version and no other; minimum: newer ones are fine too. */
  readonly enforce: "exact" | "minimum";
  /** The layer's ARN without version, where the entry names exactly one layer. */
  readonly arn: string | undefined;
  /** Exact names and globs; undefined where the entry goes by its own name. */
  readonly names: readonly string[] | undefined;
  readonly description: string | undefined;
  readonly compatibleRuntimes: readonly string[] | undefined;
  readonly compatibleArchitectures: readonly string[] | undefined;
  /** `ssm:/path` of the parameter that knows the newest version. */
  readonly latest: string | undefined;
  /** Where the version is declared. */
  readonly source: Source;
  /** Whether the version comes from the stack's override. */
  readonly overridden: boolean;
}

/** What a config declares for one stack. */
export interface DeclaredLayers {
  /** The last part of the stack's name: `dev` of `org/project/dev`. */
  readonly stack: string;
  readonly file: string;
  readonly layers: readonly DeclaredLayer[];
}

/** `layer_config.yaml:3`: where the version of an entry is declared, as messages name it. */
export function declaredAt({ source }: Pick<DeclaredLayer, "source">): string {
  return source.line > 0 ? `${source.file}:${source.line}` : source.file;
}

/** The last part of `org/project/stack`: what `{stack}` stands for. */
export function shortStackName(stack: string): string {
  return stack.slice(stack.lastIndexOf("/") + 1);
}

/** What the config declares for a stack, given by its short or full name. */
export function declareFor(config: LayerConfig, stackName: string): DeclaredLayers {
  const stack = shortStackName(stackName);
  const overrides = config.overrides.get(stack) ?? new Map<string, LayerEntry>();
  const keys = new Set([...config.layers.keys(), ...overrides.keys()]);
  return {
    stack,
    file: config.file,
    layers: [...keys].map((key) => declare(key, stack, config.layers.get(key), overrides.get(key))),
  };
}

function declare(
  key: string,
  stack: string,
  base: LayerEntry | undefined,
  over: LayerEntry | undefined,
): DeclaredLayer {
  const fields = { ...base?.fields, ...over?.fields };
  const overridden = over?.fields.version !== undefined;
  const source = (overridden ? over : base)?.source;
  // The parser lets no entry without a version through; this is for configs made by hand.
  if (fields.version === undefined || !source) throw new LayersError("config-invalid", `Layer ${key} has no version`);
  // A function, because `$&` in a replacement text would have a meaning.
  const fill = (text: string) => text.replaceAll("{stack}", () => stack);
  return {
    key,
    version: fields.version,
    enforce: fields.enforce ?? "exact",
    arn: fields.arn == null ? undefined : fill(fields.arn),
    names: fields.names?.map(fill),
    description: fields.description ?? undefined,
    compatibleRuntimes: fields.compatible_runtimes ?? undefined,
    compatibleArchitectures: fields.compatible_architectures ?? undefined,
    latest: fields.latest ?? undefined,
    source,
    overridden,
  };
}
