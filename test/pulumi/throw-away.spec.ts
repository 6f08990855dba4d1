import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withNamelessFile } from "../../sdk/pulumi/spool";
import { withThrowAwayFolder } from "../../sdk/pulumi/throw-away";
import { withEnv } from "../aws/harness";
import { checkout } from "../support/engine";
import { run } from "../support/processes";

describe("a temporary folder", () => {
  it("is for its owner alone, and removed after work that succeeds and work that fails", async () => {
    const seen: string[] = [];
    const work = async (folder: string) => {
      seen.push(folder);
      await writeFile(join(folder, "file"), "");
      assert.equal((await stat(folder)).mode & 0o777, 0o700);
      if (seen.length > 1) throw new Error("no luck");
      return "done";
    };
    assert.equal(await withThrowAwayFolder(work), "done");
    await assert.rejects(withThrowAwayFolder(work), /no luck/);
    assert.equal(new Set(seen).size, 2);
    assert.deepEqual(seen.filter(existsSync), []);
  });

  it("cannot be made where there is no folder for it, nor can a file: what to do is said", async () => {
    const TMPDIR = join(checkout, "none");
    const expected = {
      code: "pulumi-failed",
      message: `Cannot write to the temporary folder ${TMPDIR}: no such file or folder.`,
      next: /TMPDIR/,
    };
    const restore = withEnv({ TMPDIR });
    try {
      await assert.rejects(
        withThrowAwayFolder(async () => {}),
        expected,
      );
      await assert.rejects(
        withNamelessFile(async () => {}),
        expected,
      );
    } finally {
      restore();
    }
  });

  it("is removed if the process exits in the middle of the work", async () => {
    const module = JSON.stringify(join(checkout, "sdk/pulumi/throw-away"));
    const script = `require(${module}).withThrowAwayFolder(async (folder) => {
      require("node:fs").writeFileSync(folder + "/file", "");
      console.log(folder);
      process.exit(130);
    });`;
    const args = ["--require", require.resolve("tsx/cjs"), "--eval", script];
    const { code, stdout, output } = await run(process.execPath, args, { env: process.env });
    assert.equal(code, 130, output);
    assert.equal(existsSync(stdout.trim()), false);
  });
});
