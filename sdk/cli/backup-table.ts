import stringWidth from "string-width";
import type { Backup } from "../core/backup";
import { type Column, printTable } from "./table";
import type { Output } from "./terminal";

interface BackupColumn extends Column {
  readonly of: (backup: Backup) => string;
}

// These can also be seen from a file's name.
const who: readonly BackupColumn[] = [
  { title: "STACK", of: ({ stack }) => stackName(stack) },
  { title: "KIND", of: ({ kind }) => kind },
];
const by: BackupColumn = { title: "BY", of: ({ madeBy }) => madeBy };
const when: BackupColumn = { title: "WHEN", of: ({ time }) => time.toLocaleString("sv") }; // 2024-08-24 14:30:22
const sized: BackupColumn = { title: "SIZE", align: "right", of: ({ bytes }) => size(bytes) };
const file: BackupColumn = { title: "FILE", of: ({ shownPath }) => shownPath };

/** From all columns to the fewest. */
const sets: readonly (readonly BackupColumn[])[] = [
  [...who, by, when, sized, file],
  [by, when, sized, file],
  [by, when, file],
];
const fewest = [by, sized, file];

/** A backup as `--json` prints it; `time` is in UTC. */
export function toDocument({ stack, kind, madeBy, time, bytes, shownPath }: Backup) {
  return { stack: stackName(stack), kind, madeBy, time: time.toISOString(), bytes, file: shownPath };
}

/** Prints backups as a table. On a terminal that is too narrow, what a file's name includes is left out. */
export function printBackups(stdout: Output, backups: readonly Backup[]): void {
  const fits = (set: readonly BackupColumn[]) => stdout.width === undefined || widthOf(set, backups) <= stdout.width;
  const columns = sets.find(fits) ?? fewest;
  const rows = backups.map((backup) => columns.map(({ of }) => of(backup)));
  // A file name in two lines could not be copied.
  printTable(stdout, columns, rows, { wrap: false });
}

function widthOf(set: readonly BackupColumn[], backups: readonly Backup[]): number {
  const widths = set.map(({ title, of }) =>
    Math.max(stringWidth(title), ...backups.map((one) => stringWidth(of(one)))),
  );
  return widths.reduce((sum, width) => sum + width + 2, -2);
}

/** File names write `org+project+dev`. */
function stackName(stack: string): string {
  return stack.replaceAll("+", "/");
}

function size(bytes: number): string {
  const units = ["B", "KB", "MB", "GB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
