import assert from "node:assert/strict";
import { didYouMean } from "../../sdk/core/nearest";

describe("a name that is not known", () => {
  for (const [name, known, says] of [
    ["statsu", ["sync", "status"], "Did you mean status?"],
    ["reciept-dynamo", ["receipt-label", "receipt-dynamo"], "Did you mean receipt-dynamo?"],
    ["Minimum", ["exact", "minimum"], "Did you mean minimum?"],
    ["sync", ["sync-aws", "stack"], "Did you mean sync-aws?"],
    ["rec", ["receipt-label", "receipt-dynamo"], undefined],
    ["d", ["dry-run"], undefined],
    ["x", ["a", "b"], undefined],
    ["production", ["dev"], undefined],
    ["", ["dev"], undefined],
    ["dev", [], undefined],
  ] as const) {
    it(`${JSON.stringify(name)} of ${known.join(", ") || "none"}: ${says ?? "nothing near"}`, () => {
      assert.equal(didYouMean(name, known), says);
    });
  }
});
