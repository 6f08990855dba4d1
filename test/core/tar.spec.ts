import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tarOf } from "../../sdk/core/tar";
import { removeFolder, temporaryFolder } from "../support/folders";

describe("an archive", () => {
  it("is one that tar unpacks", async () => {
    const folder = await temporaryFolder();
    try {
      const contents: Record<string, string> = { empty: "", "a/b.txt": "x".repeat(512), "a/c/d.js": "é\n".repeat(400) };
      const entries = Object.entries(contents).map(([path, text]) => ({
        path,
        content: Buffer.from(text),
        mode: 0o640,
      }));
      await writeFile(
        join(folder, "all.tar"),
        tarOf([...entries, { path: "run", content: Buffer.from("#!"), mode: 0o755 }]),
      );
      await mkdir(join(folder, "out"));
      execFileSync("tar", ["-xf", "../all.tar"], { cwd: join(folder, "out") });
      for (const [path, text] of Object.entries(contents))
        assert.equal(await readFile(join(folder, "out", path), "utf8"), text);
      assert.equal((await stat(join(folder, "out/run"))).mode & 0o777, 0o755);
      assert.equal((await stat(join(folder, "out/empty"))).mode & 0o777, 0o640);
    } finally {
      await removeFolder(folder);
    }
  });

  it("refuses a path that its format cannot store", () => {
    assert.throws(() => tarOf([{ path: "x".repeat(101), content: new Uint8Array(), mode: 0o644 }]), RangeError);
  });
});
