import fc from "fast-check";

/** One entry of a config, as written. */
export type RawEntry = Record<string, unknown>;

/** A config's content, as written. */
export interface RawConfig {
  layers: Record<string, RawEntry>;
  settings?: RawEntry | null;
  stack_overrides?: Record<string, Record<string, RawEntry | null> | null> | null;
}

const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 5 });
const layerName = fc.constantFrom("receipt-dynamo", "receipt-label", "a", "constructor", "5");
const plain = { noNullPrototype: true } as const;

const fields = {
  version: fc.integer({ min: 1, max: 100 }),
  arn: orNull(
    fc.constantFrom(
      "arn:aws:lambda:us-east-1:464622532012:layer:Datadog-Python312",
      "arn:aws-cn:lambda:cn-north-1:000000000001:layer:team-{stack}",
    ),
  ),
  names: orNull(
    fc.array(fc.constantFrom("*", "a", "team-{stack}-legacy-*", "{stack}"), { minLength: 1, maxLength: 3 }),
  ),
  enforce: orNull(fc.constantFrom("exact", "minimum")),
  latest: orNull(fc.constantFrom("ssm:/path", "ssm:name")),
  description: orNull(fc.string()),
  compatible_runtimes: orNull(fc.array(fc.constantFrom("python3.12", "nodejs22.x"), { maxLength: 2 })),
  compatible_architectures: orNull(fc.subarray(["arm64", "x86_64"])),
};

/** An entry with at least a version, with fields that every release of the format had. */
export const versionedEntry: fc.Arbitrary<RawEntry> = fc.record(fields, { ...plain, requiredKeys: ["version"] });

const condition = (...texts: [string, ...string[]]) =>
  orNull(fc.oneof(fc.constantFrom(...texts), fc.uniqueArray(fc.constantFrom(...texts), { minLength: 1 })));

/** A variant that differs in something. */
export const rawVariant: fc.Arbitrary<RawEntry> = fc.record(
  {
    when: fc.record(
      {
        region: condition("us-east-1", "us-*", "*"),
        account: condition("123456789012", "*"),
        runtime: condition("python3.12", "python*"),
        architecture: condition("arm64", "x86_64"),
        function: condition("f", "f-*"),
      },
      { ...plain, requiredKeys: [] },
    ),
    version: fc.integer({ min: 1, max: 100 }),
    names: orNull(fc.array(fc.constantFrom("a-{runtime}", "b"), { minLength: 1, maxLength: 2 })),
    enforce: orNull(fc.constantFrom("exact", "minimum")),
    description: orNull(fc.string()),
    until: orNull(fc.constantFrom("2026-12-31", "2024-02-29")),
  },
  { ...plain, requiredKeys: ["when", "version"] },
);

/** An entry with variants, or that replaces others. */
export const variedEntry: fc.Arbitrary<RawEntry> = fc.record(
  {
    ...fields,
    variants: orNull(fc.array(rawVariant, { minLength: 1, maxLength: 3 })),
    replaces: orNull(fc.array(fc.constantFrom("old-*", "arn:aws:lambda:*:123456789012:layer:old"), { minLength: 1 })),
  },
  { ...plain, requiredKeys: ["version"] },
);

const settings: fc.Arbitrary<RawEntry> = fc.record(
  {
    aws_region: orNull(fc.constantFrom("us-east-1", "cn-north-1")),
    aws_account_id: orNull(fc.constantFrom("123456789012", "012345678901", 123456789012)),
    tag_key: orNull(fc.constantFrom("environment", "stage")),
    validate_layer_exists: orNull(fc.boolean()),
    backup_retention_days: orNull(fc.constantFrom(0, 1.5, 30)),
    resource_types: orNull(fc.constantFrom({}, { "my:mod:Fn": "layers" })),
  },
  { ...plain, requiredKeys: [] },
);

/** Valid configs: an override either changes an entry or adds one with its version. */
export const rawConfig: fc.Arbitrary<RawConfig> = fc
  .record(
    { layers: fc.dictionary(layerName, versionedEntry, { maxKeys: 4, ...plain }), settings: orNull(settings) },
    plain,
  )
  .chain(({ layers, settings }) => {
    const names = Object.keys(layers);
    const changes =
      names.length === 0 ? fc.constant({}) : dictionaryOf(names, fc.record(fields, { ...plain, requiredKeys: [] }));
    const entries = fc.tuple(changes, fc.dictionary(fc.constant("only-here"), versionedEntry, plain));
    const overrides = dictionaryOf(
      ["dev", "prod", "007"],
      orNull(entries.map(([some, more]) => ({ ...some, ...more }))),
    );
    return orNull(overrides).map((stack_overrides) => ({ layers, settings, stack_overrides }));
  });

function dictionaryOf<T>(keys: readonly string[], value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T | null>> {
  return fc.dictionary(fc.constantFrom(...keys), orNull(value), { maxKeys: 3, ...plain });
}

/** A config's overrides for a stack; empty if it has none. */
export function overridesOf(config: RawConfig, stack: string): Record<string, RawEntry | null> {
  return config.stack_overrides?.[stack] ?? {};
}
