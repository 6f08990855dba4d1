import assert from "node:assert/strict";
import fc from "fast-check";
import { type LayerVersionArn, layerArn } from "../../sdk/core/arn";
import type { DeclaredLayer, DeclaredLayers } from "../../sdk/core/config/declared";
import { LayersError } from "../../sdk/core/errors";
import { createMatcher, type MatchRule } from "../../sdk/core/match";
import { declared, declaredLayers, globs, layerNames, layerVersionArns, stackNames } from "../support/arbitraries";

const layer = (name: string, others: Partial<LayerVersionArn> = {}): LayerVersionArn => ({
  partition: "aws",
  region: "us-east-1",
  account: "123456789012",
  name,
  version: 1,
  ...others,
});

const matcherOf = (layers: readonly Partial<DeclaredLayer>[], stack = "dev") =>
  createMatcher({
    stack,
    file: "layer_config.yaml",
    layers: layers.map((fields) => declared({ key: "receipt-dynamo", version: 5, ...fields })),
  });

const arn = "arn:aws:lambda:us-east-1:123456789012:layer:receipt-dynamo";

/** The rules as docs/config.md lists them, most specific first: the matcher's own order is not used. */
const bySpecificity: readonly MatchRule[] = [
  "arn",
  "arn with placeholders",
  "exact name",
  "name and stack",
  "name",
  "glob",
];

describe("createMatcher", () => {
  const matches: { entry?: Partial<DeclaredLayer>; name: string; rule: MatchRule | undefined }[] = [
    { name: "receipt-dynamo", rule: "name" },
    { name: "receipt-dynamo-dev", rule: "name and stack" },
    { name: "dev-receipt-dynamo", rule: "name and stack" },
    { name: "receipt-dynamo-prod", rule: undefined },
    { name: "receipt-dynamodb", rule: undefined },
    { name: "other-receipt-dynamo", rule: undefined },
    { name: "receipt-dynamo-dev-2", rule: undefined },
    { name: "dev-receipt-dynamo-dev", rule: undefined },
    { name: "receipt-dynamo-", rule: undefined },
    { name: "Receipt-Dynamo", rule: undefined },
    { entry: { arn }, name: "receipt-dynamo", rule: "arn" },
    { entry: { arn }, name: "receipt-dynamo-dev", rule: undefined },
    { entry: { names: ["other"] }, name: "other", rule: "exact name" },
    { entry: { names: ["other"] }, name: "receipt-dynamo", rule: undefined },
    { entry: { names: ["a", "other"] }, name: "other", rule: "exact name" },
    { entry: { names: ["team-*"] }, name: "team-x", rule: "glob" },
    { entry: { names: ["team-*"] }, name: "team-", rule: "glob" },
    { entry: { names: ["team-*"] }, name: "my-team-x", rule: undefined },
    { entry: { names: ["*-x"] }, name: "team-x", rule: "glob" },
    { entry: { names: ["*"] }, name: "anything", rule: "glob" },
    { entry: { names: ["a*a"] }, name: "a", rule: undefined },
    { entry: { names: ["a*b*c"] }, name: "a-b-b-c", rule: "glob" },
    { entry: { names: ["t*", "*x"] }, name: "tx", rule: "glob" },
    { entry: { names: ["other"], arn }, name: "receipt-dynamo", rule: "arn" },
    { entry: { names: ["other"], arn }, name: "other", rule: "exact name" },
  ];
  for (const { entry, name, rule } of matches) {
    it(`${JSON.stringify(entry ?? {})}: ${name} by ${rule ?? "nothing"}`, () => {
      assert.equal(matcherOf([entry ?? {}])(layer(name))?.rule, rule);
    });
  }

  it("compares account, region and partition of an ARN", () => {
    const find = matcherOf([{ arn }]);
    assert.equal(find(layer("receipt-dynamo"))?.rule, "arn");
    assert.equal(find(layer("receipt-dynamo", { account: "464622532012" })), undefined);
    assert.equal(find(layer("receipt-dynamo", { region: "eu-west-1" })), undefined);
    assert.equal(find(layer("receipt-dynamo", { partition: "aws-cn" })), undefined);
  });

  it("prefers the most specific of all rules, in whatever order they are declared", () => {
    const byRule: Record<MatchRule, Partial<DeclaredLayer>> = {
      arn: { key: "by-arn", arn: "arn:aws:lambda:us-east-1:123456789012:layer:receipt-dev" },
      "arn with placeholders": {
        key: "by-arn-with-placeholders",
        arn: "arn:aws:lambda:{region}:123456789012:layer:receipt-dev",
      },
      "exact name": { key: "by-exact-name", names: ["receipt-dev"] },
      "name and stack": { key: "receipt" },
      name: { key: "receipt-dev" },
      glob: { key: "by-glob", names: ["receipt*"] },
    };
    fc.assert(
      fc.property(fc.shuffledSubarray([...bySpecificity], { minLength: 1 }), (rules) => {
        const match = matcherOf(rules.map((rule) => byRule[rule]))(layer("receipt-dev"));
        const best = bySpecificity.find((rule) => rules.includes(rule));
        assert.equal(match?.rule, best);
        assert.equal(match?.declared.key, best && byRule[best].key);
      }),
    );
  });

  const ambiguous: { rule: MatchRule; name: string; entries: [Partial<DeclaredLayer>, Partial<DeclaredLayer>] }[] = [
    { rule: "arn", name: "receipt-dynamo", entries: [{ arn }, { arn }] },
    { rule: "exact name", name: "a", entries: [{ names: ["a"] }, { names: ["b", "a"] }] },
    { rule: "name and stack", name: "dev-a-dev", entries: [{ key: "a-dev" }, { key: "dev-a" }] },
    { rule: "glob", name: "a-b", entries: [{ names: ["a-*"] }, { names: ["*-b"] }] },
  ];
  for (const { rule, name, entries } of ambiguous) {
    it(`names both entries that match by ${rule}`, () => {
      const [one, two] = entries;
      const find = matcherOf([
        { key: "one", ...one, source: { file: "c.yaml", line: 2, column: 3 } },
        { key: "two", ...two, source: { file: "c.yaml", line: 7, column: 3 } },
      ]);
      assert.throws(
        () => find(layer(name)),
        (error) => {
          assert(error instanceof LayersError);
          assert.equal(error.code, "layer-ambiguous");
          assert.match(error.message, new RegExp(`"${one.key ?? "one"}" \\(c.yaml:2\\)`));
          assert.match(error.message, new RegExp(`"${two.key ?? "two"}" \\(c.yaml:7\\)`));
          assert.match(error.message, new RegExp(`by ${rule}`));
          assert.match(error.describe(), /Remove one of the two/);
          return true;
        },
      );
    });
  }

  it("lets one entry match by several of its own names", () => {
    assert.equal(matcherOf([{ names: ["a*", "*b", "a-b*"] }])(layer("a-b"))?.rule, "glob");
    assert.equal(matcherOf([{ names: ["a", "a"] }])(layer("a"))?.rule, "exact name");
  });

  it("never matches a layer whose name only starts or ends like another", () => {
    const rest = fc.stringMatching(/^[a-z0-9_]{1,5}$/);
    fc.assert(
      fc.property(layerNames, stackNames, rest, (key, stack, more) => {
        const find = matcherOf([{ key }], stack);
        for (const name of [key, `${key}-${stack}`, `${stack}-${key}`]) assert(find(layer(name)));
        for (const name of [`${key}${more}`, `${more}${key}`, `other-${key}`, `${key}-other`]) {
          const meant = [key, `${key}-${stack}`, `${stack}-${key}`].includes(name);
          assert.equal(find(layer(name)) !== undefined, meant, name);
        }
      }),
    );
  });

  it("agrees with a search through every entry, rule by rule", () => {
    fc.assert(
      fc.property(declaredLayers, layerVersionArns, (config, found) => {
        const { rule, keys } = naiveMatch(config, found);
        const find = createMatcher(config);
        if (keys.length > 1) assert.throws(() => find(found), { code: "layer-ambiguous" });
        else assert.deepEqual([find(found)?.rule, find(found)?.declared.key], [rule, keys[0]]);
      }),
      { numRuns: 2000 },
    );
  });

  it("finds the same in any order of the entries", () => {
    const withShuffled = declaredLayers.chain((config) =>
      fc
        .shuffledSubarray([...config.layers], { minLength: config.layers.length })
        .map((layers) => [config, { ...config, layers }] as const),
    );
    fc.assert(
      fc.property(withShuffled, layerVersionArns, ([config, shuffled], found) => {
        assert.deepEqual(outcome(config, found), outcome(shuffled, found));
      }),
      { numRuns: 1000 },
    );
  });

  it("reads a glob like the regular expression that it stands for", () => {
    fc.assert(
      fc.property(globs, layerNames, (glob, name) => {
        const expected = globExpression(glob).test(name);
        assert.equal(matcherOf([{ names: [glob] }])(layer(name)) !== undefined, expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("is not slowed down by a glob of many wildcards", () => {
    const find = matcherOf([{ names: [`${"*a".repeat(70)}*b`] }]);
    assert.equal(find(layer("a".repeat(140))), undefined);
  });
});

function globExpression(glob: string): RegExp {
  return new RegExp(`^${glob.split("*").join(".*")}$`);
}

function naiveMatch({ stack, layers }: DeclaredLayers, found: LayerVersionArn) {
  const fits: Record<MatchRule, (entry: DeclaredLayer) => boolean> = {
    arn: (entry) => entry.arn === layerArn(found),
    "arn with placeholders": () => false,
    "exact name": ({ names }) => names?.includes(found.name) ?? false,
    "name and stack": (entry) =>
      !entry.arn && !entry.names && [`${entry.key}-${stack}`, `${stack}-${entry.key}`].includes(found.name),
    name: (entry) => !entry.arn && !entry.names && entry.key === found.name,
    glob: ({ names }) => names?.some((name) => name.includes("*") && globExpression(name).test(found.name)) ?? false,
  };
  const rule = bySpecificity.find((rule) => layers.some(fits[rule]));
  return { rule, keys: rule ? layers.filter(fits[rule]).map(({ key }) => key) : [] };
}

/** The entry's name, or the names of the two that conflict. */
function outcome(config: DeclaredLayers, found: LayerVersionArn): unknown {
  try {
    return createMatcher(config)(found)?.declared.key;
  } catch (error) {
    assert(error instanceof LayersError);
    return error.code;
  }
}
