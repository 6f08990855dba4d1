import assert from "node:assert/strict";
import fc from "fast-check";
import type { LayerVersionArn } from "../../../sdk/core/arn";
import { layerArn } from "../../../sdk/core/arn";
import { declareFor } from "../../../sdk/core/config/declared";
import { draftEntries, type LayerUse } from "../../../sdk/core/config/draft";
import { writeDraft } from "../../../sdk/core/config/draft-text";
import { type LayerConfig, parseConfig } from "../../../sdk/core/config/parse";
import { createMatcher } from "../../../sdk/core/match";
import { counts } from "../../support/counts";

const account = "123456789012";
const settings = { schema: "./schema.json", from: "recorded of dev", region: "us-east-1", account };

function use(stack: string, name: string, version: number, others: Partial<LayerVersionArn> = {}): LayerUse {
  const layer = { partition: "aws", region: "us-east-1", account, name, version, ...others };
  return { stack, function: `fn-${name}-${version}`, account, layer };
}

/** A use, repeated as often as it says. */
const times = (count: number, one: LayerUse) =>
  Array.from({ length: count }, (_, i) => ({ ...one, function: `${one.function}-${i}` }));

const summary = (uses: readonly LayerUse[]) =>
  draftEntries(uses).map(({ key, arn, names, version, overrides }) => ({
    key,
    ...(arn && { arn }),
    ...(names && { names }),
    version,
    ...(overrides.size > 0 && { overrides: Object.fromEntries(overrides) }),
  }));

function parsed(text: string): LayerConfig {
  const result = parseConfig(text, "layer_config.yaml");
  assert(result.ok, `${text}\n${JSON.stringify(result)}`);
  return result.config;
}

describe("a drafted config", () => {
  const cases: Record<string, [uses: LayerUse[], entries: unknown]> = {
    "declares the version that most functions use": [
      [...times(2, use("dev", "base", 4)), ...times(3, use("dev", "base", 3))],
      [{ key: "base", version: 3 }],
    ],
    "declares the newer of two that are used equally often": [
      [use("dev", "base", 3), use("dev", "base", 10)],
      [{ key: "base", version: 10 }],
    ],
    "takes the stack's name out of a layer's, at either end": [
      [use("dev", "receipt-dynamo-dev", 5), use("dev", "dev-label", 2)],
      [
        { key: "label", version: 2 },
        { key: "receipt-dynamo", version: 5 },
      ],
    ],
    "has a pattern for a name with the stack's inside": [
      [use("dev", "team-dev-legacy", 5), use("prod", "team-prod-legacy", 5)],
      [{ key: "team-legacy", names: ["team-{stack}-legacy"], version: 5 }],
    ],
    "leaves a name alone that only looks like it": [
      [use("dev", "devtools", 1), use("dev", "mydev", 2), use("dev", "base-prod", 3)],
      [
        { key: "base-prod", version: 3 },
        { key: "devtools", version: 1 },
        { key: "mydev", version: 2 },
      ],
    ],
    "has an override where a stack differs from the others": [
      [...times(3, use("prod", "base-prod", 4)), ...times(2, use("dev", "base-dev", 6))],
      [{ key: "base", version: 4, overrides: { dev: 6 } }],
    ],
    "has no override for each of several stacks that agree, however few functions they have": [
      [...times(9, use("prod", "base-prod", 4)), use("dev", "base-dev", 6), use("test", "base-test", 6)],
      [{ key: "base", version: 6, overrides: { prod: 4 } }],
    ],
    "declares no version that every stack would override": [
      [
        ...times(5, use("dev", "base-dev", 1)),
        ...times(4, use("dev", "base-dev", 2)),
        ...times(6, use("prod", "base-prod", 3)),
        ...times(4, use("prod", "base-prod", 2)),
      ],
      [{ key: "base", version: 3, overrides: { dev: 1 } }],
    ],
    "keeps two layers apart whose names come to the same": [
      [use("dev", "base", 1), use("dev", "base-dev", 9)],
      [
        { key: "base", names: ["base"], version: 1 },
        { key: "base-2", names: ["base-{stack}"], version: 9 },
      ],
    ],
    "declares a layer of another account by its ARN": [
      [use("dev", "Datadog-Python312", 98, { account: "464622532012" })],
      [
        {
          key: "Datadog-Python312",
          arn: "arn:aws:lambda:us-east-1:464622532012:layer:Datadog-Python312",
          version: 98,
        },
      ],
    ],
    "declares a layer that two regions have by its ARNs": [
      [use("dev", "base-dev", 5), use("dev", "base-dev", 2, { region: "eu-west-1" })],
      [
        { key: "base-eu-west-1", arn: `arn:aws:lambda:eu-west-1:${account}:layer:base-{stack}`, version: 2 },
        { key: "base-us-east-1", arn: `arn:aws:lambda:us-east-1:${account}:layer:base-{stack}`, version: 5 },
      ],
    ],
  };
  for (const [what, [uses, entries]] of Object.entries(cases)) {
    it(what, () => {
      assert.deepEqual(summary(uses), entries);
      parsed(writeDraft(draftEntries(uses), settings));
    });
  }

  it("is written for people", () => {
    const uses = [
      ...times(3, use("prod", "base-prod", 4)),
      ...times(7, use("prod", "base-prod", 3)),
      ...times(2, use("dev", "base-dev", 6)),
      use("dev", "Datadog", 98, { account: "464622532012" }),
    ];
    assert.equal(
      writeDraft(draftEntries(uses), settings),
      `# yaml-language-server: $schema=./schema.json
# The version that each Lambda layer must be at: for each stack, the one that most of its functions use (recorded of dev).
layers:
  base: # base-dev, base-prod
    version: 3
    # when this was written: 7 of 10 functions at 3; fn-base-prod-4-0 at 4, fn-base-prod-4-1 at 4, fn-base-prod-4-2 at 4
  Datadog:
    arn: arn:aws:lambda:us-east-1:464622532012:layer:Datadog
    version: 98

settings:
  aws_region: us-east-1
  aws_account_id: "123456789012"

stack_overrides:
  dev:
    base: { version: 6 }
`,
    );
  });

  it("claims no majority if versions tie, and names a layer only if its name differs from the entry's", () => {
    const uses = [
      ...[3, 10, 7].map((version) => use("dev", "base", version)),
      ...times(3, use("dev", "label-dev", 6)),
      ...times(2, use("prod", "label-prod", 4)),
      ...times(2, use("prod", "label-prod", 5)),
    ];
    assert.equal(
      writeDraft(draftEntries(uses), settings),
      `# yaml-language-server: $schema=./schema.json
# The version that each Lambda layer must be at: for each stack, the one that most of its functions use, or the newest in a tie (recorded of dev).
layers:
  base:
    version: 10
    # when this was written: 1 of 3 functions at 10, as many at 7 and 3; fn-base-3 at 3, fn-base-7 at 7
  label: # label-dev, label-prod
    version: 6

settings:
  aws_region: us-east-1
  aws_account_id: "123456789012"

stack_overrides:
  prod:
    label: { version: 5 }
    # when this was written: 2 of 4 functions at 5, as many at 4; fn-label-prod-4-0 at 4, fn-label-prod-4-1 at 4
`,
    );
  });

  it("counts functions, each once, and distinguishes those of the same name", () => {
    const twice = [use("dev", "base", 5), use("dev", "base", 5)];
    const old = ["dev", "prod"].map((stack) => ({ ...use(stack, "base", 4), function: "api" }));
    const others = times(3, use("prod", "base", 5));
    const namesakes = ["dev", "prod"].flatMap((stack) =>
      ["us-east-1", "eu-west-1"].map((region) => ({ ...use(stack, "lib", 7, { region, account: "464622532012" }) })),
    );
    const text = writeDraft(draftEntries([...twice, ...old, ...others, ...namesakes]), settings);
    const commented = text.split("\n").filter((line) => /^ .*#/.test(line));
    assert.deepEqual(commented, [
      "    # when this was written: 4 of 6 functions at 5; api (dev) at 4, api (prod) at 4",
    ]);
  });

  const names = fc
    .array(fc.constantFrom("a", "base", "dev", "prod", "1.10", "x_y"), { minLength: 1, maxLength: 3 })
    .chain((parts) => fc.constantFrom("-", "_").map((between) => parts.join(between).replaceAll(".", "")));
  const uses = fc.array(
    fc
      .record({
        stack: fc.constantFrom("dev", "prod", "1.10", "a"),
        name: names,
        version: fc.integer({ min: 1, max: 4 }),
        region: fc.constantFrom("us-east-1", "us-east-1", "eu-west-1"),
        account: fc.constantFrom(account, account, "464622532012"),
      })
      .map(({ stack, name, version, ...place }) => use(stack, name, version, place)),
    { minLength: 1, maxLength: 30 },
  );

  it("is valid, and gives every function the layers it was drafted from", () => {
    const property = fc.property(uses, (all) => {
      const entries = draftEntries(all);
      const config = parsed(writeDraft(entries, settings));
      assert.equal(
        entries.reduce((sum, entry) => sum + entry.uses.length, 0),
        all.length,
      );
      for (const { key, version, overrides, uses: own } of entries) {
        for (const { stack, layer } of own) {
          const match = createMatcher(declareFor(config, stack))(layer);
          const found = match && { key: match.declared.key, version: match.declared.version };
          assert.deepEqual(found, { key, version: overrides.get(stack) ?? version }, `${stack} ${layerArn(layer)}`);
        }
      }
    });
    fc.assert(property, counts({ sample: 300, full: 20_000 }));
  });
});
