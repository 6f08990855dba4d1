import assert from "node:assert/strict";
import fc from "fast-check";
import { holdsPlaintext } from "../../../sdk/core/state/plaintext";
import { secretSignature, signatureKey } from "../../../sdk/core/state/secret";
import { counts } from "../../support/counts";
import { awsFunction, stateOf } from "../../support/states";

const encode = (content: unknown, indent?: number) => Buffer.from(JSON.stringify(content, null, indent));
const shown = { [signatureKey]: secretSignature, plaintext: '"hunter2"' };

describe("a state's secrets", () => {
  const cases: Record<string, [holds: boolean, value: unknown]> = {
    "are in plaintext after --show-secrets": [true, shown],
    "are in plaintext in whatever order their keys stand": [true, { plaintext: "1", [signatureKey]: secretSignature }],
    "are in plaintext with other keys between": [
      true,
      { [signatureKey]: secretSignature, a: [{ b: '}"' }, "\\"], ciphertext: "v1:", plaintext: "1" },
    ],
    "are in plaintext inside of one that is not": [true, { plaintext: shown }],
    "are ciphertext otherwise": [false, { [signatureKey]: secretSignature, ciphertext: "v1:0PIe3tyzXOcj" }],
    "are no variable of that name": [false, { variables: { plaintext: "yes", STAGE: "dev" } }],
    "are no variable beside a secret": [
      false,
      { variables: { TOKEN: { [signatureKey]: secretSignature, ciphertext: "v1:" }, plaintext: "yes" } },
    ],
    "are no variable in what is marked as something else": [
      false,
      { [signatureKey]: "c44067f5952c0a294b673a41bacd8c17", plaintext: "an asset's" },
    ],
    "are no text that holds the word": [
      false,
      { [signatureKey]: secretSignature, a: 'is "plaintext": 1', b: '\\"plaintext' },
    ],
    "are no value that is the word": [false, { [signatureKey]: secretSignature, a: "plaintext" }],
  };
  for (const [what, [holds, value]] of Object.entries(cases)) {
    it(what, () => {
      const state = stateOf([awsFunction("fn", [], { inputs: { name: "fn", value }, outputs: {} })]);
      for (const indent of [undefined, 4]) assert.equal(holdsPlaintext(encode(state, indent)), holds);
      // A slice of a larger buffer, as a file may be.
      const within = Buffer.concat([encode(shown), encode(state)]).subarray(encode(shown).length);
      assert.equal(holdsPlaintext(within), holds);
    });
  }

  it("are found as by parsing all of it", () => {
    const texts = ["plaintext", 'plaintext"', '"plaintext":', '\\"plaintext', "{", "]", signatureKey, secretSignature];
    const key = fc.constantFrom("a", "plaintext", '"plaintext', signatureKey);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5, withCrossShrink: true },
        fc.constantFrom<unknown>(...texts, 1, null, true),
        fc.dictionary(key, tie("value"), { maxKeys: 4 }),
        fc.array(tie("value"), { maxLength: 3 }),
      ),
    }));
    const property = fc.property(value, fc.constantFrom(undefined, 2), (content, indent) => {
      assert.equal(holdsPlaintext(encode(content, indent)), hasShown(content));
    });
    fc.assert(property, counts({ sample: 1000, full: 100_000 }));
  });
});

function hasShown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const isSecret = (value as Record<string, unknown>)[signatureKey] === secretSignature && "plaintext" in value;
  return isSecret || Object.values(value).some(hasShown);
}
