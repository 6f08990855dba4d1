import assert from "node:assert/strict";
import { noteCopy } from "../../../provider/program/copies";

describe("copies of the package in one program", () => {
  it("see each other once both declare something", () => {
    const stack = {};
    assert.deepEqual(noteCopy(stack, "a"), []);
    assert.deepEqual(noteCopy(stack, "a"), []);
    assert.deepEqual(noteCopy(stack, "b"), ["a"]);
    assert.deepEqual(noteCopy(stack, "a"), ["b"]);
    assert.deepEqual(noteCopy({}, "b"), [], "in another program in the same process");
  });
});
