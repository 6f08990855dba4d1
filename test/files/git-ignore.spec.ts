import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BackupFolder } from "../../sdk/files/backups";
import { removeFolder, temporaryFolder } from "../support/folders";

describe("the backup folder in a git repository", () => {
  let root: string;
  let infra: string;
  beforeEach(async () => {
    root = await temporaryFolder();
    infra = join(root, "infra");
    await mkdir(infra);
    execFileSync("git", ["init", "--quiet", root]);
  });
  afterEach(() => removeFolder(root));
  const missing = (folder = "backups", cwd = infra) => new BackupFolder(folder, cwd).missingIgnoreLine();

  it("needs an ignore line with its path", async () => {
    assert.equal(await missing(), "backups/");
    assert.equal(await missing("out/states/"), "out/states/");
    assert.equal(await missing(join(infra, "backups")), "backups/");
  });

  const covering: [file: string, text: string][] = [
    [".gitignore", "backups/\n"],
    [".gitignore", "backups"],
    [".gitignore", "# states\n/infra/back*/\n"],
    ["infra/.gitignore", "/backups/\n"],
    ["infra/.gitignore", "*_state_*.json\n"],
    [".git/info/exclude", "backups/\n"],
  ];
  for (const [file, text] of covering) {
    it(`is ignored already by ${JSON.stringify(text)} in ${file}`, async () => {
      await writeFile(join(root, file), text);
      assert.equal(await missing(), undefined);
    });
  }

  it("is not ignored if a later line negates it", async () => {
    await writeFile(join(root, ".gitignore"), "backups/\n!backups/\n");
    assert.equal(await missing(), "backups/");
  });

  it("does not matter elsewhere, without a repository, and without git", async () => {
    assert.equal(await missing("../backups"), undefined);
    assert.equal(await missing("."), undefined);
    await removeFolder(join(root, ".git"));
    assert.equal(await missing(), undefined);
    assert.equal(await missing("backups", join(root, "none")), undefined);
  });

  for (const [before, after] of [
    [undefined, "backups/\n"],
    ["node_modules/\n", "node_modules/\nbackups/\n"],
    ["node_modules/", "node_modules/\nbackups/\n"],
  ] as const) {
    it(`is ignored from then on, after ${JSON.stringify(before)}`, async () => {
      if (before !== undefined) await writeFile(join(infra, ".gitignore"), before);
      await new BackupFolder("backups", infra).addIgnoreLine("backups/");
      assert.equal(await readFile(join(infra, ".gitignore"), "utf8"), after);
      assert.equal(await missing(), undefined);
    });
  }

  it("cannot be ignored if .gitignore cannot be written", async () => {
    await mkdir(join(infra, ".gitignore"));
    await assert.rejects(new BackupFolder("backups", infra).addIgnoreLine("backups/"), {
      code: "usage",
      message: "Cannot write .gitignore: it is a folder. It was not changed.",
    });
  });
});
