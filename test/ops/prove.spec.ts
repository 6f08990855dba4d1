import assert from "node:assert/strict";
import { renderRunMarkdown } from "../../sdk/cli/report/markdown";
import { assess, totalsOf } from "../../sdk/core/assess";
import { LayersError } from "../../sdk/core/errors";
import { assessedFunction, recordedFunctions } from "../../sdk/core/recorded";
import { scanState } from "../../sdk/core/state/scan";
import { changedLayers, isHeldBack } from "../../sdk/ops/after";
import { planState } from "../../sdk/ops/recorded/plan";
import { proofFailure, proveState } from "../../sdk/ops/recorded/prove";
import type { PreviewStep } from "../../sdk/ports";
import { createPorts } from "../../sdk/wiring";
import { atVersion, awsFunction, layer, stateOf } from "../support/states";

/** Proves the update of two functions' layer to version 5, given the output of a preview. */
async function prove(steps: readonly PreviewStep[] | LayersError, secrets = "passphrase") {
  const functions = ["api", "worker"].map((name) => awsFunction(name, [layer("base", 1)]));
  const bytes = Buffer.from(JSON.stringify(stateOf(functions, { secrets_providers: { type: secrets } })));
  const facts = scanState(bytes);
  const plan = planState(facts.functions, (text) => atVersion(text, 5));
  const hints = { declared: { stack: "dev", layers: [] } as never, accountId: undefined };
  const all = recordedFunctions(facts).map((fn) => assessedFunction(fn, undefined, hints));
  const targetOf = () => ({ version: 5, enforce: "exact" as const });
  const previewed: string[] = [];
  const ports = {
    ...createPorts(),
    programs: {
      async previewOn(_: unknown, content: Iterable<Uint8Array>) {
        previewed.push(Buffer.concat([...content]).toString());
        if (steps instanceof LayersError) throw steps;
        return steps;
      },
    },
  };
  const loaded = { stack: "dev", file: undefined, bytes, facts };
  const proof = await proveState(ports, { ...plan, state: loaded, functions: all, targetOf }, scanState);
  const result = { format: 2, stack: "dev", project: "shop", dryRun: false, backup: null, ...plan } as const;
  return { proof, previewed, result: { ...result, proof, totals: totalsOf(assess(all, targetOf)) } };
}

const resource = (name: string, layers?: unknown) => {
  const fn = awsFunction(name, [layer("base", 5)]) as { urn: string; type: string };
  return { urn: fn.urn, type: fn.type, custom: true, inputs: { name, layers } };
};
const { urn } = resource("api");
const oldState = { urn };

describe("the proof of an update", () => {
  it("uses the new state, and holds if the preview changes no function", async () => {
    const { proof, previewed } = await prove([]);
    assert.deepEqual(proof, { verdict: "proved", undone: [], unknown: [] });
    assert.equal(previewed.join().match(/layer:base:5/g)?.length, 4);
    assert.equal(proofFailure(createPorts(), { stack: "dev", proof }), undefined);
  });

  const cases: [name: string, steps: PreviewStep[], verdict: string, undone: string[], unknown: string[]][] = [
    [
      "a function with an alias's new name",
      [{ urn: `${urn}-new`, oldState, newState: resource("api-new", [layer("base", 1)]) }],
      "undone",
      ["api 5 -> 1"],
      [],
    ],
    ["other properties only", [{ urn, oldState, newState: resource("api", [layer("base", 5)]) }], "proved", [], []],
    [
      "a replacement whose old resource is deleted",
      [
        { urn, oldState, newState: resource("api", [layer("base", 5)]) },
        { urn, oldState },
      ],
      "proved",
      [],
      [],
    ],
    ["what is left of an earlier replacement", [{ urn, oldState: { urn, delete: true } }], "proved", [], []],
    ["a new function", [{ urn: `${urn}-2`, newState: resource("other", [layer("base", 1)]) }], "proved", [], []],
    ["a deleted function", [{ urn, oldState }], "not-proved", [], ["api: it is no longer in the program"]],
    [
      "secret layers",
      [{ urn, oldState, newState: resource("api", "[secret]") }],
      "not-proved",
      [],
      ["api: its layers are a secret, or unknown until the update"],
    ],
    ["a function without layers", [{ urn, oldState, newState: resource("api") }], "undone", ["api 5 -> null"], []],
  ];
  for (const [name, steps, verdict, undone, unknown] of cases) {
    it(`is "${verdict}" with ${name}`, async () => {
      const { proof } = await prove(steps);
      assert.equal(proof?.verdict, verdict);
      assert.deepEqual(
        proof.undone.map((one) => `${one.function} ${one.from} -> ${one.to}`),
        undone,
      );
      assert.deepEqual(
        proof.unknown.map((one) => `${one.function}: ${one.reason}`),
        unknown,
      );
      assert.equal(
        proofFailure(createPorts(), { stack: "dev", proof })?.exitStatus,
        verdict === "proved" ? undefined : 1,
      );
    });
  }

  it("is not tried with secrets that only their own service can read", async () => {
    const { proof, previewed } = await prove([], "service");
    assert.deepEqual([proof?.verdict, previewed], ["not-proved", []]);
    assert.match(proof?.reason ?? "", /not encrypted by a passphrase \(service\)$/);
  });

  it("is not possible with a program that cannot be previewed; other errors end the run, and say what was changed", async () => {
    const { proof } = await prove(new LayersError("pulumi-failed", "no luck"));
    assert.deepEqual(proof, { verdict: "not-proved", undone: [], unknown: [], reason: "no luck" });
    await assert.rejects(prove(new LayersError("passphrase", "wrong")), {
      code: "passphrase",
      message: "wrong. Nothing was changed.",
    });
  });

  it("that fails is reported in full, as an error and in a job's summary, which counts no changes", async () => {
    const taken = resource("worker", "[secret]");
    const { proof, result } = await prove([
      { urn, oldState, newState: resource("api", [layer("base", 1)]) },
      { urn: taken.urn, oldState: taken, newState: taken },
    ]);
    const error = proofFailure(createPorts(), { stack: "dev", proof });
    assert.equal(
      error?.message,
      `A preview on a copy of the stack shows that the program undoes 1 layer of a function:
  Function api: Layer base version 5 -> 1
Which versions it gives these is unknown:
  Function worker: its layers are a secret, or unknown until the update
Nothing was changed.`,
    );
    assert.deepEqual(
      [isHeldBack(result), changedLayers(result), changedLayers({ ...result, dryRun: true })],
      [true, 0, 2],
    );
    const text = renderRunMarkdown(result);
    assert.match(text, /^### ≠ .*: nothing changed, undone by the program$/m);
    assert.match(
      text,
      /^Undone by the program:\n\n\| Function .*\n.*\n\| <code>api<\/code> \| <code>base<\/code> \| 5 \| 1 \|$/m,
    );
    assert.match(text, /^Not proved:\n\n- <code>worker<\/code>: its layers/m);
  });
});
