import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Backup,
  expiredBackups,
  formatBackupName,
  formatStamp,
  parseBackupName,
  parseStamp,
  stackInFileNames,
  startInRecord,
  timeOfRun,
} from "../../sdk/core/backup";
import { formatRunLine, runLine } from "../../sdk/core/run-line";
import { counts } from "../support/counts";

describe("names of backups", () => {
  const runs = counts({ sample: 200, full: 5000 });
  const parts = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/);
  const stacks = fc.array(parts, { minLength: 1, maxLength: 3 }).map((all) => all.join("/"));
  const times = fc.date({ min: new Date(2000, 0), max: new Date(2100, 0), noInvalidDate: true });
  const kinds = fc.constantFrom("state", "updated", "rollback", "sync");

  it("are distinct whatever the stack is called", () => {
    const names = fc.record({ stack: stacks, kind: kinds, time: times, number: fc.integer({ min: 1, max: 99 }) });
    const property = fc.property(names, ({ stack, time, ...others }) => {
      const parts = { ...others, stack: stackInFileNames(stack), stamp: formatStamp(time) };
      const name = formatBackupName(parts as Omit<Backup, "name">);
      assert.deepEqual(parseBackupName(name), { ...parts, name });
      assert.match(name, /^[^/\\]+$/);
    });
    fc.assert(property, runs);
  });

  it("contain local time to the second", () => {
    assert.equal(formatStamp(new Date(2024, 7, 24, 14, 30, 22, 999)), "20240824_143022");
    const property = fc.property(times, (time) => {
      assert.equal(formatStamp(parseStamp(formatStamp(time))), formatStamp(time));
    });
    fc.assert(property, runs);
  });

  it("are the README's", () => {
    const parts = { stack: "dev", kind: "state", stamp: "20240824_143022" } as const;
    assert.equal(formatBackupName({ ...parts, number: 1 }), "dev_state_20240824_143022.json");
    assert.equal(formatBackupName({ ...parts, number: 2 }), "dev_state_20240824_143022_2.json");
    assert.equal(formatBackupName({ ...parts, kind: "sync", number: 1 }), "dev_sync_20240824_143022.jsonl");
  });

  for (const name of [
    "dev_state_20240824_143022.json.tmp",
    ".dev_state_20240824_143022.json.0123456789ab.tmp/",
    "dev_other_20240824_143022.json",
    "dev_state_20240824_143022.jsonl",
    "dev_sync_20240824_143022.json",
    "dev_state_2024.json",
    "dev_state_20240824_143022_1.json",
    "dev_state_20240824_143022_02.json",
    "_state_20240824_143022.json",
    "a b_state_20240824_143022.json",
  ]) {
    it(`do not match ${name}`, () => assert.equal(parseBackupName(name), undefined));
  }

  for (const stack of ["", "a b", "a\nb", "a\0b", "/dev", "dev/", "a/b/c/d", "a//b", "a\\b", "é", "x".repeat(101)]) {
    it(`are refused for the stack ${JSON.stringify(stack)}`, () => {
      assert.throws(() => stackInFileNames(stack), { code: "usage" });
    });
  }

  for (const [stack, written] of [
    ["dev", "dev"],
    ["acme/shop/dev", "acme+shop+dev"],
    ["../x", "..+x"],
    ["--help", "--help"],
  ] as const) {
    it(`contain ${stack} as ${written}`, () => assert.equal(stackInFileNames(stack), written));
  }
});

describe("the time of a run", () => {
  const stamp = "20240824_143022";
  const local = new Date(2024, 7, 24, 14, 30, 22);
  const later = (seconds: number) => new Date(local.getTime() + 1000 * seconds);
  const cases: [what: string, modified: Date[], shift: number][] = [
    ["what its stamp means here, if no file says", [], 0],
    ["that of its file", [later(0.9)], 0],
    ["another one in another time zone", [later(-9.5 * 3600)], -9.5 * 3600],
    ["an hour later in the hour that comes twice", [later(3600)], 3600],
    ["that of the first of its files that says", [later(7), later(2 * 3600), later(3 * 3600)], 2 * 3600],
    ["not that of a copy", [later(4000)], 0],
    ["not that of a copy made days later", [later(72 * 3600)], 0],
  ];
  for (const [what, modified, shift] of cases) {
    it(`is ${what}`, () => assert.deepEqual(timeOfRun(stamp, modified), later(shift)));
  }

  it("is in the first words of a record", () => {
    const at = new Date(Date.UTC(2024, 7, 24, 12, 30, 22, 7));
    const line = formatRunLine(runLine({ stack: "acme/shop/dev", at, sites: [] }));
    assert.deepEqual(startInRecord(`${line}\n{"line":"begun"`), at);
    assert.deepEqual(startInRecord(line.slice(0, 120)), at);
    for (const other of ["", "{}", line.slice(0, 40), `x${line}`, line.replace("2024-", "9-")]) {
      assert.equal(startInRecord(other), undefined);
    }
  });
});

describe("retention", () => {
  const now = new Date(2024, 7, 24, 12, 0, 0);
  const backup = (
    daysAgo: number,
    kind: Backup["kind"],
    madeBy: Backup["madeBy"] = "update",
    stack = "dev",
  ): Backup => {
    const time = new Date(now.getTime() - daysAgo * 86_400_000);
    const parts = { stack, kind, stamp: formatStamp(time), number: 1 };
    const name = formatBackupName(parts);
    return { ...parts, name, madeBy, time, path: `/b/${name}`, shownPath: `b/${name}`, bytes: 1 };
  };

  it("expires what is older than its days, for each stack separately", () => {
    const old = [backup(31, "state"), backup(31, "updated"), backup(40, "state", "update", "prod")];
    const kept = [
      backup(29, "state"),
      backup(29, "updated"),
      backup(30, "updated"),
      backup(2, "state", "update", "prod"),
    ];
    assert.deepEqual(expiredBackups([...kept, ...old], 30, now), old);
  });

  it("keeps the newest run of a stack, and the newest of an update, however old", () => {
    const update = [backup(50, "state"), backup(50, "updated")];
    const rollback = [backup(40, "state", "rollback"), backup(40, "rollback", "rollback")];
    const older = [backup(60, "state"), backup(60, "updated")];
    assert.deepEqual(expiredBackups([...update, ...older, ...rollback], 30, now), older);
    assert.deepEqual(expiredBackups([...update, ...older, ...rollback], 0, now), older);
  });

  it("keeps the newest record of a run, however old", () => {
    const records = [backup(50, "sync", "sync"), backup(60, "sync", "sync")];
    assert.deepEqual(expiredBackups([backup(1, "state"), ...records], 30, now), [records[1]]);
  });
});
