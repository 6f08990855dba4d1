import assert from "node:assert/strict";
import fc from "fast-check";
import {
  isSettled,
  layersByKey,
  liveVersions,
  mergeVersions,
  movingFunctions,
  planRecord,
  type Targets,
  withTargets,
} from "../../provider/record";
import { declareFor } from "../../sdk/core/config/declared";
import { parseConfig } from "../../sdk/core/config/parse";
import type { LiveFunction } from "../../sdk/core/live";
import { createMatcher } from "../../sdk/core/match";

const arn = (name: string, version: number, account = "123456789012") =>
  `arn:aws:lambda:us-east-1:${account}:layer:${name}:${version}`;

const live = (name: string, ...layers: string[]): LiveFunction => ({
  name,
  arn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
  layers,
  runtime: undefined,
  architectures: [],
  packageType: "Zip",
  revisionId: undefined,
});

function matcherOf(yaml: string) {
  const parsed = parseConfig(yaml, "layer_config.yaml");
  assert.ok(parsed.ok);
  return createMatcher(declareFor(parsed.config, "dev"));
}

describe("what the resource records", () => {
  const matcher = matcherOf("layers: {l: {version: 5}, m: {version: 5, enforce: minimum}}");

  const cases: {
    title: string;
    layers: string[];
    recorded: { functions?: Targets; before?: Record<string, Record<string, number>> };
    expected: object;
  }[] = [
    {
      title: "a new declaration: the target, and what was found",
      layers: [arn("l", 1), arn("other", 1)],
      recorded: {},
      expected: { functions: { f: { l: 5 } }, before: { f: { l: 1 } } },
    },
    {
      title: "a bump is no drift",
      layers: [arn("l", 4)],
      recorded: { functions: { f: { l: 4 } }, before: { f: { l: 1 } } },
      expected: { functions: { f: { l: 5 } }, before: { f: { l: 1 } } },
    },
    {
      title: "drift shows the live version",
      layers: [arn("l", 3)],
      recorded: { functions: { f: { l: 5 } }, before: { f: { l: 1 } } },
      expected: { functions: { f: { l: 5 } }, before: { f: { l: 1 } }, drift: { f: { l: 3 } } },
    },
    {
      title: "what a failed update got done is no drift",
      layers: [arn("l", 5)],
      recorded: { functions: { f: { l: 4 } }, before: { f: { l: 1 } } },
      expected: { functions: { f: { l: 5 } }, before: { f: { l: 1 } } },
    },
    {
      title: "newer than a minimum is fine, however it moves",
      layers: [arn("m", 9)],
      recorded: { functions: { f: { m: 7 } }, before: { f: { m: 1 } } },
      expected: { functions: { f: { m: ">=5" } }, before: { f: { m: 1 } } },
    },
    {
      title: "below a minimum",
      layers: [arn("m", 2)],
      recorded: {},
      expected: { functions: { f: { m: ">=5" } }, before: { f: { m: 2 } } },
    },
  ];
  for (const { title, layers, recorded, expected } of cases) {
    it(title, () => assert.deepEqual(planRecord([live("f", ...layers)], matcher, recorded), expected));
  }

  it("tells two layers of one name apart by their ARNs", () => {
    const layers = [arn("l", 1), arn("l", 2, "222222222222"), arn("m", 3)];
    assert.deepEqual(
      [...layersByKey(layers).keys()],
      ["arn:aws:lambda:us-east-1:123456789012:layer:l", "arn:aws:lambda:us-east-1:222222222222:layer:l", "m"],
    );
  });

  it("keeps the first versions that were found", () => {
    assert.deepEqual(mergeVersions({ f: { l: 1 } }, { f: { l: 4, m: 2 }, g: { l: 3 } }), {
      f: { l: 1, m: 2 },
      g: { l: 3 },
    });
  });

  const someLayers = fc
    .uniqueArray(fc.constantFrom("l", "m", "other", "x-l", "l-dev"), { maxLength: 5 })
    .chain((names) =>
      fc.tuple(...names.map((name) => fc.integer({ min: 1, max: 9 }).map((version) => arn(name, version)))),
    );

  it("settles: what was moved to its targets needs nothing more", () => {
    fc.assert(
      fc.property(someLayers, someLayers, (layers, later) => {
        const first = planRecord([live("f", ...layers)], matcher, {});
        const moved = withTargets(layers, first.functions.f ?? {});
        const again = planRecord([live("f", ...moved)], matcher, first);
        assert.equal(again.drift, undefined);
        assert.deepEqual(again.functions, first.functions);
        const seen = liveVersions([live("f", ...moved)], first.functions);
        assert.ok(isSettled(seen, first.functions));
        assert.equal(movingFunctions({ ...again, configFile: "c" }, seen).size, 0);
        // Whatever happens out of band, moving to the new targets settles too.
        const drifted = planRecord([live("f", ...later)], matcher, first);
        const repaired = withTargets(later, drifted.functions.f ?? {});
        assert.equal(planRecord([live("f", ...repaired)], matcher, drifted).drift, undefined);
      }),
    );
  });

  it("never lowers a layer that is newer than its minimum", () => {
    fc.assert(
      fc.property(someLayers, someLayers, (layers, later) => {
        const { functions } = planRecord([live("f", ...layers)], matcher, {});
        for (const [index, moved] of withTargets(later, functions.f ?? {}).entries()) {
          if (!moved.includes(":m:")) continue;
          const [from, to] = [later[index], moved].map((text) => Number(text?.split(":").at(-1)));
          assert.ok(from !== undefined && to !== undefined && to >= from);
        }
      }),
    );
  });

  it("moves versions alone: same length, same order, same names", () => {
    fc.assert(
      fc.property(someLayers, (layers) => {
        const { functions } = planRecord([live("f", ...layers)], matcher, {});
        const moved = withTargets(layers, functions.f ?? {});
        const names = (list: readonly string[]) => list.map((text) => text.replace(/:\d+$/, ""));
        assert.deepEqual(names(moved), names(layers));
      }),
    );
  });
});
