import assert from "node:assert/strict";
import { recordedLayers } from "../../sdk/core/recorded";
import { scanState } from "../../sdk/core/state/scan";
import { invalidLayers, planState, type StatePlan } from "../../sdk/ops/recorded/plan";
import { secret, unknown } from "../support/arbitrary-states";
import { atVersion, awsFunction, layer, type Resource, stateOf } from "../support/states";

const scan = (...functions: Resource[]) => scanState(Buffer.from(JSON.stringify(stateOf(functions)))).functions;
const toFive = (text: string) => (text.includes(":layer:own:") ? atVersion(text, 5) : undefined);
const own = (version: number) => layer("own", version);

/** A function whose inputs and outputs have different layers. */
function differing(inputs: unknown, outputs: unknown, others: Partial<Resource> = {}): Resource {
  const made = awsFunction("fn", inputs, others);
  return { ...made, outputs: { ...(made.outputs as object), layers: outputs } };
}

const changesOf = ({ changes }: StatePlan) => changes.map(({ function: name, from, to }) => `${name} ${from} -> ${to}`);

describe("the plan of a state", () => {
  interface Case {
    name: string;
    fn: Resource;
    changes?: string[];
    skipped?: string[];
    warnings?: RegExp[];
    edits?: number;
  }
  const cases: Case[] = [
    { name: "inputs and outputs that are equal", fn: awsFunction("fn", [own(1)]), changes: ["fn 1 -> 5"], edits: 2 },
    { name: "outputs that a refresh changed", fn: differing([own(5)], [own(2)]), changes: ["fn 2 -> 5"], edits: 1 },
    { name: "inputs if outputs are right", fn: differing([own(3)], [own(5)]), changes: ["fn 3 -> 5"], edits: 1 },
    { name: "both, by the outputs", fn: differing([own(3)], [own(2)]), changes: ["fn 2 -> 5"], edits: 2 },
    { name: "inputs if outputs lack the layer", fn: differing([own(3)], []), changes: ["fn 3 -> 5"], edits: 1 },
    { name: "outputs if there are no inputs", fn: differing(undefined, [own(3)]), changes: ["fn 3 -> 5"], edits: 1 },
    {
      name: "a failed update, by its inputs",
      fn: differing([own(1)], [own(4)], { initErrors: ["no luck"] }),
      changes: ["fn 1 -> 5"],
      edits: 2,
      warnings: [/^Function fn: its last update failed, .*Its inputs are used instead\.$/],
    },
    {
      name: "a failed update to the declared version",
      fn: differing([own(1)], [own(5)], { initErrors: ["no luck"] }),
      changes: ["fn 1 -> 5"],
      edits: 1,
      warnings: [/its last update failed/],
    },
    {
      name: "a layer that is there twice as one change",
      fn: awsFunction("fn", [own(1), own(2)]),
      changes: ["fn 1 -> 5"],
      edits: 4,
    },
    { name: "nothing for other layers", fn: awsFunction("fn", [layer("other", 1), layer("owner", 1)]) },
    { name: "nothing if everything is as declared", fn: awsFunction("fn", [own(5)]) },
    { name: "nothing without layers", fn: awsFunction("fn", undefined) },
    {
      name: "nothing for null, for unknown values and for strings that are not ARNs",
      fn: differing([unknown, "own:1"], null),
      skipped: ["fn: not all of its layers can be read from the state"],
    },
    {
      name: "nothing for a list that is not known yet",
      fn: awsFunction("fn", unknown),
      skipped: ["fn: not all of its layers can be read from the state"],
    },
    {
      name: "what is known beside a value that is not",
      fn: awsFunction("fn", [unknown, own(1)]),
      changes: ["fn 1 -> 5"],
      warnings: [
        /^Function fn: not all of its layers can be read from the state, so only those that can are updated\.$/,
      ],
      edits: 2,
    },
    {
      name: "no function that is pending deletion",
      fn: awsFunction("fn", [own(1)], { delete: true }),
      skipped: ["fn: it was replaced and is pending deletion"],
    },
    {
      name: "no function that the stack only reads",
      fn: awsFunction("fn", [own(1)], { external: true }),
      skipped: ["fn: the stack only reads it and does not manage it"],
    },
    { name: "nothing to skip if nothing would change", fn: awsFunction("fn", [own(5)], { delete: true }) },
    { name: "no secret list", fn: awsFunction("fn", secret), skipped: ["fn: its layers are a secret in the state"] },
    {
      name: "no list with a secret in it",
      fn: differing([own(1), secret], secret),
      skipped: ["fn: its layers are a secret in the state"],
    },
  ];
  for (const { name, fn, changes = [], skipped = [], warnings = [], edits = 0 } of cases) {
    it(`has ${name}`, () => {
      const plan = planState(scan(fn), toFive);
      assert.deepEqual(changesOf(plan), changes);
      assert.deepEqual(
        plan.skipped.map(({ function: skippedName, reason }) => `${skippedName}: ${reason}`),
        skipped,
      );
      assert.equal(plan.edits.length, edits);
      assert.equal(plan.warnings.length, warnings.length);
      for (const [i, warning] of warnings.entries()) assert.match(plan.warnings[i] ?? "", warning);
    });
  }

  it("is in the order of the functions' names and of their layers", () => {
    const functions = ["b", "a", "a-2"].map((name) => awsFunction(name, [layer("z", 2), own(1), layer("a", 3)]));
    const plan = planState(scan(...functions), (text) => atVersion(text, 5));
    assert.deepEqual(
      plan.changes.map(({ function: name, layer: changed }) => `${name} ${changed}`),
      ["a", "a-2", "b"].flatMap((name) => ["z", "own", "a"].map((changed) => `${name} ${changed}`)),
    );
  });

  it("can move inputs and outputs to different versions", () => {
    const plan = planState(scan(awsFunction("fn", [own(9)])), (text, _fn, side) =>
      atVersion(text, side === "inputs" ? 1 : 2),
    );
    assert.deepEqual(
      plan.edits.map(({ text }) => text),
      ["1", "2"],
    );
    assert.deepEqual(changesOf(plan), ["fn 9 -> 2"]);
  });
});

describe("recorded layers", () => {
  it("are the outputs', or the inputs' after a failed update", () => {
    const [done, failed] = [{}, { initErrors: ["no luck"] }].map((others) =>
      scan(differing([own(1)], [own(2)], others)),
    );
    assert.deepEqual(recordedLayers(done?.[0] ?? assert.fail()), [own(2)]);
    assert.deepEqual(recordedLayers(failed?.[0] ?? assert.fail()), [own(1)]);
  });

  it("that are not layer version ARNs are reported once per function", () => {
    const deleted = awsFunction("gone", ["bad"], { delete: true });
    assert.deepEqual(invalidLayers(scan(awsFunction("fn", ["bad", own(1), `${own(1)}x`]), deleted)), [
      { function: "fn", text: "bad" },
      { function: "fn", text: `${own(1)}x` },
    ]);
  });
});
