import assert from "node:assert/strict";
import { patchState } from "../../sdk/core/state/patch";
import { scanState } from "../../sdk/core/state/scan";
import { planRestore } from "../../sdk/ops/recorded/restore";
import { awsFunction, layer, type Resource, stateOf } from "../support/states";

/** A state of one function whose inputs and outputs have these versions. */
function stateWith(inputs: readonly number[], outputs: readonly number[]): Buffer {
  const at = (versions: readonly number[]) => versions.map((version) => layer("own", version));
  const fn = awsFunction("fn", at(inputs));
  const resource: Resource = { ...fn, outputs: { ...(fn.outputs as object), layers: at(outputs) } };
  return Buffer.from(JSON.stringify(stateOf([resource])));
}

describe("a state that gets the versions of an earlier one", () => {
  const cases: [what: string, earlier: [number[], number[]], now: [number[], number[]]][] = [
    ["equal in inputs and outputs", [[1], [1]], [[5], [5]]],
    ["different in inputs and outputs", [[1], [2]], [[5], [5]]],
    ["if only the outputs differ now", [[5], [2]], [[5], [5]]],
    [
      "if a layer is there twice",
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 5],
        [5, 5],
      ],
    ],
  ];
  for (const [what, earlier, now] of cases) {
    it(`has them, ${what}`, () => {
      const [before, today] = [stateWith(...earlier), stateWith(...now)];
      const { content } = planRestore(scanState(before), scanState(today).functions, scanState);
      assert.ok(content && "edits" in content);
      assert.equal(Buffer.concat([...patchState(today, content.edits)]).toString(), before.toString());
    });
  }

  it("is left alone if it already has them", () => {
    const state = scanState(stateWith([1], [2]));
    assert.equal(planRestore(state, state.functions, scanState).content, undefined);
  });
});
