import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { sha256 } from "../../sdk/core/sha256";

const expected = (text: string) => createHash("sha256").update(text).digest("hex");

describe("sha256", () => {
  it("is what node:crypto says, for texts of every length up to several blocks", () => {
    for (let length = 0; length < 300; length++) {
      const text = "v3.259.0-\u00e9".repeat(30).slice(0, length);
      assert.equal(sha256(text), expected(text), `${length}`);
    }
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 500 }), (text) => sha256(text) === expected(text)));
  });
});
