import assert from "node:assert/strict";
import { createRequire } from "node:module";
import fc from "fast-check";
import { lazyStruct, structAt, textField } from "../../../provider/program/struct";
import { secretSignature, signatureKey } from "../../../sdk/core/state/secret";

// Pulumi's SDK encodes with Google's own library.
const { Struct } = createRequire(require.resolve("@pulumi/pulumi"))("google-protobuf/google/protobuf/struct_pb");
const encode = (value: object): Buffer => Buffer.from(Struct.fromJavaScript(value).serializeBinary());
const all = (message: Buffer) => Object.fromEntries([...lazyStruct(message)].map(([name, value]) => [name, value()]));

// Google's library loses a member with that name.
const json = fc
  .dictionary(
    fc.string(),
    fc.jsonValue({ noUnicodeString: false }).map((value) => JSON.parse(JSON.stringify(value))),
    { noNullPrototype: true },
  )
  .filter((value) => !JSON.stringify(value).includes("__proto__"));

describe("structs on the wire", () => {
  it("survive encoding and decoding", () => {
    fc.assert(fc.property(json, (value) => assert.deepEqual(all(encode(value)), JSON.parse(JSON.stringify(value)))));
  });

  it("are found in each other", () => {
    const message = encode({ a: 1, outputs: { x: { y: [true, null, "z"] } }, name: "n" });
    assert.deepEqual(structAt(message, "outputs").get("x")?.(), { y: [true, null, "z"] });
    for (const name of ["a", "none"]) assert.equal(structAt(message, name).size, 0);
  });

  it("hold secrets as their values, wherever they are", () => {
    const secret = (value: unknown) => ({ [signatureKey]: secretSignature, value });
    assert.deepEqual(all(encode({ a: secret("x"), b: [secret({ c: secret(1) })] })), { a: "x", b: [{ c: 1 }] });
  });

  it("are refused if they are truncated", () => {
    const message = encode({ abc: "def" });
    assert.throws(() => all(message.subarray(0, -1)), /ends unexpectedly/);
  });

  it("are written as they are read", () => {
    for (const text of ["", "text", "x".repeat(127), "ü".repeat(64), "x".repeat(20_000)]) {
      const value = textField(2, textField(3, text));
      assert.deepEqual(textField(1, Buffer.concat([textField(1, "name"), value])), encode({ name: text }));
    }
  });
});
