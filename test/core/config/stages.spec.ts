import assert from "node:assert/strict";
import { parseLayerVersionArn } from "../../../sdk/core/arn";
import type { LayerUse } from "../../../sdk/core/config/draft";
import { usesOfStage } from "../../../sdk/core/config/stages";

const use = (name: string, layer: string): LayerUse => {
  const parsed = parseLayerVersionArn(`arn:aws:lambda:us-east-1:123456789012:layer:${layer}:1`);
  if (!parsed) throw new Error(layer);
  return { stack: "dev", function: name, account: "123456789012", layer: parsed };
};

describe("functions of other stages", () => {
  const cases: readonly [what: string, functions: Record<string, string[]>, others: Record<string, string>][] = [
    [
      "are those that have another stage's layer of a family, and none of the stack's",
      { api: ["core-dev"], "api-prod": ["core-prod", "shared"], "api-staging": ["core-staging"], other: ["shared"] },
      { "api-prod": "prod", "api-staging": "staging" },
    ],
    ["are none without a layer that has the stack in its name", { api: ["core-prod"], mail: ["core"] }, {}],
    ["are none of those that also have one of the stack's layers", { api: ["core-dev", "core-prod"] }, {}],
    [
      "are found wherever the stage stands in the name",
      { a: ["dev_core"], b: ["qa_core"], c: ["x_y_core"] },
      { b: "qa" },
    ],
    ["are none with names that contain the stack's letters within a word", { a: ["device"], b: ["service"] }, {}],
  ];
  for (const [what, functions, stages] of cases) {
    it(what, () => {
      const uses = Object.entries(functions).flatMap(([name, layers]) => layers.map((layer) => use(name, layer)));
      const { own, others } = usesOfStage(uses);
      assert.deepEqual(Object.fromEntries(others.map((one) => [one.use.function, one.stage])), stages);
      assert.deepEqual(
        own,
        uses.filter((one) => !(one.function in stages)),
      );
    });
  }
});
