import { LayersError } from "./errors";

/**
 * What a file in the backup folder holds: the state before an update or rollback, the state that was imported, the
 * record of what a run changed in AWS, or that of a run over several stacks.
 */
export type BackupKind = "state" | "updated" | "rollback" | "sync" | "run";

/** What the name of a file in the backup folder says. */
export interface BackupName {
  readonly name: string;
  /** The stack as file names write it: `org+project+dev` for `org/project/dev`. */
  readonly stack: string;
  readonly kind: BackupKind;
  /** `YYYYMMDD_HHMMSS` in local time. */
  readonly stamp: string;
  /** 1, or the number at the end of the name if several runs wrote in one second. */
  readonly number: number;
}

/** A file in the backup folder. */
export interface Backup extends BackupName {
  /** Absolute. */
  readonly path: string;
  /** The path as messages name it: below the folder as the user named it. */
  readonly shownPath: string;
  /**
   * What wrote it. `copy`: a state that was not replaced, such as that of a state file or of a failed update. `run`: a
   * run over several stacks.
   */
  readonly madeBy: "update" | "rollback" | "sync" | "copy" | "run";
  /** When the run was, see {@link timeOfRun}. */
  readonly time: Date;
  /** Set if only the name gives that time, as for files copied without their timestamps. */
  readonly isByName?: true;
  readonly bytes: number;
}

// Pulumi's own characters of a stack's name (validateStackName in pkg/backend/state/validation), with organization and
// project in front of it. None of them contains a plus sign.
const stackPattern = /^[A-Za-z0-9_.-]{1,100}(\/[A-Za-z0-9_.-]{1,100}){0,2}$/;
const namePattern =
  /^([A-Za-z0-9_.+-]+)_(state|updated|rollback|sync|run)_(\d{8}_\d{6})(?:_([2-9]|[1-9]\d+))?\.(jsonl?)$/;

/**
 * The stack's name as file names hold it.
 * @throws LayersError `usage` if it cannot be a stack's name
 */
export function stackInFileNames(stack: string): string {
  if (!stackPattern.test(stack)) {
    throw new LayersError("usage", `Not a valid stack name: ${JSON.stringify(stack)}`, {
      next: "Write it as dev or organization/project/dev. Letters, digits, -, _ and . are allowed.",
    });
  }
  return stack.replaceAll("/", "+");
}

/** `{stack}_{kind}_{YYYYMMDD_HHMMSS}.json`, with `_2` and so on before `.json` if the number is not 1. */
export function formatBackupName({ stack, kind, stamp, number }: Omit<BackupName, "name">): string {
  return `${stack}_${kind}_${stamp}${number > 1 ? `_${number}` : ""}.${extensionOf(kind)}`;
}

/** Whether a file is a record, which grows line by line. */
export function isRecord(kind: BackupKind): boolean {
  return kind === "sync" || kind === "run";
}

function extensionOf(kind: BackupKind): string {
  return isRecord(kind) ? "jsonl" : "json";
}

/** Parses a name; undefined for any other file. */
export function parseBackupName(name: string): BackupName | undefined {
  const [, stack, kind, stamp, number = "1", extension] = namePattern.exec(name) ?? [];
  if (!stack || !kind || !stamp || extension !== extensionOf(kind as BackupKind)) return undefined;
  return { name, stack, kind: kind as BackupKind, stamp, number: Number(number) };
}

/** `YYYYMMDD_HHMMSS` in local time. */
export function formatStamp(time: Date): string {
  const digits = (value: number) => String(value).padStart(2, "0");
  const day = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(digits).join("");
  return `${day}_${[time.getHours(), time.getMinutes(), time.getSeconds()].map(digits).join("")}`;
}

/** The time of a stamp in this time zone; if ambiguous at the end of summer time, the first. */
export function parseStamp(stamp: string): Date {
  const at = (start: number, length = 2) => Number(stamp.slice(start, start + length));
  return new Date(at(0, 4), at(4) - 1, at(6), at(9), at(11), at(13));
}

/** The path of another file of the same run; undefined if the given path is not a backup or record. */
export function pathBeside(path: string, kind: BackupKind): string | undefined {
  const at = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1;
  const parsed = parseBackupName(path.slice(at));
  return parsed && path.slice(0, at) + formatBackupName({ ...parsed, kind });
}

/** Whether two files were written by one run. */
export function isSameRun(a: BackupName, b: BackupName): boolean {
  return a.stack === b.stack && a.stamp === b.stamp && a.number === b.number;
}

/** The run that wrote these files. */
export function madeBy(files: readonly BackupName[]): Backup["madeBy"] {
  const has = (kind: BackupKind) => files.some((one) => one.kind === kind);
  if (has("run")) return "run";
  if (has("rollback")) return "rollback";
  if (has("updated")) return "update";
  return has("state") ? "copy" : "sync";
}

const quarterHour = 900_000;
/** How far apart two local times of one moment can be, in milliseconds: from UTC-12 to UTC+14. */
export const widestShift = 26 * 3_600_000;

/**
 * When a run was. Its stamp is in the local time of its machine, which differs from ours in another time zone, or in
 * the repeated hour at the end of summer time. The files' own times resolve this: a time that differs from the stamp by
 * whole quarters of an hour, as all time zones do, is the run's; any other is that of a copy.
 * @param modified when the files of the run were last changed
 */
export function timeOfRun(stamp: string, modified: readonly Date[]): Date {
  return new Date(parseStamp(stamp).getTime() + (shiftOf(stamp, modified) ?? 0));
}

/** Whether any of these files shows the time of its run, so that its name need not be relied on. */
export function isTimeTold(stamp: string, modified: readonly Date[]): boolean {
  return shiftOf(stamp, modified) !== undefined;
}

function shiftOf(stamp: string, modified: readonly Date[]): number | undefined {
  const local = parseStamp(stamp).getTime();
  const shifts = modified.map((time) => Math.floor(time.getTime() / 1000) * 1000 - local);
  return shifts.find((one) => one % quarterHour === 0 && Math.abs(one) <= widestShift);
}

/** When the run of a record began, from the start of the record; undefined if missing. */
export function startInRecord(head: string): Date | undefined {
  const [, at] = /^\{"line":"(?:run|estate)",[^\n]*?"at":"([\d:.TZ-]+)"/.exec(head) ?? [];
  const time = new Date(at ?? "");
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** Newest first; within a run, the state before it comes first. */
export function newestFirst(a: Backup, b: Backup): number {
  return (
    b.time.getTime() - a.time.getTime() ||
    b.stamp.localeCompare(a.stamp) ||
    b.number - a.number ||
    a.kind.localeCompare(b.kind)
  );
}

/**
 * The backups that are older than the retention. The newest state, the newest one written by an update, and the newest
 * record always stay, because a rollback needs them.
 * @param days 0 or more
 */
export function expiredBackups(backups: readonly Backup[], days: number, now: Date): Backup[] {
  const limit = now.getTime() - days * 86_400_000;
  const byStack = Map.groupBy(backups, ({ stack }) => stack);
  return [...byStack.values()].flatMap((all) => {
    const sorted = all.toSorted(newestFirst);
    const states = sorted.filter(({ kind }) => kind === "state");
    const kept = [
      states[0],
      states.find(({ madeBy }) => madeBy === "update"),
      sorted.find(({ kind }) => kind === "sync"),
      sorted.find(({ kind }) => kind === "run"),
    ];
    return all.filter((one) => one.time.getTime() < limit && !kept.some((keep) => keep && isSameRun(keep, one)));
  });
}
