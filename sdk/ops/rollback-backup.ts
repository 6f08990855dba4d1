import { type Backup, widestShift } from "../core/backup";
import type { DeclaredLayers } from "../core/config/declared";
import { LayersError } from "../core/errors";
import { createMatcher } from "../core/match";
import { savedAt } from "../core/state/checkpoint";
import { declaredTargets } from "../core/target";
import { sentence } from "../core/text";
import type { BackupPort, Ports } from "../ports";
import { besideIfAny, newestRecord } from "./live/record";
import type { LoadedState } from "./plans";
import type { ScanState } from "./recorded/load";
import { free } from "./recorded/memory";
import { declaredBy, type IsOurs, leftBy } from "./recorded/restore";

// The backup for a rollback, and the other files of its run.

/** A backup in memory. */
export interface LoadedBackup extends LoadedState {
  readonly path: string;
  readonly file: string;
}

/**
 * Reads the named backup, or the newest state kept by an update.
 * @throws LayersError `backup-missing`, `backup-folder`, `state-invalid`
 */
export async function loadBackup(
  ports: Ports,
  stack: string,
  named: string | undefined,
  scan: ScanState,
): Promise<LoadedBackup> {
  const { backups } = ports;
  const found: Pick<Backup, "path" | "shownPath"> = await (named === undefined
    ? newestBackup(ports, stack)
    : backups.find(named));
  const bytes = await backups.read(found);
  try {
    return { stack, file: found.shownPath, path: found.path, bytes, facts: scan(bytes) };
  } catch (error) {
    if (!(error instanceof LayersError)) throw error;
    const message = `${sentence(error.message)} The backup is ${found.shownPath}.`;
    throw new LayersError(error.code, message, { next: otherBackups(ports, stack), cause: error });
  }
}

/**
 * The default backup for a rollback.
 * @throws LayersError `backup-missing` if no update made any, with the record of the newest run in AWS if there is one
 */
export async function newestBackup(ports: Ports, stack: string): Promise<Backup> {
  const others = otherBackups(ports, stack);
  const found = await newestOfUpdates(ports.backups, stack, others);
  if (found) return found;
  const run = await newestRecord(ports, stack);
  const back = run !== undefined && ports.advise(["rollback", "--stack", stack, "--sync-aws", run]);
  throw new LayersError("backup-missing", `No backup made by an update was found for stack ${stack}.`, {
    next: back ? [`To roll back its newest run in AWS, which left a record: ${back}`, others] : others,
  });
}

function otherBackups({ advise }: Ports, stack: string): string {
  const list = advise(["backups", "list", "--stack", stack]);
  return `List the backups: ${list}. Name one: ${advise(["rollback", "--stack", stack, "BACKUP"])}`;
}

/** @throws LayersError `usage` for a backup of another stack or project */
export function refuseOtherStack(ports: Ports, state: LoadedState, backup: LoadedState): void {
  const [mine, other] = [state.facts.owner, backup.facts.owner];
  if (!mine || !other || (mine.stack === other.stack && mine.project === other.project)) return;
  const nameOf = ({ stack, project }: typeof mine) => `stack ${stack} of project ${project}`;
  throw new LayersError("usage", `${backup.file} is a backup of ${nameOf(other)}, but this is ${nameOf(mine)}.`, {
    next: otherBackups(ports, state.stack),
  });
}

/** Which replacements a rollback reverts: those made by the backup's run, and those that the config declares. */
export async function whatIsOurs(
  ports: Ports,
  { file }: LoadedState,
  scan: ScanState,
  declared: DeclaredLayers | undefined,
): Promise<IsOurs> {
  const rules: IsOurs[] = declared ? [declaredBy(declaredTargets(createMatcher(declared)))] : [];
  for (const kind of ["updated", "rollback"] as const) {
    const beside = await besideIfAny(ports, file ?? "", kind);
    if (beside === undefined) continue;
    const bytes = await ports.backups.read(await ports.backups.find(beside));
    rules.push(leftBy(scan(bytes)));
    free(bytes);
  }
  return (...layers) => rules.some((rule) => rule(...layers));
}

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
