import assert from "node:assert/strict";
import { Ajv } from "ajv";
import fc from "fast-check";
import { configJsonSchema } from "../../../scripts/config-json-schema.mjs";
import { parseConfig } from "../../../sdk/core/config/parse";
import { configSchema } from "../../../sdk/core/config/schema";
import type { Problem } from "../../../sdk/core/problem";
import { type RawConfig, rawConfig, variedEntry } from "../../support/configs";

type Schema = Record<string, unknown> & { properties?: Record<string, Schema>; additionalProperties?: Schema | false };

const schema = configJsonSchema(configSchema) as Schema;
const accepts = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);

/** Configs of every release of the format; those with variants may have some that conflict. */
const anyConfig: fc.Arbitrary<RawConfig> = fc.oneof(
  rawConfig,
  fc.tuple(rawConfig, variedEntry).map(([config, varied]) => ({ ...config, layers: { ...config.layers, varied } })),
);

describe("the JSON Schema of a config", () => {
  it("is of a draft that every editor supports", () => {
    assert.equal(schema.$schema, "http://json-schema.org/draft-07/schema#");
    assert.equal(typeof schema.title, "string");
  });

  const sections: [string, Schema | false | undefined][] = [
    ["the file", schema],
    ["an entry", schema.properties?.layers?.additionalProperties],
    ["a variant", itemsOf(schema.properties?.layers?.additionalProperties, "variants")],
    ["a condition", itemsOf(schema.properties?.layers?.additionalProperties, "variants")?.properties?.when],
    ["the settings", schema.properties?.settings],
  ];
  for (const [what, section] of sections) {
    it(`describes every key of ${what}, and allows no other`, () => {
      assert(section);
      assert.equal(section.additionalProperties, false);
      const keys = Object.entries(section.properties ?? {});
      assert(keys.length > 0);
      for (const [key, { description, title }] of keys) {
        assert(typeof (description ?? title) === "string", `${key} is not described where editors show it`);
      }
    });
  }

  it("has only examples and defaults that it accepts itself", () => {
    const ajv = new Ajv({ strict: true, allowUnionTypes: true });
    let seen = 0;
    const visit = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      const { examples, ...part } = value as Schema;
      for (const example of [
        ...(Array.isArray(examples) ? examples : []),
        ...("default" in part ? [part.default] : []),
      ]) {
        assert(
          ajv.validate({ ...part, $schema: undefined }, example),
          `${JSON.stringify(example)}: ${ajv.errorsText()}`,
        );
        seen++;
      }
      Object.values(part).forEach(visit);
    };
    visit(schema);
    assert(seen >= 15);
  });

  it("accepts what the parser accepts", () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        const parsed = parseConfig(JSON.stringify(config), "c.yaml");
        assert(parsed.ok || parsed.problems.every(beyondSchema));
        assert(accepts(config), JSON.stringify(accepts.errors));
      }),
      { numRuns: 300 },
    );
  });

  it("refuses what the parser refuses, apart from rules about several values", () => {
    let refused = 0;
    fc.assert(
      fc.property(anyConfig, fc.nat(), odd, (config, place, value) => {
        const changed = replaceAt(config, place, value);
        const parsed = parseConfig(JSON.stringify(changed), "c.yaml");
        if (parsed.ok) return assert(accepts(changed), JSON.stringify(accepts.errors));
        refused++;
        assert.equal(accepts(changed), parsed.problems.every(beyondSchema), JSON.stringify(parsed.problems));
      }),
      { numRuns: 1500 },
    );
    assert(refused > 300, `only ${refused} were refused`);
  });
});

/** Values that fit some fields and not others, or none. */
const odd: fc.Arbitrary<unknown> = fc.constantFrom(
  ...[
    null,
    true,
    0,
    1,
    -1,
    1.5,
    2 ** 53,
    "",
    "5",
    "x y",
    "ssm:",
    "exact",
    "arm64",
    "123456789012",
    123456789012,
    12345,
  ],
  ...["arn:aws:lambda:us-east-1:123456789012:layer:a", "arn:aws:lambda:us-east-1:123456789012:layer:a:5"],
  ...[[], [null], ["x"], ["a.b"], [1], {}, { version: 1 }, { versoin: 1 }, { Fn: "layers" }, { "my:mod:Fn": "" }],
);

/** The same content with another value, or an unknown key, in one place. */
function replaceAt(content: unknown, place: number, value: unknown): unknown {
  const places: [unknown, unknown][] = [];
  const copy: unknown = structuredClone(content);
  const visit = (parent: unknown): void => {
    if (typeof parent !== "object" || parent === null) return;
    for (const key of [...Object.keys(parent), "unknown"]) places.push([parent, key]);
    Object.values(parent).forEach(visit);
  };
  visit(copy);
  const [parent, key] = places[place % places.length] ?? [];
  (parent as Record<string, unknown>)[key as string] = value;
  return copy;
}

/**
 * What a schema cannot express: that an entry's name must be a layer's, an override may add an entry only with a
 * version, and how variants relate to each other.
 */
function beyondSchema({ code, message }: Problem): boolean {
  return (
    ["invalid-layer-name", "variant-hidden", "variant-region", "replaces-itself"].includes(code) ||
    message.includes("to take one from") ||
    message.includes("neither this variant")
  );
}

function itemsOf(section: Schema | false | undefined, key: string): Schema | undefined {
  return section ? (section.properties?.[key]?.items as Schema | undefined) : undefined;
}
