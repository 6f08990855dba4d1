import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import {
  appendFile,
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { formatRunLine, runLine } from "../../sdk/core/run-line";
import { BackupFolder } from "../../sdk/files/backups";
import { withEnv } from "../aws/harness";
import { removeFolder, temporaryFolder } from "../support/folders";

const now = new Date(2024, 7, 24, 14, 30, 22);
const content = (text: string) => [Buffer.from(text)];
const pair = (text: string) => [
  { kind: "updated" as const, content: content(`${text} after`) },
  { kind: "state" as const, content: content(`${text} before`) },
];

describe("the backup folder", () => {
  let root: string;
  beforeEach(async () => {
    root = await temporaryFolder();
  });
  afterEach(() => removeFolder(root));
  const folder = (name = "backups") => new BackupFolder(name, root);
  const text = (name: string) => readFile(join(root, "backups", name), "utf8");

  it("is created for its owner alone, and so are its files", async () => {
    const written = await folder("deep/backups").write("dev", pair("x"), now);
    assert.deepEqual(
      written.map(({ shownPath, madeBy, bytes }) => [shownPath, madeBy, bytes]),
      [
        ["deep/backups/dev_state_20240824_143022.json", "update", 8],
        ["deep/backups/dev_updated_20240824_143022.json", "update", 7],
      ],
    );
    for (const path of ["deep", "deep/backups"]) assert.equal((await stat(join(root, path))).mode & 0o777, 0o700);
    for (const { path } of written) assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it("is not created by reading it", async () => {
    assert.deepEqual(await folder().list(), []);
    assert.equal(await folder().notedImport("dev"), undefined);
    assert.deepEqual(await readdir(root), []);
  });

  it("is not called empty if its parent folder does not exist", async () => {
    await assert.rejects(new BackupFolder("backups", join(root, "none")).list(), {
      code: "backup-folder",
      message: "Cannot read the backup folder backups: no such file or folder",
    });
  });

  it("never overwrites: runs of one second get numbers, the same for both files", async () => {
    await folder().write("dev", pair("one"), now);
    await writeFile(join(root, "backups/dev_updated_20240824_143022_2.json"), "somebody else's");
    await folder().write("dev", pair("two"), now);
    await Promise.all(["a", "b", "c"].map((name) => folder().write("prod", pair(name), now)));
    const names = (await readdir(join(root, "backups"))).sort();
    const both = (end: string) => [`_state_20240824_143022${end}.json`, `_updated_20240824_143022${end}.json`];
    const expected = [
      ...["", "_3"].flatMap(both).map((name) => `dev${name}`),
      "dev_updated_20240824_143022_2.json",
      ...["", "_2", "_3"].flatMap(both).map((name) => `prod${name}`),
    ];
    assert.deepEqual(names, expected.sort());
    assert.equal(await text("dev_state_20240824_143022.json"), "one before");
    assert.equal(await text("dev_state_20240824_143022_3.json"), "two before");
    assert.equal(await text("dev_updated_20240824_143022_2.json"), "somebody else's");
  });

  it("leaves no file with a number that another run takes at the same moment", async () => {
    await folder().write("dev", [], now);
    const other = join(root, "backups/dev_state_20240824_143022.json");
    const late: Iterable<Uint8Array> = {
      *[Symbol.iterator]() {
        // While the first file is being written, the other run writes its second one.
        writeFileSync(other, "theirs");
        yield Buffer.from("after");
      },
    };
    const files = [
      { kind: "updated" as const, content: late },
      { kind: "state" as const, content: content("before") },
    ];
    const names = (await folder().write("dev", files, now)).map(({ name }) => name).sort();
    assert.deepEqual(names, ["dev_state_20240824_143022_2.json", "dev_updated_20240824_143022_2.json"]);
    assert.deepEqual(
      (await readdir(join(root, "backups"))).sort(),
      ["dev_state_20240824_143022.json", ...names].sort(),
    );
    assert.equal(await text("dev_state_20240824_143022.json"), "theirs");
  });

  it("leaves no file of a run if one of them cannot be written", async () => {
    const broken: Iterable<Uint8Array> = {
      *[Symbol.iterator]() {
        yield Buffer.from("bef");
        throw new Error("ENOSPC: no space left on device, write");
      },
    };
    const files = [
      { kind: "updated" as const, content: content("after") },
      { kind: "state" as const, content: broken },
    ];
    await assert.rejects(folder().write("dev", files, now), { code: "backup-folder", message: /no space left/ });
    assert.deepEqual(await readdir(join(root, "backups")), []);
  });

  it("distinguishes a rollback's state from an update's by the file that the rollback imported", async () => {
    await folder().write("dev", pair("update"), now);
    const rollback = [{ kind: "rollback" as const, content: content("r") }, ...pair("back").slice(1)];
    await folder().write("dev", rollback, new Date(now.getTime() + 1000));
    assert.deepEqual(
      (await folder().list("dev")).map(({ name, madeBy }) => `${name} ${madeBy}`),
      [
        "dev_rollback_20240824_143023.json rollback",
        "dev_state_20240824_143023.json rollback",
        "dev_state_20240824_143022.json update",
        "dev_updated_20240824_143022.json update",
      ],
    );
  });

  describe("in other time zones", () => {
    const restore = withEnv({});
    after(restore);
    const hours = (count: number) => new Date(Date.UTC(2024, 10, 3, 4, 30, 22) + count * 3_600_000);
    /** Runs in chronological order: in which time zone, and their files' stamps. */
    const runs = [
      ["Asia/Tokyo", hours(0), "20241103_133022"],
      ["America/New_York", hours(1), "20241103_013022"],
      ["America/New_York", hours(2), "20241103_013022_2"], // the hour that comes twice
      ["Pacific/Pago_Pago", hours(3), "20241102_203022"],
      ["Asia/Kathmandu", hours(4), "20241103_141522"],
      ["UTC", hours(5), "20241103_093022"],
    ] as const;
    const stamps = runs.map(([, , name]) => name);
    const isIn = (zone: string) => {
      process.env.TZ = zone;
    };

    for (const kind of ["state", "sync"] as const) {
      it(`sorts runs chronologically, in whatever time zones they were made and are read: ${kind}`, async () => {
        for (const [zone, time] of runs) {
          isIn(zone);
          const record = `${formatRunLine(runLine({ stack: "dev", at: time, sites: [] }))}\n`;
          const files = kind === "sync" ? [{ kind, content: content(record) }] : pair(time.toISOString());
          const [written] = await folder().write("dev", files, time);
          if (kind === "sync") await appendFile(written?.path ?? "", '{"line":"ended"}\n');
        }
        for (const zone of ["UTC", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati"]) {
          isIn(zone);
          const found = (await folder().list("dev")).filter((one) => one.kind === kind);
          assert.deepEqual(
            found.map(({ time }) => time).reverse(),
            runs.map(([, time]) => time),
            zone,
          );
          const names = found.map(({ name }) => /\d{8}_\d{6}(_2)?/.exec(name)?.[0]).reverse();
          assert.deepEqual(names, stamps, zone);
        }
      });
    }

    it("uses the names of files that were copied", async () => {
      isIn("UTC");
      for (const [, time] of runs) await folder().write("dev", pair("x"), time);
      const copied = new Date(Date.UTC(2024, 10, 4, 1, 2, 3));
      for (const name of await readdir(join(root, "backups")))
        await utimes(join(root, "backups", name), copied, copied);
      const found = (await folder().list("dev")).filter(({ kind }) => kind === "state");
      assert.deepEqual(
        found.map(({ time }) => time).reverse(),
        runs.map(([, time]) => time),
      );
    });
  });

  it("recognises a copy by the missing imported file", async () => {
    await folder().write("dev", pair("of a state file").slice(1), now);
    assert.deepEqual(
      (await folder().list("dev")).map(({ name, madeBy }) => `${name} ${madeBy}`),
      ["dev_state_20240824_143022.json copy"],
    );
  });

  it("lists only a stack's own files, whatever stacks are called", async () => {
    for (const stack of ["dev", "dev_state", "acme/shop/dev", "../dev", "--help"])
      await folder().write(stack, pair(stack), now);
    await mkdir(join(root, "backups/dev_state_20200101_000000.json"));
    await symlink("nowhere", join(root, "backups/dev_state_20200101_000001.json"));
    for (const stack of ["dev", "dev_state", "acme/shop/dev", "../dev", "--help"]) {
      const names = (await folder().list(stack)).map(({ path }) => path);
      assert.equal(names.length, 2, stack);
      assert.equal(await readFile(names[0] ?? "", "utf8"), `${stack} before`);
    }
    assert.equal((await folder().list()).length, 10);
    assert.deepEqual(await readdir(root), ["backups"]);
  });

  it("finds a file by path and by name", async () => {
    const [written] = await folder().write("dev", pair("x"), now);
    const name = written?.name ?? "";
    for (const [given, shownPath] of [
      [name, `backups/${name}`],
      [`backups/${name}`, `backups/${name}`],
      [written?.path ?? "", written?.path],
    ] as const) {
      assert.deepEqual(await folder().find(given), { path: written?.path, shownPath });
    }
    for (const missing of ["dev_state_20200101_000000.json", "backups", "/nowhere/x"]) {
      await assert.rejects(folder().find(missing), {
        code: "backup-missing",
        message: `Backup not found: ${missing}.`,
      });
    }
  });

  it("remembers an import until it ends, and not that of another run", async () => {
    const [state, updated] = await folder().write("dev", pair("x"), now);
    await folder().noteImport("dev", updated?.path ?? "");
    assert.equal(await folder().notedImport("dev"), updated?.path);
    assert.equal(await folder().notedImport("prod"), undefined);
    await folder().forgetImport("dev", state?.path ?? "");
    assert.equal(await folder().notedImport("dev"), updated?.path);
    await folder().forgetImport("dev", updated?.path ?? "");
    assert.equal(await folder().notedImport("dev"), undefined);
    await writeFile(join(root, "backups/.dev.importing"), "../../etc/passwd");
    assert.equal(await folder().notedImport("dev"), undefined);
  });

  it("removes the files it is given, and what a killed run left half-written a day ago", async () => {
    const [state, updated] = await folder().write("dev", pair("x"), now);
    const left = [
      ".dev_state_20240823_000000.json.0123456789ab.tmp",
      ".dev_state_20240824_143021.json.0123456789ac.tmp",
    ];
    const yesterday = new Date(now.getTime() - 90_000_000);
    for (const name of left) await writeFile(join(root, "backups", name), "half");
    await utimes(join(root, "backups", left[0] ?? ""), yesterday, yesterday);
    await utimes(join(root, "backups", left[1] ?? ""), now, now);
    await writeFile(join(root, "backups/notes.tmp"), "mine");
    assert.ok(state && updated);
    await folder().remove([state], now);
    assert.deepEqual((await readdir(join(root, "backups"))).sort(), [left[1], updated.name, "notes.tmp"].sort());
  });

  const refusals: { name: string; reason: RegExp; make: (path: string) => Promise<unknown> }[] = [
    {
      name: "a link",
      reason: /^The backup folder backups is a link\.$/,
      make: async (path) => {
        await mkdir(`${path}-real`, { mode: 0o700 });
        await symlink(`${path}-real`, path);
      },
    },
    { name: "a dangling link", reason: /is a link/, make: (path) => symlink(`${path}-nowhere`, path) },
    { name: "a file", reason: /is not a folder/, make: (path) => writeFile(path, "") },
    {
      name: "a folder that everyone can write to",
      reason: /can be written by others \(mode 0777\)/,
      make: async (path) => {
        await mkdir(path);
        await chmod(path, 0o777);
      },
    },
    {
      name: "a folder that its group can write to",
      reason: /can be written by others \(mode 0770\)/,
      make: async (path) => {
        await mkdir(path);
        await chmod(path, 0o770);
      },
    },
  ];
  for (const { name, reason, make } of refusals) {
    it(`is refused if it is ${name}`, async () => {
      await make(join(root, "backups"));
      for (const shown of ["backups", "backups/"]) {
        await assert.rejects(
          new BackupFolder(shown, root).write("dev", pair("x"), now),
          (error: Error & { code?: string }) => {
            assert.equal(error.code, "backup-folder");
            assert.match(error.message.replace("backups/ ", "backups "), reason);
            return true;
          },
        );
      }
      const found = await lstat(join(root, "backups"));
      assert.deepEqual(found.isDirectory() ? await readdir(join(root, "backups")) : [], []);
    });
  }

  it("is refused if there is a file in its place", async () => {
    await writeFile(join(root, "file"), "");
    await assert.rejects(folder("file/backups").write("dev", pair("x"), now), {
      code: "backup-folder",
      message: /^The backup folder file\/backups cannot be created: part of its path is not a folder\./,
    });
  });

  describe("below a folder that others can write to", () => {
    const make = async (mode: number, name = "open") => {
      await mkdir(join(root, name));
      await chmod(join(root, name), mode);
    };

    for (const mode of [0o777, 0o757, 0o2777]) {
      it(`is refused, and not created: mode ${mode.toString(8)}`, async () => {
        await make(mode);
        const message = `The backup folder open/deep/backups is inside ${join(root, "open")}, where other users could replace it.`;
        const next = `Run \`chmod go-w ${join(root, "open")}\`, or choose another one with --backup-dir.`;
        const refusal = { code: "backup-folder", message, next };
        await assert.rejects(folder("open/deep/backups").write("dev", pair("x"), now), refusal);
        assert.deepEqual(await readdir(join(root, "open")), []);
        await mkdir(join(root, "open/deep/backups"), { recursive: true, mode: 0o700 });
        await assert.rejects(folder("open/deep/backups").write("dev", pair("x"), now), refusal);
        await assert.rejects(folder("open/deep/backups").remove([], now), refusal);
      });
    }

    it("is refused behind a link", async () => {
      await make(0o777);
      await mkdir(join(root, "open/deep"));
      await symlink(join(root, "open/deep"), join(root, "way"));
      await assert.rejects(folder("way/backups").write("dev", pair("x"), now), {
        message: /is inside .*\/open, where/,
      });
    });

    it("is accepted in one like /tmp, and in one that only the owner's own group can write to", async () => {
      await make(0o1777);
      await make(0o775, "mine");
      for (const name of ["open", "mine"]) await folder(`${name}/deep/backups`).write("dev", pair("x"), now);
    });

    if (process.getuid?.() === 0) {
      it("is refused in one that a group of several can write to", async () => {
        await make(0o775);
        await chown(join(root, "open"), 0, 100);
        await assert.rejects(folder("open/backups").write("dev", pair("x"), now), {
          message: /is inside .*\/open, where/,
        });
      });
    }
  });

  describe("reading a file", () => {
    const refused = (file: string, message: RegExp, code = "backup-folder") =>
      assert.rejects(folder().read({ path: join(root, file), shownPath: file }), { code, message });

    it("refuses anything but a file", async () => {
      await refused("none", /^Cannot read none: no such file/, "backup-missing");
      await mkdir(join(root, "folder"));
      await refused("folder", /^The backup folder is not a file\.$/);
      execFileSync("mkfifo", [join(root, "pipe")]);
      await refused("pipe", /^The backup pipe is not a file\.$/);
    });

    it("follows no link that others could have put there, wherever it leads", async () => {
      await writeFile(join(root, "x.json"), "x", { mode: 0o600 });
      await mkdir(join(root, "open"));
      await symlink(join(root, "x.json"), join(root, "open/x.json"));
      const read = () => folder().read({ path: join(root, "open/x.json"), shownPath: "open/x.json" });
      assert.equal(String(await read()), "x");
      await chmod(join(root, "open"), 0o777);
      await refused("open/x.json", /^The backup open\/x\.json cannot be trusted: its folder can be written by others/);
    });

    it("accepts a file in a folder like /tmp only if it is one's own", async () => {
      await writeFile(join(root, "x.json"), "x", { mode: 0o600 });
      await chmod(root, 0o1777);
      assert.equal(String(await folder().read({ path: join(root, "x.json"), shownPath: "x.json" })), "x");
      if (process.getuid?.() !== 0) return;
      await chown(join(root, "x.json"), 12345, 12345);
      await refused("x.json", /^The backup x\.json cannot be trusted: its folder can be written by others/);
    });
  });

  if (process.platform === "linux") {
    it("is refused if nothing can be created, without retrying forever", async () => {
      await assert.rejects(folder("/proc/lambda-layers/backups").write("dev", pair("x"), now), {
        code: "backup-folder",
        message: /^The backup folder \/proc\/lambda-layers\/backups cannot be created: no such file or folder\./,
      });
    });
  }

  it("is created with its parent folders, all for the owner alone", async () => {
    await folder("new/inside/backups").write("dev", pair("x"), now);
    for (const path of ["new", "new/inside", "new/inside/backups"]) {
      assert.equal((await lstat(join(root, path))).mode & 0o777, 0o700, path);
    }
  });
});
