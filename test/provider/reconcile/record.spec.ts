import assert from "node:assert/strict";
import fc from "fast-check";
import { planFunctions, planRecord } from "../../../provider/reconcile/function-plans";
import {
  isSettled,
  layersByKey,
  liveVersions,
  mergeVersions,
  movingFunctions,
  withTargets,
} from "../../../provider/resource/versions";
import { declareFor } from "../../../sdk/core/config/declared";
import { parseConfig } from "../../../sdk/core/config/parse";
import { declaredLayersOf } from "../../../sdk/core/goal";
import type { LiveFunction } from "../../../sdk/core/live";
import { createMatcher } from "../../../sdk/core/match";
import { assessedFunction } from "../../../sdk/core/recorded";
import { declaredTargets } from "../../../sdk/core/target";

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

type Before = Parameters<typeof planFunctions>[2];

/** Plans functions as `check` does. */
function planner(yaml: string) {
  const parsed = parseConfig(yaml, "layer_config.yaml");
  assert.ok(parsed.ok);
  const declared = declareFor(parsed.config, "dev");
  const targetOf = declaredTargets(createMatcher(declared));
  return (functions: readonly LiveFunction[], recorded: Before = {}, accountId?: string) => {
    const plans = planFunctions(functions, targetOf, recorded, { declared, accountId });
    return { plans, record: planRecord(plans, targetOf, recorded) };
  };
}

describe("what functions are to have", () => {
  const yaml = "layers: {l: {version: 5}, m: {version: 5, enforce: minimum}}";
  const parsed = parseConfig(yaml, "layer_config.yaml");
  assert.ok(parsed.ok);
  const declared = declareFor(parsed.config, "dev");
  const targetOf = declaredTargets(createMatcher(declared));
  const version = fc.integer({ min: 4, max: 6 });
  const layers = fc.array(fc.tuple(fc.constantFrom("l", "m", "other"), version), { maxLength: 4 });
  const recorded = fc.dictionary(fc.constantFrom("l", "m", "other"), version, { noNullPrototype: true });

  it("follows the assessment, also for functions that are as they should be", () => {
    fc.assert(
      fc.property(layers, recorded, (list, functions) => {
        const fn = live("f", ...list.map(([name, number]) => arn(name, number)));
        const [plan] = planFunctions(
          [fn],
          targetOf,
          { functions: { f: functions } },
          { declared, accountId: undefined },
        );
        const by = { kind: "resource", layers: functions } as const;
        const assessed = assessedFunction({ ...fn, region: undefined, urn: "", by }, fn, {
          declared,
          accountId: undefined,
        });
        assert.deepEqual(plan?.layers, declaredLayersOf(assessed, fn.layers, targetOf));
      }),
    );
  });
});

describe("what the resource records", () => {
  const plan = planner("layers: {l: {version: 5}, m: {version: 5, enforce: minimum}}");

  const cases: {
    title: string;
    layers: string[];
    recorded: Before;
    expected: object;
  }[] = [
    {
      title: "a new declaration: the target, and what was found",
      layers: [arn("l", 1), arn("other", 1)],
      recorded: {},
      expected: { functions: { f: { l: 5 } }, before: { f: { l: 1 } } },
    },
    {
      title: "a bump is not drift",
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
      title: "what a failed update got done is not drift",
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
    {
      title: "a layer that AWS has lost",
      layers: [arn("other", 1)],
      recorded: { functions: { f: { l: 5 } }, before: { f: { l: 1 } } },
      expected: { functions: { f: { l: 5 } }, before: { f: { l: 1 } }, lost: { f: { l: arn("l", 5) } } },
    },
    {
      title: "a layer that AWS has lost, after a refresh",
      layers: [],
      recorded: { functions: {}, before: { f: { l: 1, m: 7 } } },
      expected: {
        functions: { f: { l: 5, m: ">=5" } },
        before: { f: { l: 1, m: 7 } },
        lost: { f: { l: arn("l", 5), m: arn("m", 7) } },
      },
    },
    {
      title: "a layer that AWS has lost and that is no longer declared",
      layers: [],
      recorded: { functions: { f: { gone: 5 } }, before: { f: { gone: 1 } } },
      expected: { functions: {}, before: {} },
    },
    {
      title: "a lost layer with the name of one that is there",
      layers: [arn("l", 5, "222222222222")],
      recorded: { functions: { f: { [arn("l", 5).slice(0, -2)]: 5, [arn("l", 5, "222222222222").slice(0, -2)]: 5 } } },
      expected: {
        functions: { f: { [arn("l", 5).slice(0, -2)]: 5, [arn("l", 5, "222222222222").slice(0, -2)]: 5 } },
        before: { f: { [arn("l", 5, "222222222222").slice(0, -2)]: 5 } },
        lost: { f: { [arn("l", 5).slice(0, -2)]: arn("l", 5) } },
      },
    },
  ];
  for (const { title, layers, recorded, expected } of cases) {
    it(title, () => assert.deepEqual(plan([live("f", ...layers)], recorded).record, expected));
  }

  it("attaches no layers to image functions", () => {
    const image = { ...live("f"), packageType: "Image" as const };
    assert.deepEqual(plan([image], { before: { f: { l: 1 } } }).record, { functions: {}, before: {} });
  });

  const places: [from: string, yaml: string, functions: LiveFunction[], accountId: string | undefined, at: string][] = [
    [
      "another function",
      "layers: {l: {version: 5}}",
      [live("f"), live("g", arn("l", 5, "2".repeat(12)))],
      undefined,
      "2",
    ],
    [
      "its entry",
      `layers: {l: {version: 5, arn: "${arn("l", 5, "3".repeat(12)).slice(0, -2)}"}}`,
      [live("f")],
      "4",
      "3",
    ],
    ["the settings", "layers: {l: {version: 5}}", [live("f")], "4".repeat(12), "4"],
  ];
  for (const [from, yaml, functions, accountId, digit] of places) {
    it(`finds the account of a lost layer by ${from}`, () => {
      const { record } = planner(yaml)(functions, { before: { f: { l: 5 } } }, accountId);
      assert.deepEqual(record.lost, { f: { l: arn("l", 5, digit.repeat(12)) } });
    });
  }

  it("distinguishes two layers of one name by their ARNs", () => {
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

  it("converges: what was moved to its targets needs nothing more", () => {
    fc.assert(
      fc.property(someLayers, someLayers, (layers, later) => {
        const first = plan([live("f", ...layers)]).record;
        const moved = withTargets(live("f", ...layers), first.functions.f ?? {});
        const again = plan([live("f", ...moved)], first).record;
        assert.equal(again.drift ?? again.lost, undefined);
        assert.deepEqual(again.functions, first.functions);
        const seen = liveVersions([live("f", ...moved)], first.functions);
        assert.ok(isSettled(seen, first.functions));
        assert.equal(movingFunctions({ ...again, configFile: "c" }, seen).size, 0);
        // Whatever happens out of band, moving to the new targets converges too, and is what the preview planned.
        const { record: drifted, plans } = plan([live("f", ...later)], first);
        const repaired = withTargets(live("f", ...later), drifted.functions.f ?? {}, drifted.lost?.f);
        assert.deepEqual(repaired, plans[0]?.layers);
        const settled = plan([live("f", ...repaired)], drifted).record;
        assert.equal(settled.drift ?? settled.lost, undefined);
        assert.deepEqual(Object.keys(settled.functions.f ?? {}).sort(), Object.keys(drifted.functions.f ?? {}).sort());
      }),
    );
  });

  it("never lowers a layer that is newer than its minimum", () => {
    fc.assert(
      fc.property(someLayers, someLayers, (layers, later) => {
        const { functions } = plan([live("f", ...layers)]).record;
        for (const [index, moved] of withTargets(live("f", ...later), functions.f ?? {}).entries()) {
          if (!moved.includes(":m:")) continue;
          const [from, to] = [later[index], moved].map((text) => Number(text?.split(":").at(-1)));
          assert.ok(from !== undefined && to !== undefined && to >= from);
        }
      }),
    );
  });

  it("moves only versions: same length, same order, same names", () => {
    fc.assert(
      fc.property(someLayers, (layers) => {
        const { functions } = plan([live("f", ...layers)]).record;
        const moved = withTargets(live("f", ...layers), functions.f ?? {});
        const names = (list: readonly string[]) => list.map((text) => text.replace(/:\d+$/, ""));
        assert.deepEqual(names(moved), names(layers));
      }),
    );
  });
});
