import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { parseLayerVersionArn } from "../../../sdk/core/arn";
import { LayersError } from "../../../sdk/core/errors";
import { functionTypes } from "../../../sdk/core/function-types";
import { StateError } from "../../../sdk/core/state/error";
import { type LayerEdit, layerEdits, patchState, verifyPatched } from "../../../sdk/core/state/patch";
import { scanState } from "../../../sdk/core/state/scan";
import { resourceTypes, states } from "../../support/arbitrary-states";
import { counts, tally } from "../../support/counts";
import { jsonStyles, writeJson } from "../../support/json-styles";
import { modelOf, withoutPlaces } from "../../support/state-model";
import { atVersion, awsFunction, layer, type Resource, stateOf, urn } from "../../support/states";

const styledStates = fc.record({ state: states, style: jsonStyles }).map(({ state, style }) => ({
  text: writeJson(state, style),
  state,
}));

describe("scanState, for any state in any style", () => {
  it("finds what JSON.parse finds", () => {
    fc.assert(
      fc.property(styledStates, ({ text }) => {
        tally("random states and edits");
        const facts = scanState(Buffer.from(text), { resourceTypes });
        assert.deepEqual(withoutPlaces(facts), modelOf(text, resourceTypes));
      }),
      counts({ sample: 500, full: 20_000 }),
    );
  });

  it("finds the same in every style", () => {
    fc.assert(
      fc.property(states, jsonStyles, jsonStyles, (state, one, other) => {
        tally("random states and edits");
        const [a, b] = [one, other].map((style) => scanState(Buffer.from(writeJson(state, style)), { resourceTypes }));
        assert(a && b);
        assert.deepEqual(withoutPlaces(a), withoutPlaces(b));
      }),
      counts({ sample: 200, full: 10_000 }),
    );
  });

  it("refuses a state that is cut off anywhere", () => {
    fc.assert(
      fc.property(styledStates, fc.nat(), ({ text }, place) => {
        tally("random states and edits");
        const bytes = Buffer.from(text.trimEnd());
        assert.throws(() => scanState(bytes.subarray(0, place % bytes.length), { resourceTypes }), StateError);
      }),
      counts({ sample: 200, full: 10_000 }),
    );
  });

  it("refuses a state with a changed byte, or finds what JSON.parse finds", () => {
    fc.assert(
      fc.property(styledStates, fc.nat(), fc.nat(255), ({ text }, place, byte) => {
        tally("random states and edits");
        const bytes = Buffer.from(text);
        bytes[place % bytes.length] = byte;
        const facts = scanUnlessRefused(bytes);
        if (facts) assert.deepEqual(withoutPlaces(facts), modelOf(bytes.toString(), resourceTypes));
      }),
      counts({ sample: 1000, full: 50_000 }),
    );
  });
});

describe("patchState", () => {
  it("changes the versions in an export as the AWS provider writes it, and no other byte", () => {
    const text = fs.readFileSync(path.join(__dirname, "../../data/state-two-functions.json"), "utf8");
    const patched = patch(Buffer.from(text), (arn) => (arn.includes(":mylayer:") ? atVersion(arn, 10) : undefined));
    const [before, after] = [text.split("\n"), patched.toString().split("\n")];
    const changed = after.flatMap((line, i) => (line === before[i] ? [] : [[i + 1, line.trim()]]));
    // The layer itself, and the stack's outputs, contain the same text.
    const line = '"arn:aws:lambda:us-east-1:123456789012:layer:mylayer:10",';
    assert.deepEqual(changed, [
      [259, line],
      [399, line],
      [481, line],
      [601, line],
    ]);
    assert.equal(after.length, before.length);
  });

  it("returns the same bytes, not a copy, if there is nothing to edit", () => {
    const bytes = Buffer.from(JSON.stringify(stateOf([awsFunction("f", [])])));
    const slices = [...patchState(bytes, [])];
    assert.deepEqual(slices, [bytes.subarray(0)]);
    assert.equal(slices[0]?.buffer, bytes.buffer);
  });

  it("takes another version for inputs than for outputs", () => {
    const bytes = Buffer.from(JSON.stringify(stateOf([awsFunction("f", [layer("a", 12)])])));
    const edits = layerEdits(scanState(bytes).functions, (text, fn, side) =>
      atVersion(text, side === "inputs" ? 3 : fn.name.length),
    );
    const patched = scanState(Buffer.concat([...patchState(bytes, edits)])).functions[0];
    const texts = [patched?.inputs, patched?.outputs].map(
      (recorded) => recorded?.kind === "list" && recorded.layers[0],
    );
    assert.deepEqual(
      texts.map((one) => one && one.kind === "text" && one.text),
      [layer("a", 3), layer("a", 1)],
    );
  });

  it("takes edits in any order", () => {
    const bytes = Buffer.from("[9, 8, 7]");
    const edits = [
      { start: 7, end: 8, text: "30" },
      { start: 1, end: 2, text: "10" },
    ];
    assert.equal(Buffer.concat([...patchState(bytes, edits)]).toString(), "[10, 8, 30]");
  });

  const text = `["${layer("a", 12)}", "x:\\u0031"]`;
  const digits = text.indexOf(':12"') + 1;
  const refused: [name: string, edits: LayerEdit[]][] = [
    ["letters in place of digits", [{ start: digits, end: digits + 2, text: "1a" }]],
    ["nothing in place of digits", [{ start: digits, end: digits + 2, text: "" }]],
    ["version 0", [{ start: digits, end: digits + 2, text: "0" }]],
    ["a leading zero", [{ start: digits, end: digits + 2, text: "05" }]],
    ["digits in place of letters", [{ start: digits - 1, end: digits + 2, text: "5" }]],
    ["digits in place of a quote", [{ start: digits, end: digits + 3, text: "5" }]],
    ["digits in place of nothing", [{ start: digits, end: digits, text: "5" }]],
    ["digits in place of an escape's end", [{ start: text.length - 7, end: text.length - 2, text: "5" }]],
    ["digits after the end", [{ start: 500, end: 501, text: "5" }]],
    [
      "two edits of the same place",
      [
        { start: digits, end: digits + 2, text: "5" },
        { start: digits + 1, end: digits + 2, text: "5" },
      ],
    ],
  ];
  for (const [name, edits] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => patchState(Buffer.from(text), edits),
        (error) => error instanceof LayersError && error.code === "internal",
      );
    });
  }

  it("changes the planned versions in any state, and no other byte", () => {
    fc.assert(
      fc.property(styledStates, ({ text }) => {
        tally("random states and edits");
        const bytes = Buffer.from(text);
        const edits = layerEdits(scanState(bytes, { resourceTypes }).functions, plannedTarget);
        // Backwards, so that places before an edit stay where they are.
        let expected = bytes.toString("latin1");
        for (const { start, end, text } of edits.toSorted((a, b) => b.start - a.start)) {
          expected = expected.slice(0, start) + text + expected.slice(end);
        }
        const patched = patch(bytes, plannedTarget);
        assert.equal(patched.toString("latin1"), expected);
        assert.deepEqual(JSON.parse(patched.toString()), plannedState(JSON.parse(text)));
      }),
      counts({ sample: 500, full: 20_000 }),
    );
  });

  it("changes nothing the second time", () => {
    fc.assert(
      fc.property(styledStates, ({ text }) => {
        tally("random states and edits");
        const once = patch(Buffer.from(text), plannedTarget);
        assert.deepEqual(layerEdits(scanState(once, { resourceTypes }).functions, plannedTarget), []);
        assert(patch(once, plannedTarget).equals(once));
      }),
      counts({ sample: 200, full: 10_000 }),
    );
  });
});

describe("verifyPatched", () => {
  const bytes = Buffer.from(
    JSON.stringify(stateOf([awsFunction("f", [layer("a", 1)]), awsFunction("g", [layer("a", 1)])])),
  );
  const before = scanState(bytes);
  const edits = layerEdits(before.functions, (text) => atVersion(text, 20));

  it("accepts every patched state", () => {
    fc.assert(
      fc.property(styledStates, ({ text }) => {
        tally("random states and edits");
        const facts = scanState(Buffer.from(text), { resourceTypes });
        const patched = patch(Buffer.from(text), plannedTarget);
        verifyPatched(facts, layerEdits(facts.functions, plannedTarget), scanState(patched, { resourceTypes }));
      }),
      counts({ sample: 200, full: 10_000 }),
    );
  });

  /** A state of function f as planned, and of others. */
  const stateOfF = (...others: Resource[]) =>
    Buffer.from(JSON.stringify(stateOf([awsFunction("f", [layer("a", 20)]), ...others])));

  const wrong: [name: string, state: Uint8Array][] = [
    ["the state as it was", bytes],
    ["a state that lacks an edit of inputs", Buffer.concat([...patchState(bytes, edits.slice(1))])],
    ["a state that lacks an edit of outputs", Buffer.concat([...patchState(bytes, edits.slice(0, -1))])],
    ["a state that has gained a layer", stateOfF(awsFunction("g", [layer("a", 20), layer("b", 1)]))],
    ["a state that has lost a layer", stateOfF(awsFunction("g", []))],
    ["a state that has lost a list", stateOfF(awsFunction("g", null))],
    [
      "a state with another version",
      Buffer.concat([
        ...patchState(
          bytes,
          edits.map((edit) => ({ ...edit, text: "21" })),
        ),
      ]),
    ],
    ["a state without its last function", stateOfF()],
  ];
  for (const [name, state] of wrong) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => verifyPatched(before, edits, scanState(state)),
        (error) =>
          error instanceof LayersError && error.code === "verification-failed" && /Function::[fg]/.test(error.message),
      );
    });
  }

  it("refuses a state with more or fewer resources that are not functions", () => {
    const functions = [awsFunction("f", [layer("a", 20)]), awsFunction("g", [layer("a", 20)])];
    const bucket = { urn: urn("aws:s3/bucket:Bucket", "b"), type: "aws:s3/bucket:Bucket" };
    const one = scanState(Buffer.from(JSON.stringify(stateOf(functions))));
    const other = scanState(Buffer.from(JSON.stringify(stateOf([...functions, bucket]))));
    for (const [was, is] of [
      [one, other],
      [other, one],
    ] as const) {
      assert.throws(() => verifyPatched(was, [], is), {
        code: "verification-failed",
        message: "The patched state has a different number of resources",
      });
    }
  });
});

/** A plan for any layer version ARN: layers with an `a` in their names go to a version that the name decides. */
/** Some layers move to another version, some to another layer, and the rest stay. */
function plannedTarget(text: string): string | undefined {
  const layer = parseLayerVersionArn(text);
  if (!layer) return undefined;
  if (layer.name.startsWith("to-") || !/[ab]/.test(layer.name)) return undefined;
  if (layer.name.includes("a")) return atVersion(text, layer.name.length * 7);
  return `arn:aws:lambda:eu-west-1:210987654321:layer:to-${layer.name.slice(0, 100)}:3`;
}

function patch(bytes: Uint8Array, targetFor: (arn: string) => string | undefined): Buffer {
  const edits = layerEdits(scanState(bytes, { resourceTypes }).functions, targetFor);
  return Buffer.concat([...patchState(bytes, edits)]);
}

/** The plan applied to a parsed state. */
function plannedState(state: { deployment: { resources?: Record<string, unknown>[] | null } }): object {
  const types: Record<string, string> = { ...functionTypes, ...resourceTypes };
  for (const resource of state.deployment.resources ?? []) {
    const property = types[String(resource.type)];
    for (const source of [resource.inputs, resource.outputs] as (Record<string, unknown> | null | undefined)[]) {
      const layers = property !== undefined && source && Object.hasOwn(source, property) ? source[property] : undefined;
      if (!Array.isArray(layers)) continue;
      layers.forEach((one, i) => {
        const target = typeof one === "string" ? plannedTarget(one) : undefined;
        const version = target?.slice(target.lastIndexOf(":") + 1) ?? "";
        const isSame =
          target !== undefined && one.slice(0, one.lastIndexOf(":")) === target.slice(0, -version.length - 1);
        // Versions may be written with leading zeros: only the digits change, and only if the number does.
        if (target !== undefined && !isSame) layers[i] = target;
        else if (target !== undefined && Number(one.slice(one.lastIndexOf(":") + 1)) !== Number(version))
          layers[i] = one.replace(/\d+$/, version);
      });
    }
  }
  return state;
}

function scanUnlessRefused(bytes: Uint8Array) {
  try {
    return scanState(bytes, { resourceTypes });
  } catch (error) {
    if (error instanceof StateError) return undefined;
    throw error;
  }
}
