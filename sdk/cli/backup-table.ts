import type { Backup } from "../core/backup";
import { type Column, printTable } from "./table";
import type { Output } from "./terminal";

const columns: readonly Column[] = [
  { title: "STACK" },
  { title: "KIND" },
  { title: "BY" },
  { title: "WHEN" },
  { title: "SIZE", align: "right" },
  { title: "FILE" },
];

/** A backup as `--json` prints it; `time` is in UTC. */
export function toDocument({ stack, kind, madeBy, time, bytes, shownPath }: Backup) {
  return { stack: stackName(stack), kind, madeBy, time: time.toISOString(), bytes, file: shownPath };
}

export function printBackups(stdout: Output, backups: readonly Backup[]): void {
  const rows = backups.map(({ stack, kind, madeBy, time, bytes, shownPath }) => [
    stackName(stack),
    kind,
    madeBy,
    time.toLocaleString("sv"), // 2024-08-24 14:30:22
    size(bytes),
    shownPath,
  ]);
  // A file name in two lines could not be copied, and the other columns are too narrow to make room for it.
  printTable(stdout, columns, rows, { wrap: false });
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
