import assert from "node:assert/strict";
import { printBackups } from "../../sdk/cli/backup-table";
import { Output } from "../../sdk/cli/terminal";
import { type Backup, formatBackupName } from "../../sdk/core/backup";

const time = new Date(2024, 7, 24, 14, 30, 22);

function backup(stack: string, kind: Backup["kind"], madeBy: Backup["madeBy"]): Backup {
  const name = { stack, kind, stamp: "20240824_143022", number: 1 };
  const file = formatBackupName(name);
  return { ...name, name: file, madeBy, time, bytes: 12_345, path: `/x/${file}`, shownPath: `backups/${file}` };
}

/** The lines on a terminal of that width, or without a terminal. */
function print(columns: number | undefined, backups: readonly Backup[]): string[] {
  let text = "";
  const write = (part: string) => {
    text += part;
  };
  const stream = { isTTY: columns !== undefined, columns, write, on() {} };
  printBackups(new Output(stream as never, { NO_COLOR: "1" }), backups);
  return text.trimEnd().split("\n");
}

const day = "2024-08-24 14:30:22";
const file = (name: string) => `backups/${name}_20240824_143022.json`;

describe("the table of backups", () => {
  const update = [backup("dev", "updated", "update"), backup("dev", "state", "update")];
  const all = [
    "STACK  KIND     BY      WHEN                    SIZE  FILE",
    `dev    updated  update  ${day}  12.3 KB  ${file("dev_updated")}`,
    `dev    state    update  ${day}  12.3 KB  ${file("dev_state")}`,
  ];

  it("has all columns without a terminal, or on one that is wide enough", () => {
    assert.deepEqual(print(undefined, update), all);
    assert.deepEqual(print(100, update), all);
  });

  it("leaves out what the file names say on a terminal of 80 columns", () => {
    assert.deepEqual(print(80, update), [
      "BY      WHEN                    SIZE  FILE",
      `update  ${day}  12.3 KB  ${file("dev_updated")}`,
      `update  ${day}  12.3 KB  ${file("dev_state")}`,
    ]);
    assert.deepEqual(print(73, update).slice(0, 2), [
      "BY      WHEN                 FILE",
      `update  ${day}  ${file("dev_updated")}`,
    ]);
    const long = [backup("acme+shop+production", "rollback", "rollback"), ...update];
    const lines = print(80, long);
    assert.ok(lines.every((line) => line.length <= 80));
    assert.deepEqual(lines.slice(0, 2), [
      "BY           SIZE  FILE",
      `rollback  12.3 KB  ${file("acme+shop+production_rollback")}`,
    ]);
  });

  it("never truncates a file name", () => {
    assert.ok(print(30, update).includes(`update  12.3 KB  ${file("dev_state")}`));
  });
});
