import assert from "node:assert/strict";
import { type LayerArgs, withLayersArgument } from "../../../provider/program/layers-argument";
import { LayersError } from "../../../sdk/core/errors";
import { declared } from "../../support/arbitraries";

const own = "arn:aws:lambda:us-east-1:123456789012:layer:own";
const file = (...layers: Parameters<typeof declared>[0][]) => ({
  stack: "dev",
  file: "layer_config.yaml",
  layers: layers.map(declared),
});

describe("the argument `layers` of a program", () => {
  const wrong: [string, Record<string, unknown>, RegExp][] = [
    ["an invalid version", { version: "x" }, /layers\.own of pinLayers has the version x, which must be/],
    ["an ARN with a version", { version: 1, arn: `${own}:1` }, /This one has a version: use `layerArn`/],
    ["an unknown key", { versoin: 1 }, /unknown key "versoin"\. Did you mean version\?/],
    ["no version at all", { enforce: "minimum" }, /layers\.own of pinLayers has no version/],
    ["no names", { version: 1, names: [] }, /has an empty `names`, which must name/],
    ["another rule", { version: 1, enforce: "maximum" }, /has enforce maximum, which must be exact or minimum/],
  ];
  for (const [title, fields, expected] of wrong) {
    it(`cannot declare a layer with ${title}`, () => {
      const declare = () => withLayersArgument(file(), { own: fields as LayerArgs }, "pinLayers");
      assert.throws(declare, (error) => error instanceof LayersError && expected.test(error.message));
    });
  }

  it("overrides the file, field by field", () => {
    const entry = { key: "own", version: 7, names: ["not-this-one"], enforce: "minimum" } as const;
    const [merged, ...others] = withLayersArgument(file(entry), { own: { version: 8 } }, "pinLayers");
    assert.deepEqual([merged?.version, merged?.names, merged?.enforce], [8, ["not-this-one"], "minimum"]);
    const nulls = { version: 8, arn: null, names: null, enforce: null } as unknown as LayerArgs;
    assert.deepEqual(withLayersArgument(file(entry), { own: nulls }, "pinLayers"), [merged]);
    const [placed] = withLayersArgument(file(entry), { own: { arn: own } }, "pinLayers");
    assert.deepEqual([placed?.version, placed?.names, placed?.arn], [7, undefined, own]);
    assert.deepEqual(others, []);
  });
});
