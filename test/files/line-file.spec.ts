import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BackupFolder } from "../../sdk/files/backups";
import { LineFile } from "../../sdk/files/line-file";
import { watchSyncs } from "../support/file-syncs";
import { removeFolder, temporaryFolder } from "../support/folders";

describe("a file of lines", () => {
  let root: string;
  let path: string;
  beforeEach(async () => {
    root = await temporaryFolder();
    path = join(root, "lines");
  });
  afterEach(() => removeFolder(root));
  const text = () => readFile(path, "utf8");

  it("has each line once its append has resolved, in the order of the calls", async () => {
    await writeFile(path, "first\n");
    const file = await LineFile.open(path);
    const appended = Array.from({ length: 100 }, async (_, index) => {
      await file.append(`line ${index}`);
      assert.ok((await text()).includes(`line ${index}\n`));
    });
    await Promise.all(appended);
    await file.close();
    assert.equal(await text(), `first\n${Array.from({ length: 100 }, (_, index) => `line ${index}\n`).join("")}`);
  });

  it("has each line on the disk once its append has resolved", async () => {
    await writeFile(path, "");
    const file = await LineFile.open(path);
    let synced = 0;
    const end = await watchSyncs("datasync", ({ size }) => {
      synced = size;
    });
    try {
      for (let index = 1; index <= 3; index++) {
        await file.append("line");
        assert.equal(synced, index * "line\n".length);
      }
    } finally {
      end();
      await file.close();
    }
  });

  it("continues after a line that was cut off", async () => {
    await writeFile(path, '{"half":');
    const file = await LineFile.open(path);
    await file.append("whole");
    await file.append("more");
    await file.close();
    assert.equal(await text(), '{"half":\nwhole\nmore\n');
  });

  it("writes nothing after a line that may be half-written", async () => {
    await writeFile(path, "");
    const file = await LineFile.open(path);
    const end = await watchSyncs("datasync", () => {
      throw new Error("ENOSPC");
    });
    await assert.rejects(file.append("half"), { code: "backup-folder", message: /ENOSPC/ }).finally(end);
    await assert.rejects(file.append("later"), { code: "backup-folder" });
    await file.close();
    assert.equal(await text(), "half\n");
  });

  it("writes nothing more after a failed write", async () => {
    await writeFile(path, "");
    const file = await LineFile.open(path);
    await file.append("kept");
    await file.close();
    await assert.rejects(file.append("lost"), { code: "backup-folder", message: /^Cannot write to .*lines: / });
    await assert.rejects(file.append("later"), { code: "backup-folder" });
    assert.equal(await text(), "kept\n");
  });
});

describe("run records in the backup folder", () => {
  let root: string;
  beforeEach(async () => {
    root = await temporaryFolder();
  });
  afterEach(() => removeFolder(root));
  const now = new Date(2024, 7, 24, 14, 30, 22);
  const file = (kind: "sync" | "state" | "updated" | "rollback", content: string) => ({
    kind,
    content: [Buffer.from(content)],
  });

  it("have their own names, and the time of the run that they belong to", async () => {
    const folder = new BackupFolder("backups", root);
    const [alone] = await folder.write("dev", [file("sync", "alone\n")], now);
    assert.equal(alone?.shownPath, "backups/dev_sync_20240824_143022.jsonl");
    assert.equal((await stat(alone?.path ?? "")).mode & 0o777, 0o600);
    const [state] = await folder.write("dev", [file("state", "x"), file("updated", "y")], now);
    const [beside] = await folder.write("dev", [file("sync", "of the update\n")], new Date(), state?.shownPath);
    assert.equal(state?.shownPath, "backups/dev_state_20240824_143022_2.json");
    assert.equal(beside?.shownPath, "backups/dev_sync_20240824_143022_2.jsonl");
    assert.deepEqual(
      (await folder.list("dev")).map(({ name, madeBy }) => [name, madeBy]),
      [
        ["dev_state_20240824_143022_2.json", "update"],
        ["dev_sync_20240824_143022_2.jsonl", "update"],
        ["dev_updated_20240824_143022_2.json", "update"],
        ["dev_sync_20240824_143022.jsonl", "sync"],
      ],
    );
  });

  it("are appended to", async () => {
    const folder = new BackupFolder("backups", root);
    const [written] = await folder.write("dev", [file("sync", "first\n")], now);
    assert.ok(written);
    const lines = await folder.openForLines(written.path);
    await lines.append("second");
    await lines.close();
    assert.equal(await readFile(written.path, "utf8"), "first\nsecond\n");
  });
});
