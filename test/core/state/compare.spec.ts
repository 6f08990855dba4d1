import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { exportOfCheckpoint, savedAt } from "../../../sdk/core/state/checkpoint";
import { compareStates } from "../../../sdk/core/state/compare";
import { StateError } from "../../../sdk/core/state/error";
import { outlineOf } from "../../../sdk/core/state/outline";
import { layerEdits, patchState } from "../../../sdk/core/state/patch";
import { scanState } from "../../../sdk/core/state/scan";
import { signatureKey } from "../../../sdk/core/state/secret";
import { secret, states } from "../../support/arbitrary-states";
import { counts } from "../../support/counts";
import { createProject, type Project } from "../../support/engine";
import { jsonStyles, pulumiStyle, writeJson } from "../../support/json-styles";
import { atVersion, awsFunction, layer, stateOf, urn } from "../../support/states";

const f = awsFunction("f", [layer("a", 1), layer("b", 2)]);
const g = awsFunction("g", [layer("a", 1)]);

describe("compareStates", () => {
  it("finds no difference that an import makes, for any state in any style", () => {
    fc.assert(
      fc.property(states, jsonStyles, jsonStyles, (state, one, other) => {
        const differences = compareStates(
          Buffer.from(writeJson(state, one)),
          Buffer.from(writeJson(imported(state), other)),
        );
        assert.deepEqual(differences, []);
      }),
      counts({ sample: 200, full: 10_000 }),
    );
  });

  const same: [name: string, one: object, other: object][] = [
    ["ciphertexts", { ...f, inputs: { x: secret } }, { ...f, inputs: { x: { ...secret, ciphertext: "v1:other" } } }],
    ["the order of keys", f, Object.fromEntries(Object.entries(f).reverse())],
    ["empty fields", { ...f, dependencies: [], protect: false, initErrors: null }, f],
    [
      "numbers that Go's float64 rounds",
      { ...f, inputs: { x: 12345678901234567890n } },
      { ...f, inputs: { x: 12345678901234567000n } },
    ],
    ["half of a surrogate pair", { ...f, id: "\ud800" }, { ...f, id: "\ufffd" }],
  ];
  for (const [name, one, other] of same) {
    it(`does not count ${name}`, () => {
      assert.deepEqual(compareStates(encode(stateOf([one])), encode(stateOf([other]))), []);
    });
  }

  it("does not count what Pulumi rewrites whenever it saves a state", () => {
    const others = { manifest: { time: "later" }, secrets_providers: { type: "passphrase", state: { salt: "other" } } };
    const state = { ...stateOf([f], others), version: 4, features: ["snippets"] };
    assert.deepEqual(compareStates(encode(stateOf([f], { pending_operations: [] })), encode(state)), []);
  });

  const inputs = f.inputs as object;
  const different: [name: string, one: object[], other: object[], expected: string[]][] = [
    [
      "another version",
      [f, g],
      [awsFunction("f", [layer("a", 1), layer("b", 3)]), g],
      ["changed f inputs.layers[1]", "changed f outputs.layers[1]"],
    ],
    [
      "an added layer",
      [{ ...f, inputs: { layers: [] } }],
      [{ ...f, inputs: { layers: ["x"] } }],
      ["added f inputs.layers[0]"],
    ],
    [
      "a removed layer",
      [{ ...f, inputs: { layers: ["x"] } }],
      [{ ...f, inputs: { layers: [] } }],
      ["removed f inputs.layers[0]"],
    ],
    ["an empty property", [f], [{ ...f, inputs: { ...inputs, x: null } }], ["added f inputs.x"]],
    ["a property of another type", [f], [{ ...f, inputs: { ...inputs, timeout: "30" } }], ["changed f inputs.timeout"]],
    [
      "a list in place of an object",
      [{ ...f, inputs: { x: {} } }],
      [{ ...f, inputs: { x: [] } }],
      ["changed f inputs.x"],
    ],
    [
      "a secret that no longer is one",
      [{ ...f, inputs: { x: secret } }],
      [{ ...f, inputs: { x: "plain" } }],
      ["changed f inputs.x"],
    ],
    [
      "a secret that is an object in plaintext",
      [{ ...f, inputs: { x: secret } }],
      [{ ...f, inputs: { x: { ciphertext: secret.ciphertext } } }],
      [`removed f inputs.x.${signatureKey}`],
    ],
    [
      "an object that became a secret",
      [{ ...f, inputs: { x: { ciphertext: secret.ciphertext } } }],
      [{ ...f, inputs: { x: secret } }],
      [`added f inputs.x.${signatureKey}`],
    ],
    [
      "a key that all objects inherit",
      [{ ...f, inputs: { x: 1 } }],
      [{ ...f, inputs: { x: 1, toString: 1 } }],
      ["added f inputs.toString"],
    ],
    ["a field of the resource", [f], [{ ...f, protect: true }], ["added f protect"]],
    ["an added resource", [f], [f, g], ["added g "]],
    ["a removed resource", [f, g], [g], ["removed f "]],
    ["another resource", [f], [g], ["removed f ", "added g "]],
    ["another order", [f, g], [g, f], ["moved f "]],
  ];
  for (const [name, one, other, expected] of different) {
    it(`finds ${name}`, () => {
      const found = compareStates(encode(stateOf(one)), encode(stateOf(other)));
      assert.deepEqual(
        found.map(({ urn, path, kind }) => `${kind} ${urn?.split("::").at(-1)} ${path}`),
        expected,
      );
    });
  }

  it("finds differences outside of the resources", () => {
    const operation = { type: "creating", resource: f };
    const others = { pending_operations: [operation], secrets_providers: { type: "cloud" }, metadata: { x: 1 } };
    assert.deepEqual(
      compareStates(encode(stateOf([f])), encode(stateOf([f], { ...others })))
        .map(({ path }) => path)
        .sort(),
      ["metadata", "pending_operations", "secrets_providers.type"],
    );
  });

  it("stops at its limit", () => {
    const resources = Array.from({ length: 50 }, (_, i) => awsFunction(`f${i}`, [layer("a", 1)]));
    const others = Array.from({ length: 50 }, (_, i) => awsFunction(`f${i}`, [layer("a", 2)]));
    const [a, b] = [encode(stateOf(resources)), encode(stateOf(others))];
    assert.deepEqual([compareStates(a, b).length, compareStates(a, b, { limit: 3 }).length], [20, 3]);
  });

  it("compares values of any depth", () => {
    const deep = (inner: string) =>
      Buffer.from(
        JSON.stringify(stateOf([{ ...f, inputs: { x: "here" } }])).replace(
          '"here"',
          "[".repeat(9_000) + inner + "]".repeat(9_000),
        ),
      );
    const [difference, ...others] = compareStates(deep("1"), deep("2"));
    assert.deepEqual(
      [difference?.kind, difference?.path.length, others],
      ["changed", "inputs.x".length + 3 * 9_000, []],
    );
  });

  it("refuses anything but an export", () => {
    for (const text of ["", "[]", "{}", '{"deployment":null}', '{"deployment":{"resources":{}}}']) {
      assert.throws(() => compareStates(encode(stateOf([])), Buffer.from(text)), StateError);
    }
  });

  describe("on the real engine", () => {
    let project: Project;
    before(async () => {
      project = await createProject({ name: "realaws" });
    });
    after(() => project.dispose());

    it("finds the planned changes after the import of a patched export, and nothing else", async () => {
      const written = path.join(project.dir, "state.json");
      const importState = async (bytes: Uint8Array) => {
        fs.writeFileSync(written, bytes);
        await project.succeeds(["stack", "import", "--file", written]);
        return Buffer.from(await project.exportText());
      };
      const { ciphertext: _, ...signature } = secret;
      const plaintext = { ...signature, plaintext: '"hush"' };
      const odd = { z: "<&>\u2028\ud800", a: [1.5e300, -0, 12345678901234567890n, null, [], {}], token: plaintext };
      const stackResource = { urn: urn("pulumi:pulumi:Stack", "shop-dev"), custom: false, type: "pulumi:pulumi:Stack" };
      const provider = {
        urn: urn("pulumi:providers:aws", "aws"),
        custom: true,
        id: "9cfb03e0-34b0-4be6-9214-8a78c7a08fed",
        type: "pulumi:providers:aws",
      };
      const strange = { ...f, inputs: { ...inputs, odd }, delete: false, dependencies: [], unheardOf: null };
      const { deployment } = await project.exportStack();
      const state = { version: 4, deployment: { ...deployment, resources: [stackResource, provider, strange, g] } };
      const first = Buffer.from(writeJson(state, pulumiStyle));

      const exported = await importState(first);
      assert(exported.includes("ciphertext") && !exported.includes("hush"));
      assert.deepEqual(compareStates(first, exported), []);

      const edits = layerEdits(scanState(exported).functions, (arn) =>
        arn.includes(":a:") ? atVersion(arn, 7) : undefined,
      );
      const patched = Buffer.concat([...patchState(exported, edits)]);
      const again = await importState(patched);
      assert(!again.equals(patched), "Pulumi is known to encrypt secrets anew");
      assert.deepEqual(compareStates(patched, again), []);
      assert.deepEqual(
        compareStates(exported, again).map(({ urn, path }) => `${urn?.split("::").at(-1)} ${path}`),
        ["f inputs.layers[0]", "f outputs.layers[0]", "g inputs.layers[0]", "g outputs.layers[0]"],
      );
    });
  });
});

function encode(state: object): Buffer {
  return Buffer.from(writeJson(state, pulumiStyle));
}

/** What an export holds after its import, with everything that an import is known to change. */
function imported(state: Record<string, unknown>): unknown {
  const deployment = state.deployment as { resources?: object[]; secrets_providers?: object };
  const providers = deployment.secrets_providers && { ...deployment.secrets_providers, state: { salt: "v1:other" } };
  return rewritten({
    version: 3,
    deployment: {
      ...deployment,
      manifest: { time: "later" },
      secrets_providers: providers,
      resources: deployment.resources?.map((resource) =>
        Object.fromEntries(
          Object.entries(resource).filter(([, value]) => value !== null && value !== false && value !== ""),
        ),
      ),
    },
  });
}

/** The same value with keys in another order, other ciphertexts, and no halves of surrogate pairs. */
function rewritten(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(rewritten);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, rewritten(member)]);
  const object = Object.fromEntries(entries.reverse());
  return object.ciphertext === undefined ? object : { ...object, ciphertext: "v1:other" };
}

describe("what a file backend stores for a stack", () => {
  const latest = { manifest: { time: "2026-11-26T10:00:00Z" }, resources: [{ urn: "a" }, { urn: "b" }] };
  const kept = Buffer.from(JSON.stringify({ checkpoint: { stack: "dev", latest, config: {} }, version: 3 }));
  const exported = Buffer.concat(exportOfCheckpoint(kept));

  it("is an export with the same bytes, made without a copy", () => {
    assert.deepEqual(JSON.parse(exported.toString()), { version: 3, deployment: latest });
    assert.ok(exportOfCheckpoint(kept).some(({ buffer }) => buffer === kept.buffer));
    assert.equal(savedAt(kept, "checkpoint"), savedAt(exported));
  });

  it("is compared in place", () => {
    const outline = outlineOf(kept, undefined, "checkpoint");
    assert.deepEqual(compareStates(outline, exported), []);
    const other = Buffer.from(exported.toString().replace('"urn":"b"', '"urn":"c"'));
    assert.equal(compareStates(outline, other).length, 2);
    assert.throws(() => outlineOf(exported, undefined, "checkpoint"), StateError);
  });
});
