import fc from "fast-check";
import type { LayerVersionArn } from "../../sdk/core/arn";
import type { DeclaredLayer, DeclaredLayers } from "../../sdk/core/config/declared";

/** Layer names made of few parts, so that some are equal, and some begin or end with others. */
export const layerNames: fc.Arbitrary<string> = fc
  .array(fc.constantFrom("a", "ab", "dev"), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join("-"));

/** Stack names, which are also parts of {@link layerNames}. */
export const stackNames: fc.Arbitrary<string> = fc.constantFrom("dev", "a");

/** Versions near each other, so that some are equal. */
export const versions: fc.Arbitrary<number> = fc.integer({ min: 1, max: 6 });

/** Parsed layer version ARNs of few partitions, regions and accounts. */
export const layerVersionArns: fc.Arbitrary<LayerVersionArn> = fc
  .tuple(
    fc.constantFrom(
      { partition: "aws", region: "us-east-1", account: "123456789012" },
      { partition: "aws-cn", region: "cn-north-1", account: "000000000001" },
    ),
    layerNames,
    versions,
  )
  .map(([place, name, version]) => ({ ...place, name, version }));

/** Globs over {@link layerNames}, with at least one `*`. */
export const globs: fc.Arbitrary<string> = fc
  .array(fc.constantFrom("*", "a", "ab", "dev", "-"), { maxLength: 5 })
  .chain((parts) => fc.nat(parts.length).map((at) => [...parts.slice(0, at), "*", ...parts.slice(at)].join("")));

/** One declared layer with a random selection of fields. */
export const declaredLayer: fc.Arbitrary<DeclaredLayer> = fc
  .record({
    key: layerNames,
    version: versions,
    enforce: fc.constantFrom<DeclaredLayer["enforce"]>("exact", "minimum"),
    arn: fc.option(
      layerVersionArns.map(({ partition, region, account, name }) => {
        return `arn:${partition}:lambda:${region}:${account}:layer:${name}`;
      }),
      { nil: undefined, freq: 2 },
    ),
    names: fc.option(fc.array(fc.oneof({ weight: 3, arbitrary: layerNames }, globs), { minLength: 1, maxLength: 2 }), {
      nil: undefined,
      freq: 2,
    }),
  })
  .map((fields) => declared(fields));

/** What a config declares for a stack, with each entry's name used once, as in a parsed config. */
export const declaredLayers: fc.Arbitrary<DeclaredLayers> = fc.record({
  stack: stackNames,
  file: fc.constant("layer_config.yaml"),
  layers: fc
    .uniqueArray(declaredLayer, { selector: ({ key }) => key, maxLength: 5 })
    .map((layers) => layers.map((layer, index) => ({ ...layer, source: { ...layer.source, line: index + 2 } }))),
});

/** A declared layer with only the fields that matter to a test. */
export function declared(fields: Partial<DeclaredLayer> & Pick<DeclaredLayer, "key" | "version">): DeclaredLayer {
  return {
    enforce: "exact",
    arn: undefined,
    names: undefined,
    description: undefined,
    compatibleRuntimes: undefined,
    compatibleArchitectures: undefined,
    latest: undefined,
    source: { file: "layer_config.yaml", line: 1, column: 1 },
    overridden: false,
    ...fields,
  };
}
