import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import { StateError, type StateProblem } from "../../../sdk/core/state/error";
import { afterSpace, afterValue } from "../../../sdk/core/state/json";
import { jsonValues } from "../../support/arbitrary-states";
import { counts } from "../../support/counts";
import { jsonStyles, writeJson } from "../../support/json-styles";

describe("afterValue", () => {
  const refused: [name: string, text: string, offset: number, problem?: StateProblem][] = [
    ["nothing", "", 0],
    ["only white space", " \n ", 3],
    ["a trailing comma in a list", "[1,]", 3],
    ["a trailing comma in an object", '{"a":1,}', 7],
    ["a list that ends too early", "[1", 2],
    ["an object that ends too early", '{"a":1', 6],
    ["a key without a value", '{"a"}', 4],
    ["a key that is not a string", "{1:2}", 1],
    ["the wrong closing mark", "[1}", 2],
    ["two values without a comma", "[1 2]", 3],
    ["NaN", "[NaN]", 1],
    ["Infinity", "[-Infinity]", 2],
    ["a number with a plus", "[+1]", 1],
    ["a number with a leading zero", "[01]", 2],
    ["a number without digits after its point", "[1.]", 3],
    ["a number that starts with its point", "[.5]", 1],
    ["a number without an exponent", "[1e]", 3],
    ["a hexadecimal number", "[0x1]", 2],
    ["a misspelled word", "[nul]", 4],
    ["a word in upper case", "[True]", 1],
    ["undefined", "[undefined]", 1],
    ["single quotes", "['a']", 1],
    ["a comment", "[/* */1]", 1],
    ["a string that ends too early", '["ab', 4],
    ["a line break in a string", '["a\nb"]', 3],
    ["a control character in a string", '["\u0000"]', 2],
    ["the last control character in a string", '["\u001f"]', 2],
    ["an unknown escape", '["\\x41"]', 3],
    ["a unicode escape that is too short", '["\\u12"]', 6],
    ["a string that ends in an escape", '["\\', 3],
    ["another kind of white space", "[\u00a01]", 1],
    ["more levels than Pulumi reads", "[".repeat(10_001), 10_000, "depth"],
  ];
  for (const [name, text, offset, problem = "json"] of refused) {
    it(`refuses ${name} at its place`, () => assertRefused(Buffer.from(text), offset, problem));
  }

  const notUtf8: [name: string, bytes: number[], offset: number][] = [
    ["a lone continuation byte", [0x80], 0],
    ["a form that is longer than necessary", [0xc0, 0xaf], 0],
    ["three bytes for what fits in two", [0xe0, 0x9f, 0xbf], 1],
    ["a surrogate", [0xed, 0xa0, 0x80], 1],
    ["four bytes for what fits in three", [0xf0, 0x8f, 0xbf, 0xbf], 1],
    ["a code point above U+10FFFF", [0xf4, 0x90, 0x80, 0x80], 1],
    ["a byte that never occurs", [0xff], 0],
    ["a character that is cut off by the end of the string", [0xe2, 0x82], 2],
  ];
  for (const [name, bytes, offset] of notUtf8) {
    it(`refuses ${name} in a string`, () => {
      const text = Buffer.concat([Buffer.from('["ab'), Buffer.from(bytes), Buffer.from('"]')]);
      assertRefused(text, 4 + offset, "utf8");
    });
  }

  it("counts lines, and columns in characters", () => {
    const text = Buffer.from('[\r\n  "é😀", x]');
    const error = refusal(text);
    assert.deepEqual([error.line, error.column, error.offset], [2, 9, 15]);
    assert.match(error.message, /at byte 15 \(line 2, column 9\)/);
  });

  it("accepts as many levels as Pulumi reads", () => {
    const text = Buffer.from("[".repeat(10_000) + "]".repeat(10_000));
    assert.equal(afterValue(text, 0, 0), text.length);
  });

  it("accepts numbers of any size and unpaired surrogates, as they are kept as text", () => {
    const text = Buffer.from(`[1e999, -0, ${"9".repeat(400)}, 1E-7, "\\ud800", "\\udfff\\ud800"]`);
    assert.equal(afterValue(text, 0, 0), text.length);
  });

  it("ends where the value ends, for any value in any style", () => {
    fc.assert(
      fc.property(jsonValues, jsonStyles, (value, style) => {
        const text = Buffer.from(writeJson(value, { ...style, end: "" }));
        assert.equal(afterValue(Buffer.concat([text, Buffer.from(" ]")]), 0, 0), text.length);
      }),
      counts({ sample: 200, full: 10_000 }),
    );
  });

  it("agrees with JSON.parse on any bytes", () => {
    const parts = fc.constantFrom(
      ...'{}[]:,"\\u0019eE+-. \n\t',
      '"a":',
      "true",
      "null",
      "1.5",
      "\\u0041",
      "é",
      "\u0000",
    );
    const texts = fc.array(parts, { maxLength: 12 }).map((all) => Buffer.from(all.join("")));
    fc.assert(
      fc.property(fc.oneof(texts, fc.uint8Array({ maxLength: 6 })), (bytes) => {
        assert.equal(isAccepted(bytes), isJson(bytes));
      }),
      counts({ sample: 3000, full: 300_000 }),
    );
  });

  it("agrees with JSON.parse on a value with one byte changed, removed or added, or its end cut off", () => {
    const changes = fc.constantFrom<(bytes: Buffer, at: number, byte: number) => Buffer>(
      (bytes, at, byte) => Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at + 1)]),
      (bytes, at, byte) => Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at)]),
      (bytes, at) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]),
      (bytes, at) => bytes.subarray(0, at),
    );
    const bytes = fc.oneof(fc.constantFrom(...Buffer.from('{}[]:,"\\0-.e tfn')), fc.nat(255));
    fc.assert(
      fc.property(jsonValues, jsonStyles, changes, fc.nat(), bytes, (value, style, change, place, byte) => {
        const text = Buffer.from(writeJson(value, style));
        const changed = change(text, place % text.length, byte);
        assert.equal(isAccepted(changed), isJson(changed));
      }),
      counts({ sample: 3000, full: 300_000 }),
    );
  });
});

function isAccepted(bytes: Uint8Array): boolean {
  try {
    return afterSpace(bytes, afterValue(bytes, afterSpace(bytes, 0), 0)) === bytes.length;
  } catch (error) {
    if (error instanceof StateError) return false;
    throw error;
  }
}

function isJson(bytes: Uint8Array): boolean {
  if (!isUtf8(bytes)) return false;
  try {
    JSON.parse(Buffer.from(bytes).toString());
    return true;
  } catch {
    return false;
  }
}

function refusal(bytes: Uint8Array): StateError {
  try {
    afterValue(bytes, afterSpace(bytes, 0), 0);
  } catch (error) {
    if (error instanceof StateError) return error;
    throw error;
  }
  throw new Error("accepted");
}

function assertRefused(bytes: Uint8Array, offset: number, problem: StateProblem): void {
  const error = refusal(bytes);
  assert.deepEqual([error.problem, error.offset, error.code], [problem, offset, "state-invalid"]);
}
