import assert from "node:assert/strict";
import fc from "fast-check";
import { layerArn, layerVersionArn, parseLayerVersionArn } from "../../sdk/core/arn";
import { declareFor } from "../../sdk/core/config/declared";
import { parseConfig } from "../../sdk/core/config/parse";
import type { TargetFacts } from "../../sdk/core/form";
import { createMatcher } from "../../sdk/core/match";
import { pinLayerList, planLayers, planList } from "../../sdk/core/plan";
import { declaredTargets, isTarget, type TargetOf, targetArnOf } from "../../sdk/core/target";
import { counts } from "../support/counts";
import { publicLayers } from "./public-layers";

function targetsOf(text: string, stack = "dev"): TargetOf {
  const parsed = parseConfig(text, "c.yaml");
  assert(parsed.ok, JSON.stringify(parsed));
  return declaredTargets(createMatcher(declareFor(parsed.config, stack)));
}

/** The target of a layer as a string; after `?`, why there is none; undefined if it is not declared. */
function targetText(targetOf: TargetOf, text: string, fn: TargetFacts): string | undefined {
  const layer = parseLayerVersionArn(text);
  assert(layer, text);
  const target = targetOf(layer, fn);
  if (target === undefined) return undefined;
  return isTarget(target) ? targetArnOf(layer, target) : `? ${target.why}`;
}

const account = "123456789012";
const at = (name: string, region = "us-east-1", owner = account) => `arn:aws:lambda:${region}:${owner}:layer:${name}`;
const fn: TargetFacts = {
  name: "f",
  region: "us-east-1",
  account,
  runtime: "python3.12",
  architectures: ["arm64"],
};

describe("the ARN schemes of public layers", () => {
  it("number thirty and more", () => assert(publicLayers.length >= 30));

  for (const { what, config, has, runs, wants } of publicLayers) {
    it(what, () => {
      const { region = "us-east-1", ...others } = runs;
      assert.equal(targetText(targetsOf(config), has, { name: "f", account, region, ...others }), wants);
    });
  }
});

const table: { what: string; config: string; layer?: string; fn?: TargetFacts; wants: string | undefined }[] = [
  {
    what: "the first matching variant applies, and not a later one",
    config:
      "layers: { a: { version: 1, variants: [{ when: { runtime: 'python*' }, version: 2 }, { when: { region: us-east-1 }, version: 3 }] } }",
    wants: `${at("a")}:2`,
  },
  {
    what: "everything that a condition asks must match",
    config:
      "layers: { a: { version: 1, variants: [{ when: { runtime: python3.12, architecture: x86_64 }, version: 2 }] } }",
    wants: `${at("a")}:1`,
  },
  {
    what: "a function that names no architecture has x86_64",
    config: "layers: { a: { version: 1, variants: [{ when: { architecture: x86_64 }, version: 2 }] } }",
    fn: { ...fn, architectures: [] },
    wants: `${at("a")}:2`,
  },
  {
    what: "an unknown architecture is not guessed",
    config: "layers: { a: { version: 1, variants: [{ when: { architecture: x86_64 }, version: 2 }] } }",
    fn: { ...fn, architectures: undefined },
    wants: "? the architecture of the function is unknown, and its variant for architecture x86_64 depends on it",
  },
  {
    what: "an unknown property does not matter if another does not match",
    config:
      "layers: { a: { version: 1, variants: [{ when: { architecture: x86_64, region: eu-west-1 }, version: 2 }] } }",
    fn: { ...fn, architectures: undefined },
    wants: `${at("a")}:1`,
  },
  {
    what: "a variant after an undecided one is not taken in its place",
    config:
      "layers: { a: { version: 1, variants: [{ when: { runtime: python3.13 }, version: 2 }, { when: {}, version: 3 }] } }",
    fn: { ...fn, runtime: undefined },
    wants: "? the runtime of the function is unknown, and its variant for runtime python3.13 depends on it",
  },
  {
    what: "a layer reveals the region of a function if it is unknown",
    config: "layers: { a: { version: 1, variants: [{ when: { region: us-east-1 }, version: 2 }] } }",
    fn: { name: "f" },
    wants: `${at("a")}:2`,
  },
  {
    what: "an entry without a version for the function",
    config: "layers: { a: { variants: [{ when: { region: eu-west-1 }, version: 2 }] } }",
    wants: '? the entry "a" has no version for this function',
  },
  {
    what: "an entry without a layer for the function's region",
    config: `layers: { a: { version: 2, arn: "${at("new")}", replaces: [old] } }`,
    layer: `${at("old", "eu-west-1")}:1`,
    fn: { ...fn, region: "eu-west-1" },
    wants: '? the entry "a" has no layer for eu-west-1: its arn is in us-east-1',
  },
  {
    what: "a runtime that is needed and unknown",
    config: `layers: { a: { version: 2, arn: "${at("a-{runtime}")}" } }`,
    layer: `${at("a-python312")}:1`,
    fn: { ...fn, runtime: undefined },
    wants: "? the runtime of the function is unknown, and {runtime} stands for it",
  },
  {
    what: "a runtime that changed",
    config: `layers: { a: { version: 2, arn: "${at("a-{runtime}")}" } }`,
    layer: `${at("a-python311")}:2`,
    wants: `${at("a-python312")}:2`,
  },
  {
    what: "a name with the runtime in it",
    config: 'layers: { a: { version: 2, names: ["a-{runtime}-{architecture}"] } }',
    layer: `${at("a-python311-x86_64")}:2`,
    wants: `${at("a-python312-arm64")}:2`,
  },
  {
    what: "a placeholder that matches no other word",
    config: 'layers: { a: { version: 2, names: ["receipt-{runtime}"] } }',
    layer: `${at("receipt-dynamo")}:1`,
    wants: undefined,
  },
  {
    what: "a name that already matches a pattern stays",
    config: 'layers: { a: { version: 2, names: ["team-*"] } }',
    layer: `${at("team-x")}:1`,
    wants: `${at("team-x")}:2`,
  },
  {
    what: "a replaced layer, by an entry that uses its own name",
    config: "layers: { a: { version: 2, replaces: [old] } }",
    layer: `${at("old")}:9`,
    wants: `${at("a-dev")}:2`,
  },
  {
    what: "a replaced layer, by the first exact name",
    config: 'layers: { a: { version: 2, names: ["a-*", new-a, newer-a], replaces: ["*-old"] } }',
    layer: `${at("some-old")}:9`,
    wants: `${at("new-a")}:2`,
  },
  {
    what: "a replaced layer, by nothing that has a name",
    config: 'layers: { a: { version: 2, names: ["a-*"], replaces: [old] } }',
    layer: `${at("old")}:9`,
    wants: '? the entry "a" names no layer that could replace old',
  },
  {
    what: "a layer at its minimum version",
    config: "layers: { a: { version: 2, enforce: minimum, names: [a], replaces: [old] } }",
    layer: `${at("old")}:9`,
    wants: `${at("a")}:2`,
  },
  {
    what: "an entry with an arn and names keeps layers with these names",
    config: `layers: { a: { version: 2, arn: "${at("new")}", names: [old] } }`,
    layer: `${at("old")}:9`,
    wants: `${at("old")}:2`,
  },
  {
    what: "a variant with names, of an entry with an arn",
    config: `layers: { a: { version: 2, arn: "${at("a")}", variants: [{ when: { function: f }, names: [b] }] } }`,
    layer: `${at("a")}:1`,
    wants: `${at("b")}:2`,
  },
  {
    what: "a stack's name in settings",
    config: "layers: { a: { version: 2 } }\nsettings: { stack_names: { dev: development } }",
    layer: `${at("a-development")}:1`,
    wants: `${at("a-development")}:2`,
  },
  {
    what: "an exception by a pattern of names",
    config: "layers: { a: { version: 1, variants: [{ when: { function: ['billing-*'] }, version: 7 }] } }",
    fn: { ...fn, name: "billing-export" },
    wants: `${at("a")}:7`,
  },
  {
    what: "the account of the function",
    config: `layers: { a: { version: 2, arn: "arn:aws:lambda:{region}:{account}:layer:a" } }`,
    layer: `${at("a", "us-east-1", "210987654321")}:1`,
    wants: `${at("a")}:2`,
  },
];

describe("the target of a layer", () => {
  for (const { what, config, layer = `${at("a")}:1`, fn: runs = fn, wants } of table)
    it(what, () => assert.equal(targetText(targetsOf(config), layer, runs), wants));

  it("is that of an override's variant, which is merged into the entry's with the same condition, or comes first", () => {
    const config = `
layers:
  a:
    version: 1
    variants:
      - { when: { region: [us-east-1, eu-west-1] }, version: 2, enforce: minimum }
stack_overrides:
  dev: { a: { variants: [{ when: { region: [eu-west-1, us-east-1] }, version: 3 }, { when: { function: g }, version: 4 }] } }
`;
    const layer = `${at("a")}:1`;
    assert.equal(targetText(targetsOf(config, "prod"), layer, fn), `${at("a")}:2`);
    assert.equal(targetText(targetsOf(config), layer, fn), `${at("a")}:3`);
    assert.equal(targetText(targetsOf(config), layer, { ...fn, name: "g" }), `${at("a")}:4`);
    // What the merged variant does not say stays as in the entry's variant.
    const found = targetsOf(config)({ ...(parseLayerVersionArn(layer) ?? assert.fail()) }, fn);
    assert(isTarget(found));
    assert.deepEqual([found.enforce, found.declared?.overridden], ["minimum", true]);
  });
});

describe("a list of layers with targets", () => {
  const config = `
layers:
  base:
    arn: arn:aws:lambda:{region}:111111111111:layer:base-{runtime}-{architecture}
    version: 3
    replaces: ["arn:aws:lambda:*:111111111111:layer:base-v1*", "old-*"]
    variants:
      - when: { region: eu-west-1 }
        arn: arn:aws:lambda:{region}:222222222222:layer:base-{runtime}-{architecture}
        version: 4
      - when: { function: special }
        version: 9
  named:
    names: [named, "named-{architecture}"]
    version: 2
    enforce: minimum
    replaces: [was-named]
  free: { version: 5 }
`;
  const targetOf = targetsOf(config);
  const regions = ["us-east-1", "eu-west-1"];
  const names = [
    ...["base-python312-arm64", "base-python311-x86_64", "base-v1", "base-v1-x", "old-base"],
    ...["named", "named-arm64", "named-x86_64", "was-named", "free", "free-dev", "other"],
  ];
  const subject = fc.record({
    name: fc.constantFrom("f", "special"),
    region: fc.constantFrom(...regions),
    account: fc.constantFrom("333333333333"),
    runtime: fc.constantFrom("python3.12", "python3.11", undefined),
    architectures: fc.constantFrom(["arm64"], ["x86_64"], [], undefined),
  });
  const lists = (region: string) =>
    fc.array(
      fc
        .tuple(
          fc.constantFrom(...names),
          fc.constantFrom("111111111111", "222222222222", "333333333333"),
          fc.integer({ min: 1, max: 9 }),
        )
        .map(([name, owner, version]) => layerVersionArn({ partition: "aws", region, account: owner, name, version })),
      { maxLength: 5 },
    );
  const property = (check: (layers: string[], fn: TargetFacts) => void, sample = 500) =>
    fc.assert(
      fc.property(
        subject.chain((one) => fc.tuple(fc.constant(one), lists(one.region))),
        ([one, layers]) => check(layers, one),
      ),
      counts({ sample, full: 20_000 }),
    );

  it("keeps its length and order, and differs only at the planned places", () => {
    property((layers, one) => {
      const pinned = pinLayerList(layers, targetOf, one);
      const changes = planLayers(layers, targetOf, one);
      assert.deepEqual(
        pinned,
        layers.map((text, index) => changes.find((change) => change.index === index)?.target ?? text),
      );
    });
  });

  it("needs no further change", () => {
    property((layers, one) => assert.deepEqual(planLayers(pinLayerList(layers, targetOf, one), targetOf, one), []));
  });

  it("never has a layer of another region than the function's", () => {
    property((layers, one) => {
      for (const text of pinLayerList(layers, targetOf, one)) assert.equal(text.split(":")[3], one.region);
    });
  });

  it("never contains a layer twice that it did not contain twice", () => {
    property((layers, one) => {
      const countOf = (list: readonly string[], arn: string) =>
        list.filter((text) => text.startsWith(`${arn}:`)).length;
      const arns = (list: readonly string[]) => new Set(list.map((text) => text.replace(/:\d+$/, "")));
      const pinned = pinLayerList(layers, targetOf, one);
      const most = Math.max(0, ...[...arns(layers)].map((arn) => countOf(layers, arn)));
      for (const arn of arns(pinned)) assert(countOf(pinned, arn) <= Math.max(1, most));
    });
  });

  it("leaves a layer alone whose successor is attached, and says so", () => {
    const layers = [`${at("was-named")}:1`, `${at("named")}:5`, `${at("was-named")}:2`];
    const { changes, both } = planList(layers, targetOf, fn);
    assert.deepEqual(changes, []);
    assert.deepEqual(both, [{ arn: at("was-named"), by: at("named") }]);
  });

  it("replaces the first of several layers, and leaves the others alone", () => {
    const layers = ["old-a", "old-b"].map((name) => `${at(name)}:1`);
    const pinned = pinLayerList(layers, targetOf, fn);
    assert.deepEqual(pinned, [`${at("base-python312-arm64", "us-east-1", "111111111111")}:3`, `${at("old-b")}:1`]);
  });

  it("is the same for two functions with the same properties, asked in any order", () => {
    property((layers, one) => {
      const answer = (order: readonly TargetFacts[]) => {
        const fresh = targetsOf(config);
        for (const other of order) pinLayerList(layers, fresh, other);
        return pinLayerList(layers, fresh, one);
      };
      const others = [
        { ...one, runtime: "python3.13" },
        { ...one, name: "special" },
        { ...one, architectures: undefined },
      ];
      assert.deepEqual(answer(others), answer([]));
    }, 60);
  });

  it("recognises a layer by its ARN alone", () => {
    const layer = parseLayerVersionArn(`${at("free")}:1`) ?? assert.fail();
    assert.equal(layerArn(layer), at("free"));
  });
});
