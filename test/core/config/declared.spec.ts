import assert from "node:assert/strict";
import fc from "fast-check";
import { type DeclaredLayer, declareFor, shortStackName } from "../../../sdk/core/config/declared";
import { parseConfig } from "../../../sdk/core/config/parse";
import { overridesOf, type RawEntry, rawConfig, versionedEntry } from "../../support/configs";

/** What a config, given as data or as YAML, declares for a stack. */
function declare(content: object | string, stack: string): readonly DeclaredLayer[] {
  const parsed = parseConfig(typeof content === "string" ? content : JSON.stringify(content), "c.yaml");
  assert(parsed.ok);
  return declareFor(parsed.config, stack).layers;
}

const byKey = (layers: readonly DeclaredLayer[]) => new Map(layers.map((layer) => [layer.key, layer]));

describe("shortStackName", () => {
  for (const name of ["dev", "org/dev", "org/project/dev"]) {
    it(`is dev of ${name}`, () => assert.equal(shortStackName(name), "dev"));
  }
});

describe("declareFor", () => {
  const yaml = `layers:
  receipt-dynamo:
    version: 5
    description: DynamoDB operations
    compatible_runtimes: [python3.12]
  legacy:
    version: 3
    names: ["team-{stack}-legacy-*", "{stack}-{stack}"]
    enforce: minimum
stack_overrides:
  dev:
    receipt-dynamo:
      version: 6
    legacy: { enforce: exact, arn: "arn:aws:lambda:us-east-1:123456789012:layer:{stack}-legacy" }
    extra: { version: 1 }
`;

  it("has all fields of an entry, with defaults", () => {
    assert.deepEqual(byKey(declare(yaml, "prod")).get("receipt-dynamo"), {
      key: "receipt-dynamo",
      version: 5,
      enforce: "exact",
      arn: undefined,
      names: undefined,
      description: "DynamoDB operations",
      compatibleRuntimes: ["python3.12"],
      compatibleArchitectures: undefined,
      latest: undefined,
      source: { file: "c.yaml", line: 3, column: 14 },
      overridden: false,
    });
  });

  it("merges a stack's overrides, and says where the version comes from", () => {
    const layers = byKey(declare(yaml, "org/project/dev"));
    const dynamo = layers.get("receipt-dynamo");
    assert.deepEqual(
      [dynamo?.version, dynamo?.overridden, dynamo?.source.line, dynamo?.description],
      [6, true, 13, "DynamoDB operations"],
    );
    const legacy = layers.get("legacy");
    assert.deepEqual([legacy?.version, legacy?.overridden, legacy?.source.line], [3, false, 7]);
    assert.deepEqual([legacy?.enforce, legacy?.names?.length], ["exact", 2]);
    const extra = layers.get("extra");
    assert.deepEqual([extra?.version, extra?.overridden, extra?.source.line], [1, true, 15]);
  });

  it("adds an override's layer to that stack only", () => {
    assert.deepEqual([...byKey(declare(yaml, "prod")).keys()], ["receipt-dynamo", "legacy"]);
  });

  it("fills in the stack's name wherever its placeholder stands", () => {
    const legacy = byKey(declare(yaml, "org/dev")).get("legacy");
    assert.deepEqual(legacy?.names, ["team-dev-legacy-*", "dev-dev"]);
    assert.equal(legacy?.arn, "arn:aws:lambda:us-east-1:123456789012:layer:dev-legacy");
  });

  it("inserts a stack's name literally, whatever is in it", () => {
    assert.deepEqual(byKey(declare(yaml, "a$&b")).get("legacy")?.names?.[1], "a$&b-a$&b");
    for (const stack of ["constructor", "__proto__", "toString", ""]) {
      assert.deepEqual([...byKey(declare(yaml, stack)).keys()], ["receipt-dynamo", "legacy"]);
    }
  });

  it("merges field by field, as a plain spread of both entries does", () => {
    fc.assert(
      fc.property(rawConfig, fc.constantFrom("dev", "prod", "other"), (config, stack) => {
        const actual = byKey(declare(config, stack));
        const overrides = overridesOf(config, stack);
        assert.deepEqual(new Set(actual.keys()), new Set([...Object.keys(config.layers), ...Object.keys(overrides)]));
        for (const [key, layer] of actual) {
          const expected = { ...dropNulls(config.layers[key]), ...dropNulls(overrides[key]) };
          assert.deepEqual(fieldsOf(layer), { enforce: "exact", ...fill(expected, stack) });
          assert.equal(layer.overridden, overrides[key]?.version !== undefined);
        }
      }),
    );
  });

  it("merges a variant of an override into the one with the same condition, and puts others first", () => {
    const variants = (stack: string) =>
      declare(
        `layers:
  base:
    version: 5
    variants:
      - { when: { region: [a-b-1, c-d-1] }, version: 4, enforce: minimum, description: slow, until: 2026-12-31 }
      - { when: { function: f }, version: 7 }
stack_overrides:
  dev: { base: { variants: [{ when: { account: "123456789012" }, version: 8 }, { when: { region: [c-d-1, a-b-1] }, version: 3 }] } }
  prod: { base: { variants: [{ when: { region: [a-b-1, c-d-1] }, until: 2027-01-31 }] } }
`,
        stack,
      )[0]?.variants?.map(({ when, until, place, fields: { version, enforce, description, overridden } }) => [
        ...[Object.keys(when).join(), version, enforce, description, overridden, until, place],
      ]);
    const named = ["function", 7, undefined, undefined, false, undefined, { base: 1 }];
    assert.deepEqual(variants("dev"), [
      ["account", 8, undefined, undefined, true, undefined, { override: 0 }],
      ["region", 3, "minimum", "slow", true, "2026-12-31", { base: 0, override: 1 }],
      named,
    ]);
    assert.deepEqual(variants("prod"), [
      ["region", 4, "minimum", "slow", false, "2027-01-31", { base: 0, override: 0 }],
      named,
    ]);
    assert.deepEqual(variants("test"), [["region", 4, "minimum", "slow", false, "2026-12-31", { base: 0 }], named]);
  });

  it("is the same with and without overrides for other stacks", () => {
    fc.assert(
      fc.property(rawConfig, versionedEntry, (config, entry) => {
        const more = { ...config, stack_overrides: { ...config.stack_overrides, elsewhere: { extra: entry } } };
        assert.deepEqual(declare(more, "dev").map(fieldsOf), declare(config, "dev").map(fieldsOf));
      }),
    );
  });
});

function dropNulls(entry: RawEntry | null | undefined): RawEntry {
  return Object.fromEntries(Object.entries(entry ?? {}).filter(([, value]) => value !== null));
}

function fill(entry: RawEntry, stack: string): RawEntry {
  return JSON.parse(JSON.stringify(entry).replaceAll("{stack}", stack));
}

/** A declared layer with a config's field names, without the fields that it lacks. */
function fieldsOf(layer: DeclaredLayer): RawEntry {
  const fields = {
    version: layer.version,
    enforce: layer.enforce,
    arn: layer.arn,
    names: layer.names,
    description: layer.description,
    latest: layer.latest,
    compatible_runtimes: layer.compatibleRuntimes,
    compatible_architectures: layer.compatibleArchitectures,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
