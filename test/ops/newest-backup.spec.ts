import assert from "node:assert/strict";
import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { BackupFolder } from "../../sdk/files/backups";
import { newestOfUpdates } from "../../sdk/ops/rollback-backup";
import { withEnv } from "../aws/harness";
import { removeFolder, temporaryFolder } from "../support/folders";
import { stateOf } from "../support/states";

describe("the newest backup of an update", () => {
  const restore = withEnv({});
  let root: string;
  beforeEach(async () => {
    root = await temporaryFolder();
  });
  afterEach(() => removeFolder(root));
  after(restore);

  const folder = () => new BackupFolder("backups", root);
  const at = (hour: number) => new Date(Date.UTC(2026, 5, 1, hour, 30, 22));
  /** An update at an hour UTC, made in a time zone, of a state that was saved half an hour before. */
  async function update(hour: number, zone: string, saved = at(hour - 0.5)): Promise<string> {
    process.env.TZ = zone;
    const manifest = { time: saved.toISOString(), magic: "", version: "" };
    const content = [Buffer.from(JSON.stringify(stateOf([], { manifest })))];
    const written = await folder().write(
      "dev",
      [
        { kind: "updated", content },
        { kind: "state", content },
      ],
      at(hour),
    );
    return written.find(({ kind }) => kind === "state")?.name ?? "";
  }
  async function copy(): Promise<void> {
    const now = new Date(Date.UTC(2026, 5, 9, 1, 2, 3));
    for (const name of await readdir(join(root, "backups"))) await utimes(join(root, "backups", name), now, now);
  }
  const newest = async () => (await newestOfUpdates(folder(), "dev", "Name one."))?.name;

  it("is the last one, whatever its name says, while its files keep their times", async () => {
    await update(4, "Asia/Tokyo");
    const last = await update(5, "UTC");
    process.env.TZ = "UTC";
    assert.equal(await newest(), last);
  });

  it("is undefined if there is none", async () => assert.equal(await newest(), undefined));

  it("is the last one by name among copies, unless their content suggests another order", async () => {
    await update(4, "UTC");
    const last = await update(5, "UTC");
    await copy();
    assert.equal(await newest(), last);
  });

  it("is unknown for copies whose names and states suggest different orders", async () => {
    const first = await update(4, "Asia/Tokyo");
    const last = await update(5, "UTC");
    process.env.TZ = "UTC";
    await copy();
    await assert.rejects(newest(), ({ code, message, next }) => {
      assert.deepEqual([code, next], ["backup-missing", "Name one."]);
      assert.match(message, new RegExp(`by name it is backups/${first}, but backups/${last} holds a later`));
      return true;
    });
  });
});
