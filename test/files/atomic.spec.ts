import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { readWhole, replaceFile, writeNew } from "../../sdk/files/atomic";
import { StateFiles } from "../../sdk/files/state-file";
import { counts } from "../support/counts";
import { watchSyncs } from "../support/file-syncs";
import { removeFolder, temporaryFolder } from "../support/folders";

describe("atomic files", () => {
  let root: string;
  beforeEach(async () => {
    root = await temporaryFolder();
  });
  afterEach(() => removeFolder(root));

  it("contain their slices one after the other, whatever the sizes", async () => {
    const sizes = fc.oneof(fc.nat(20), fc.constantFrom((1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_000));
    const property = fc.asyncProperty(fc.array(sizes, { maxLength: 6 }), async (lengths) => {
      const slices = lengths.map((length, i) => Buffer.alloc(length, 65 + i));
      const path = join(root, "file");
      await replaceFile(path, slices);
      assert.ok(Buffer.concat(slices).equals(await readWhole(path)));
      assert.deepEqual(await readdir(root), ["file"]);
    });
    await fc.assert(property, counts({ sample: 30, full: 300 }));
  });

  it("are read to the end if they are pipes, without keeping the process from anything else", async () => {
    const path = join(root, "pipe");
    execFileSync("mkfifo", [path]);
    const read = readWhole(path);
    await writeFile(path, "x".repeat(200_000)); // more than a pipe holds
    assert.equal((await read).length, 200_000);
  });

  it("are for their owner alone, even if the previous file was not", async () => {
    const path = join(root, "file");
    await writeFile(path, "old", { mode: 0o644 });
    await replaceFile(path, [Buffer.from("new")]);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it("stay unchanged if the content fails", async () => {
    const path = join(root, "file");
    await writeFile(path, "old");
    function* broken() {
      yield Buffer.from("new");
      throw new Error("broken");
    }
    await assert.rejects(replaceFile(path, broken()), /broken/);
    await assert.rejects(writeNew(`${path}2`, broken()), /broken/);
    const refuse = async () => {
      throw new Error("someone else was faster");
    };
    await assert.rejects(replaceFile(path, [Buffer.from("new")], undefined, refuse), /faster/);
    assert.equal(await readFile(path, "utf8"), "old");
    assert.deepEqual(await readdir(root), ["file"]);
  });

  it("are not written if the name is taken, even by a dangling link", async () => {
    const path = join(root, "file");
    await symlink("nowhere", path);
    assert.equal(await writeNew(path, [Buffer.from("new")]), false);
    assert.equal(await writeNew(`${path}2`, [Buffer.from("new")]), true);
    assert.deepEqual((await readdir(root)).sort(), ["file", "file2"]);
  });
});

describe("atomic files, before a power failure", () => {
  let root: string;
  let path: string;
  beforeEach(async () => {
    root = await temporaryFolder();
    path = join(root, "file");
  });
  afterEach(() => removeFolder(root));

  for (const [name, write] of [
    ["written", writeNew],
    ["replaced", replaceFile],
  ] as const) {
    it(`have their content on disk before their name, and then the name: ${name}`, async () => {
      const seen: string[] = [];
      const end = await watchSyncs("sync", (file) => {
        const what = file.isDirectory() ? "folder" : `file of ${file.size}`;
        seen.push(`${what}, ${existsSync(path) ? "named" : "without a name"}`);
      });
      try {
        await write(path, [Buffer.from("new content")]);
      } finally {
        end();
      }
      assert.deepEqual(seen, ["file of 11, without a name", "folder, named"]);
    });
  }
});

describe("state files", () => {
  let root: string;
  beforeEach(async () => {
    root = await temporaryFolder();
  });
  afterEach(() => removeFolder(root));

  it("are replaced behind a link, which stays", async () => {
    await writeFile(join(root, "real.json"), "old");
    await symlink("real.json", join(root, "link.json"));
    const files = new StateFiles(root);
    await files.replace("link.json", [Buffer.from("new")]);
    assert.equal(await readFile(join(root, "real.json"), "utf8"), "new");
    assert.equal(Buffer.from(await files.read("link.json")).toString(), "new");
    assert.equal(await files.isSame("link.json", join(root, "real.json")), true);
    assert.equal(await files.isSame("link.json", "other.json"), false);
  });

  for (const [name, file, error] of [
    ["missing", "nowhere.json", { code: "state-missing", message: /^State file not found: nowhere\.json/ }],
    ["below a file", "file/x.json", { code: "state-missing", message: /^State file not found/ }],
    ["a folder", ".", { code: "state-invalid", message: /^Cannot read the state file \.: it is a folder$/ }],
  ] as const) {
    it(`are refused if one is ${name}`, async () => {
      await writeFile(join(root, "file"), "");
      await assert.rejects(new StateFiles(root).read(file), error);
    });
  }

  for (const [name, file] of [
    ["a folder", "."],
    ["a device", "/dev/null"],
  ] as const) {
    it(`never replace ${name}`, async () => {
      await assert.rejects(new StateFiles(root).replace(file, []), {
        code: "usage",
        message: `Not a regular file, so it cannot be replaced: ${file}`,
      });
    });
  }

  it("stay unchanged if their folder is missing", async () => {
    await assert.rejects(new StateFiles(root).replace("a/b.json", []), {
      code: "usage",
      message: /^Cannot write a\/b\.json: no such file or folder\. It was not changed\.$/,
    });
  });
});
