import assert from "node:assert/strict";
import { readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reasonOf } from "../../sdk/core/system-error";
import { removeFolder, temporaryFolder } from "../support/folders";

describe("why the system refuses", () => {
  let folder: string;
  before(async () => {
    folder = await temporaryFolder();
    writeFileSync(join(folder, "file"), "");
  });
  after(() => removeFolder(folder));

  const refusals: [what: string, attempt: () => unknown, says: string][] = [
    ["a folder", () => readFileSync(folder), "it is a folder"],
    ["nothing there", () => readFileSync(join(folder, "it's, gone")), "no such file or folder"],
    ["a file in its path", () => readFileSync(join(folder, "file/x")), "part of its path is not a folder"],
    ["a name that is too long", () => readFileSync(join(folder, "x".repeat(5000))), "name too long"],
    ["no link", () => readlinkSync(join(folder, "file")), "invalid argument"],
  ];
  for (const [what, attempt, says] of refusals) {
    it(`is said in words: ${what}`, () => {
      assert.throws(attempt, (error) => reasonOf(error) === says || assert.equal(reasonOf(error), says));
    });
  }

  for (const [code, says] of [
    ["EACCES", "no permission"],
    ["EPERM", "no permission"],
    ["ENOSPC", "no space left on device"],
  ] as const) {
    it(`is said in words: ${code}`, () => {
      const error = Object.assign(new Error(`${code}: ${says}, open '/x, y'`), { code });
      assert.equal(reasonOf(error), says);
    });
  }

  it("is the message of any other error", () => {
    assert.equal(reasonOf(new Error("Something: else, altogether")), "Something: else, altogether");
    assert.equal(reasonOf("a text"), "a text");
  });
});
