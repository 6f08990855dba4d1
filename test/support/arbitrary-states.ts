import fc from "fast-check";
import { layerVersionArn } from "../../sdk/core/arn";
import { layerVersionArns } from "./arbitraries";
import { urn } from "./states";

/** What Pulumi writes for a secret. */
export const secret = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "v1:0PIe3tyzXOcj+SfN:st6jjNqOExNRZSPBhvpnoj2b/69/Ew==",
};

/** What stands for a value that is not known yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Further function types of which {@link states} contain resources. */
export const resourceTypes = { "my:mod:Fn": "layerList" };

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.constantFrom("", "layers", "\ud800", "<&>", "é😀"),
);
const keys = fc.oneof(texts, fc.constantFrom("layers", "name", "inputs", "type", "__proto__", "Layers"));
const layerTexts = layerVersionArns.map(layerVersionArn);

/** Any JSON value, full of the names that a scan looks for. */
export const jsonValues: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom(null, true, false, 0, -1, 1.5e300, 12345678901234567890n, secret),
    texts,
    layerTexts,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(keys, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const layerLists = fc.oneof(
  { arbitrary: fc.array(layerTexts, { maxLength: 5 }), weight: 4 },
  fc.array(fc.oneof(layerTexts, texts, fc.constant(secret), jsonValues), { maxLength: 4 }),
  fc.constantFrom<unknown>(null, undefined, secret, unknown),
  jsonValues,
);

const optionalText = fc.option(fc.oneof(texts, fc.constantFrom("service-a", "arm64", "Zip", secret, null)), {
  nil: undefined,
});

const properties = fc
  .record({
    layers: layerLists,
    layerList: layerLists,
    name: optionalText,
    functionName: optionalText,
    runtime: optionalText,
    packageType: optionalText,
    region: optionalText,
    arn: fc.constantFrom(undefined, "arn:aws:lambda:eu-west-3:123456789012:function:f"),
    architectures: fc.option(fc.oneof(fc.array(fc.constantFrom("arm64", "x86_64", null)), jsonValues), {
      nil: undefined,
    }),
    environment: jsonValues,
    tags: fc.record({ layers: layerTexts }),
  })
  .chain(shuffledMembers);

const resources = fc
  .record({
    urn: texts.map((name) => urn("aws:lambda/function:Function", name)),
    type: fc.constantFrom("aws:lambda/function:Function", "aws-native:lambda:Function", "my:mod:Fn", "aws:s3:Bucket"),
    id: fc.constantFrom(undefined, null, "", "fn-1befe8a"),
    inputs: fc.oneof(properties, fc.constantFrom(null, undefined)),
    outputs: fc.oneof(properties, fc.constantFrom(null, undefined)),
    delete: fc.constantFrom(undefined, null, true, false),
    external: fc.constantFrom(undefined, true, false),
    initErrors: fc.option(fc.array(texts, { maxLength: 2 })),
    custom: fc.boolean(),
    propertyDependencies: fc.constantFrom(undefined, { layers: [] }),
  })
  .chain(shuffledMembers);

/** Exports of stacks, as values: keys in any order, functions among other things, layers in every form. */
export const states: fc.Arbitrary<Record<string, unknown>> = fc
  .record({
    version: fc.constantFrom(3, 4),
    deployment: fc
      .record({
        manifest: jsonValues,
        secrets_providers: fc.constantFrom(undefined, null, { type: "passphrase", state: { salt: "v1:x" } }),
        resources: fc.oneof(fc.array(resources, { maxLength: 4 }), fc.constantFrom(null, undefined)),
        pending_operations: fc.option(
          fc.array(
            resources.map((resource) => ({ type: "creating", resource })),
            { maxLength: 2 },
          ),
        ),
        metadata: jsonValues,
      })
      .chain(shuffledMembers),
    features: fc.constantFrom(undefined, ["snippets"]),
  })
  .chain(shuffledMembers);

/** The same members in any order; undefined ones are left out. */
function shuffledMembers(value: object): fc.Arbitrary<Record<string, unknown>> {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return fc
    .shuffledSubarray(entries, { minLength: entries.length, maxLength: entries.length })
    .map((shuffled) => Object.fromEntries(shuffled));
}
