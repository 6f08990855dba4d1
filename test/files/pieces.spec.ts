import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { compareStates } from "../../sdk/core/state/compare";
import { outlineOf } from "../../sdk/core/state/outline";
import { FileSource } from "../../sdk/files/pieces";
import { StateFiles } from "../../sdk/files/state-file";
import { counts } from "../support/counts";
import { removeFolder, temporaryFolder } from "../support/folders";
import { awsFunction, layer, stateOf } from "../support/states";

describe("a file that is read in parts", () => {
  let root: string;
  before(async () => {
    root = await temporaryFolder();
  });
  after(() => removeFolder(root));

  it("has the bytes of the file, wherever a part is", async () => {
    const bytes = Buffer.from(
      Uint8Array.from({ length: (1 << 20) + 5000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff),
    );
    await writeFile(join(root, "bytes"), bytes);
    const source = new FileSource(join(root, "bytes"));
    try {
      assert.equal(source.size, bytes.length);
      const place = fc.oneof(fc.nat(bytes.length), fc.constantFrom(0, 1 << 20, (1 << 20) + 1, bytes.length));
      const property = fc.property(fc.array(fc.tuple(place, place), { minLength: 1, maxLength: 5 }), (parts) => {
        for (const [one, other] of parts) {
          const [start, end] = [Math.min(one, other), Math.max(one, other)];
          assert.ok(bytes.subarray(start, end).equals(source.read(start, end)), `${start} to ${end}`);
        }
      });
      fc.assert(property, counts({ sample: 30, full: 1000 }));
    } finally {
      source.close();
    }
  });

  it("is compared with another state as if it were in memory", async () => {
    const made = (versions: readonly number[], others: object = {}) =>
      Buffer.from(
        JSON.stringify(
          stateOf(
            versions.map((one, i) => awsFunction(`f${i}`, [layer("base", one)])),
            { ...others },
          ),
        ),
      );
    const state = made([1, 2, 3, 4]);
    await writeFile(join(root, "state"), state);
    const source = new FileSource(join(root, "state"));
    try {
      const outline = outlineOf(state, source);
      state.fill(0);
      for (const other of [made([1, 2, 3, 4]), made([1, 9, 3, 8]), made([1, 2]), made([], { pending_operations: [1] })])
        assert.deepEqual(compareStates(outline, other), compareStates(made([1, 2, 3, 4]), other));
    } finally {
      source.close();
    }
  });

  it("has the digest of its bytes; none if it does not exist", async () => {
    await writeFile(join(root, "digested"), "some bytes");
    const files = new StateFiles(root);
    assert.equal(await files.digest("digested"), createHash("sha256").update("some bytes").digest("hex"));
    assert.equal(await files.digest("missing"), undefined);
    assert.equal(await files.digest("."), undefined);
  });
});
