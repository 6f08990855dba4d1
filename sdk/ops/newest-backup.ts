import { type Backup, widestShift } from "../core/backup";
import { LayersError } from "../core/errors";
import { savedAt } from "../core/state/checkpoint";
import type { BackupPort } from "../ports";

/** How many backups are compared by content, for which each must be read. */
const mostCompared = 4;

/**
 * The newest backup made by an update; undefined if there is none. Files copied without their timestamps are ordered by
 * name, which uses the local time of their machine, so the order must agree with their content.
 * @param next what to do if the order is unknown
 * @throws LayersError `backup-missing` if it is not known which is the newest
 */
export async function newestOfUpdates(
  backups: Pick<BackupPort, "list" | "read">,
  stack: string,
  next: string,
): Promise<Backup | undefined> {
  const all = (await backups.list(stack)).filter(({ kind, madeBy }) => kind === "state" && madeBy === "update");
  const [newest, ...others] = all;
  if (!newest) return undefined;
  const near = others
    .filter((other) => newest.isByName || other.isByName)
    .filter((other) => newest.time.getTime() - other.time.getTime() <= widestShift);
  if (near.length === 0) return newest;
  const saved = await savedIn(backups, newest);
  for (const other of near.slice(0, mostCompared)) {
    if ((await savedIn(backups, other)) <= saved) continue;
    throw new LayersError(
      "backup-missing",
      `Cannot tell which backup of stack ${stack} is the newest: by name it is ${newest.shownPath}, but ${other.shownPath} holds a later state. One of them was copied without its modification time, and names use the local time of the machine that made them.`,
      { next },
    );
  }
  return newest;
}

/** When the state in a backup was saved, in milliseconds; 0 if unknown. */
async function savedIn(backups: Pick<BackupPort, "read">, backup: Backup): Promise<number> {
  try {
    return Date.parse(savedAt(await backups.read(backup)) ?? "") || 0;
  } catch {
    return 0; // its problems are reported when it is used
  }
}
