import assert from "node:assert/strict";
import fc from "fast-check";
import type { StateChange } from "../../sdk/ops/plans";
import { layerSumText, type StackChanges, sumByLayer } from "../../sdk/ops/report-changes";
import { counts } from "../support/counts";

const arnOf = (layer: string) => `arn:aws:lambda:us-east-1:123456789012:layer:${layer}`;

function change(name: string, layer: string, to: number, other = layer): StateChange {
  const named = { function: name, region: "us-east-1", urn: `urn:${name}`, layer, arn: arnOf(layer) };
  return { ...named, from: 1, to, target: `${arnOf(other)}:${to}` };
}

const stackOf = (stack: string, ...changes: StateChange[]): StackChanges => ({ stack, label: stack, changes });
const textsOf = (...plans: StackChanges[]) => sumByLayer(plans).map(layerSumText);

describe("the sum of a plan by layer", () => {
  it("counts the functions that move to each version, once for the state and AWS", () => {
    const a = change("a", "receipt-dynamo-dev", 5);
    const all = [a, a, change("b", "receipt-dynamo-dev", 5), change("b", "receipt-label-dev", 3)];
    assert.deepEqual(textsOf(stackOf("dev", ...all)), [
      "receipt-dynamo-dev -> 5: 2 functions",
      "receipt-label-dev -> 3: 1 function",
    ]);
  });

  it("combines several stacks, even if layer names contain the stack's", () => {
    assert.deepEqual(
      textsOf(
        stackOf("dev", change("a", "base-dev", 5), change("a", "shared", 2)),
        stackOf("org/shop/prod", change("a", "base-prod", 5)),
        stackOf("test"),
      ),
      ["base-{stack} -> 5: 2 functions, 2 stacks", "shared -> 2: 1 function"],
    );
  });

  it("names replacements and removed layers", () => {
    assert.deepEqual(textsOf(stackOf("dev", change("a", "base-v2", 18, "base-v3"))), [
      "base-v2 -> base-v3:18: 1 function",
    ]);
    const gone = { ...change("a", "base", 1), to: null, target: null, functionArn: "arn", urn: undefined };
    assert.deepEqual(textsOf({ stack: "dev", label: "dev", changes: [gone as never] }), ["base -> -: 1 function"]);
  });

  it("adds up to everything that is planned", () => {
    const anyChange = fc.tuple(
      fc.constantFrom("a", "b", "c"),
      fc.constantFrom("x", "y-dev"),
      fc.integer({ min: 2, max: 3 }),
    );
    const property = fc.property(
      fc.array(fc.uniqueArray(anyChange, { selector: ([a, b]) => `${a} ${b}` })),
      (stacks) => {
        const sums = sumByLayer(stacks.map((all, index) => stackOf(`s${index}`, ...all.map((one) => change(...one)))));
        assert.equal(
          sums.reduce((total, { functions }) => total + functions, 0),
          stacks.flat().length,
        );
      },
    );
    fc.assert(property, counts({ sample: 50, full: 5_000 }));
  });
});
