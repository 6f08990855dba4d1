import assert from "node:assert/strict";
import fc from "fast-check";
import { layerVersionArn, parseLayerVersionArn } from "../../sdk/core/arn";
import type { DeclaredLayers } from "../../sdk/core/config/declared";
import type { TargetFacts } from "../../sdk/core/form";
import { createMatcher, type Matcher } from "../../sdk/core/match";
import { pinLayer, pinLayerList, planLayers } from "../../sdk/core/plan";
import { declaredTargets } from "../../sdk/core/target";
import { declared, declaredLayers, layerVersionArns } from "../support/arbitraries";
import { atVersion } from "../support/states";

const prefix = "arn:aws:lambda:us-east-1:123456789012:layer:";

const fn: TargetFacts = { name: "f" };

const targetOf = declaredTargets(
  createMatcher({
    stack: "dev",
    file: "layer_config.yaml",
    layers: [
      declared({ key: "receipt-dynamo", version: 5 }),
      declared({ key: "receipt-label", version: 3, enforce: "minimum" }),
    ],
  }),
);

interface Planner {
  readonly find: Matcher;
  readonly changes: (layers: readonly string[]) => ReturnType<typeof planLayers>;
  readonly pinned: (layers: readonly string[]) => string[];
}

describe("planLayers", () => {
  it("says what moves, from where to where, in the list's order", () => {
    const layers = [
      "receipt-label-dev:1",
      "other:1",
      "receipt-dynamo-dev:1",
      "receipt-dynamo:9",
      "receipt-dynamo-dev:5",
    ].map((name) => prefix + name);
    assert.deepEqual(
      planLayers(layers, targetOf, fn).map(({ declared: entry, target: _, ...change }) => ({
        ...change,
        key: entry?.key,
      })),
      [
        {
          index: 0,
          layer: "receipt-label-dev",
          arn: `${prefix}receipt-label-dev`,
          from: 1,
          to: 3,
          key: "receipt-label",
        },
        {
          index: 2,
          layer: "receipt-dynamo-dev",
          arn: `${prefix}receipt-dynamo-dev`,
          from: 1,
          to: 5,
          key: "receipt-dynamo",
        },
        { index: 3, layer: "receipt-dynamo", arn: `${prefix}receipt-dynamo`, from: 9, to: 5, key: "receipt-dynamo" },
      ],
    );
  });

  const untouched = {
    "a version that is as declared": `${prefix}receipt-dynamo:5`,
    "the declared version written with zeros": `${prefix}receipt-dynamo:005`,
    "a newer version where that is fine": `${prefix}receipt-label:4`,
    "a layer without version": `${prefix}receipt-dynamo`,
    "a layer of AWS's own": "arn:aws:lambda:::awslayer:AmazonLinux1803",
    "a secret": "[secret]",
    "an unknown value": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "a layer that nothing declares": `${prefix}receipt-dynamodb:1`,
  };
  for (const [what, text] of Object.entries(untouched)) {
    it(`leaves alone ${what}`, () => {
      assert.deepEqual(planLayers([text], targetOf, fn), []);
      assert.equal(pinLayer(text, targetOf, fn), text);
    });
  }

  it("plans for each of two versions of a layer in one list", () => {
    const layers = [`${prefix}receipt-dynamo:1`, `${prefix}receipt-dynamo:2`];
    assert.deepEqual(
      planLayers(layers, targetOf, fn).map(({ index, from, to }) => [index, from, to]),
      [
        [0, 1, 5],
        [1, 2, 5],
      ],
    );
  });
});

describe("a list of layers with its plan applied", () => {
  const texts = fc.array(fc.oneof({ weight: 5, arbitrary: layerVersionArns.map(layerVersionArn) }, fc.string()), {
    maxLength: 6,
  });
  const property = (check: (layers: string[], plan: Planner, config: DeclaredLayers) => void) =>
    fc.assert(
      fc.property(texts, declaredLayers, (layers, config) => {
        const find = createMatcher(config);
        const targets = declaredTargets(find);
        const plan = {
          find,
          changes: (list: readonly string[]) => planLayers(list, targets, fn),
          pinned: (list: readonly string[]) => pinLayerList(list, targets, fn),
        };
        try {
          plan.changes(layers);
        } catch {
          // Ambiguous declarations have separate tests.
          return fc.pre(false);
        }
        return check(layers, plan, config);
      }),
      { numRuns: 1000 },
    );

  it("has the same length and order, and differs only at the planned places", () => {
    property((layers, { changes, pinned }) => {
      const plan = changes(layers);
      const expected = [...layers];
      for (const { index, to } of plan) expected[index] = atVersion(layers[index] ?? "", to);
      assert.deepEqual(pinned(layers), expected);
    });
  });

  it("keeps partition, region, account and name of every layer", () => {
    property((layers, { pinned }) => {
      pinned(layers).forEach((text, index) => {
        const before = parseLayerVersionArn(layers[index] ?? "");
        const after = parseLayerVersionArn(text);
        assert.deepEqual(after && { ...after, version: 0 }, before && { ...before, version: 0 });
      });
    });
  });

  it("moves only declared layers", () => {
    property((layers, { find, changes }) => {
      for (const { index, declared: entry, from, to } of changes(layers)) {
        const parsed = parseLayerVersionArn(layers[index] ?? "");
        assert(parsed);
        assert.equal(find(parsed)?.declared, entry);
        assert.deepEqual([from, to], [parsed.version, entry?.version]);
        assert.notEqual(from, to);
      }
    });
  });

  it("needs no further change", () => {
    property((layers, { changes, pinned }) => assert.deepEqual(changes(pinned(layers)), []));
  });

  it("has every layer at its declared version, or above if that is allowed", () => {
    property((layers, { find, pinned }) => {
      for (const text of pinned(layers)) {
        const parsed = parseLayerVersionArn(text);
        const declaration = parsed && find(parsed)?.declared;
        if (!declaration) continue;
        if (declaration.enforce === "minimum") assert(parsed.version >= (declaration.version ?? 0));
        else assert.equal(parsed.version, declaration.version);
      }
    });
  });

  it("never lowers a version under enforce: minimum", () => {
    property((layers, { changes }) => {
      for (const { declared: entry, from, to } of changes(layers)) {
        if (entry?.enforce === "minimum") assert(to > from);
      }
    });
  });

  it("leaves the given list unchanged", () => {
    property((layers, { pinned }) => {
      const copy = Object.freeze([...layers]);
      pinned(copy);
      assert.deepEqual(copy, layers);
    });
  });
});
