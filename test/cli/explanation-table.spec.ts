import assert from "node:assert/strict";
import { declaredIn } from "../../sdk/cli/explanation-table";
import type { ExplainedLayer } from "../../sdk/ops/explain";

const arn = "arn:aws:lambda:us-east-1:123456789012:layer:receipt-dynamo-dev";
const entry = {
  key: "receipt",
  enforce: "exact",
  overridden: false,
  rule: "name",
  isReplaced: undefined,
  at: "c.yaml:3",
};

/** What an explanation says of a layer, and what its table shows as declared. */
const cases: [title: string, layer: object, shown: string | undefined][] = [
  ["its version", { entry: { ...entry, version: 5 }, target: `${arn}:5` }, "5"],
  [
    "the layer that replaces it",
    { entry: { ...entry, version: 2 }, target: arn.replace(/dynamo-dev$/, "core-dev:2") },
    "receipt-core-dev:2",
  ],
  [
    "a layer whose name only begins like its own",
    { entry: { ...entry, version: 2 }, target: `${arn}2:2` },
    "receipt-dynamo-dev2:2",
  ],
  ["a version that is unknown", { entry, target: undefined }, "?"],
  ["nothing without an entry", { entry: undefined, target: undefined }, undefined],
];

describe("what an explanation shows as declared", () => {
  for (const [title, layer, shown] of cases)
    it(`is ${title}`, () => assert.equal(declaredIn({ arn, ...layer } as ExplainedLayer), shown));
});
