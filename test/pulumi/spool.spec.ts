import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isSameAs, readAll, withNamelessFile } from "../../sdk/pulumi/spool";
import { removeFolder, temporaryFolder } from "../support/folders";

describe("the output of Pulumi in a file", () => {
  let root: string;
  before(async () => {
    root = await temporaryFolder();
  });
  after(() => removeFolder(root));

  const piece = 1 << 20;
  const bytes = (size: number, last = 1) => Buffer.alloc(size, "abc").fill(last, Math.max(0, size - 1));
  for (const size of [0, 1, piece - 1, piece, piece + 1, 2 * piece]) {
    it(`is read, and is the same as a file if each byte is: ${size} bytes`, () =>
      withNamelessFile(async (file) => {
        await file.writeFile(bytes(size));
        assert.ok((await readAll(file)).equals(bytes(size)));
        const path = join(root, "other");
        for (const [other, isSame] of [
          [bytes(size), true],
          [bytes(size, 2), size === 0],
          [Buffer.concat([bytes(size), bytes(1)]), false],
          [bytes(size).subarray(1), size === 0],
        ] as const) {
          await writeFile(path, other);
          assert.equal(await isSameAs(file, path), isSame, `${other.length} bytes`);
        }
      }));
  }
});
