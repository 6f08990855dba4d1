import { LayersError } from "../errors";
import { fillStack } from "../placeholders";
import type { LayerConfig, LayerEntry, Source, VariantEntry } from "./parse";
import { isSameWhen, toWhen, type When } from "./when";

/** What is declared for a layer besides its version. Placeholders other than `{stack}` are not filled in yet. */
export interface DeclaredFields {
  /** exact: this version and no other; minimum: newer ones are allowed. */
  readonly enforce: "exact" | "minimum";
  /** The layer's ARN without version, if the entry names exactly one layer, or one per function. */
  readonly arn: string | undefined;
  /** Exact names and globs; undefined if the entry's own name applies. */
  readonly names: readonly string[] | undefined;
  readonly description: string | undefined;
  readonly compatibleRuntimes: readonly string[] | undefined;
  readonly compatibleArchitectures: readonly string[] | undefined;
  /** `ssm:/path` of the parameter that holds the newest version. */
  readonly latest: string | undefined;
  /** Where the version is declared; without a version, the entry. */
  readonly source: Source;
  /** Whether the version comes from the stack's override. */
  readonly overridden: boolean;
}

/** One layer as declared for one stack: overrides merged, `{stack}` filled in. Plain data. */
export interface DeclaredLayer extends DeclaredFields {
  /** The entry's name in the config. */
  readonly key: string;
  /** Undefined if only variants give one. */
  readonly version: number | undefined;
  /** What differs between functions, in the order in which they are tried. Default: none. */
  readonly variants?: readonly DeclaredVariant[];
  /** Names and ARNs without version, both with `*`, of layers that this one replaces. Default: none. */
  readonly replaces?: readonly string[];
}

/** What differs for functions that match a condition. */
export interface DeclaredVariant {
  readonly when: When;
  /** The last day (UTC, `2026-12-31`) of an exception; undefined if it has none. */
  readonly until: string | undefined;
  /** Its own fields. All others are the entry's, except that `arn` and `names` exclude each other. */
  readonly fields: Partial<DeclaredFields> & { readonly version?: number };
  /** Its place in the file. */
  readonly source: Source;
  /** Its index in the entry's list, and in that of the stack's override; undefined if it is not in that list. */
  readonly place: { readonly base?: number; readonly override?: number };
}

/** What a config declares for one stack. */
export interface DeclaredLayers {
  /**
   * The value of `{stack}`: the last part of the stack's name, `dev` in `org/project/dev`, unless the settings say
   * otherwise.
   */
  readonly stack: string;
  readonly file: string;
  readonly layers: readonly DeclaredLayer[];
}

/** `layer_config.yaml:3`: where the version of an entry is declared, as messages name it. */
export function declaredAt({ source }: Pick<DeclaredFields, "source">): string {
  return source.line > 0 ? `${source.file}:${source.line}` : source.file;
}

/** The last part of `org/project/stack`. */
export function shortStackName(stack: string): string {
  return stack.slice(stack.lastIndexOf("/") + 1);
}

/** What the config declares for a stack, given by its short or full name. */
export function declareFor(config: LayerConfig, stackName: string): DeclaredLayers {
  const name = shortStackName(stackName);
  const { stackNames } = config.settings;
  const stack = Object.hasOwn(stackNames, name) ? (stackNames[name] ?? name) : name;
  const overrides = config.overrides.get(name) ?? new Map<string, LayerEntry>();
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
  const variants = mergedVariants(base?.variants ?? [], over?.variants ?? [], stack);
  const overridden = over?.fields.version !== undefined;
  const source = (overridden || !base ? over : base)?.source;
  const hasVersion = fields.version !== undefined || variants.some((variant) => variant.fields.version !== undefined);
  // The parser rejects entries without a version; this is for configs built in code.
  if (!hasVersion || !source) throw new LayersError("config-invalid", `Layer ${key} has no version`);
  const replaces = fields.replaces?.map((text) => fillStack(text, stack));
  return {
    key,
    version: fields.version,
    enforce: fields.enforce ?? "exact",
    arn: fields.arn == null ? undefined : fillStack(fields.arn, stack),
    names: fields.names?.map((name) => fillStack(name, stack)),
    description: fields.description ?? undefined,
    compatibleRuntimes: fields.compatible_runtimes ?? undefined,
    compatibleArchitectures: fields.compatible_architectures ?? undefined,
    latest: fields.latest == null ? undefined : fillStack(fields.latest, stack),
    source,
    overridden,
    ...(variants.length > 0 && { variants }),
    ...(replaces && { replaces }),
  };
}

/** An override's variant is merged into the entry's variant with the same condition; others come first. */
function mergedVariants(
  base: readonly VariantEntry[],
  over: readonly VariantEntry[],
  stack: string,
): DeclaredVariant[] {
  const mine = over.map((variant, override) => ({ variant, override, when: toWhen(variant.fields.when) }));
  const merged = base.map((variant, index): DeclaredVariant => {
    const when = toWhen(variant.fields.when);
    const its = mine.find((one) => isSameWhen(one.when, when));
    const declared = declareVariant(variant, stack, false);
    if (!its) return { ...declared, place: { base: index } };
    const changed = declareVariant(its.variant, stack, true);
    return {
      ...changed,
      until: changed.until ?? declared.until,
      fields: { ...declared.fields, ...changed.fields },
      place: { base: index, override: its.override },
    };
  });
  const added = mine.filter(({ when }) => !merged.some((one) => isSameWhen(one.when, when)));
  return [
    ...added.map(({ variant, override }) => ({ ...declareVariant(variant, stack, true), place: { override } })),
    ...merged,
  ];
}

function declareVariant(
  { fields, source, versionSource }: VariantEntry,
  stack: string,
  overridden: boolean,
): Omit<DeclaredVariant, "place"> {
  const { version, enforce, arn, names, description, latest } = fields;
  const { compatible_runtimes: runtimes, compatible_architectures: architectures } = fields;
  return {
    when: toWhen(fields.when),
    until: fields.until ?? undefined,
    source,
    fields: {
      ...(version !== undefined && { version, source: versionSource ?? source, overridden }),
      ...(enforce != null && { enforce }),
      ...(arn != null && { arn: fillStack(arn, stack) }),
      ...(names != null && { names: names.map((name) => fillStack(name, stack)) }),
      ...(description != null && { description }),
      ...(latest != null && { latest: fillStack(latest, stack) }),
      ...(runtimes != null && { compatibleRuntimes: runtimes }),
      ...(architectures != null && { compatibleArchitectures: architectures }),
    },
  };
}
