import type { Stats } from "node:fs";
import { lstat, mkdir, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { LayersError } from "../core/errors";
import { reasonOf } from "../core/system-error";

// Write permission of group and others, of others alone, and of the group.
const writableByOthers = 0o022;
const writableByAll = 0o002;
const writableByGroup = 0o020;

// The sticky bit, as on /tmp: only owners can rename or remove files in the folder.
const sticky = 0o1000;

/**
 * Creates the folder with mode 0700 if missing, and refuses one that others could plant files in or redirect.
 * @param path absolute
 * @param shown the folder as the user named it
 * @throws LayersError `backup-folder`
 */
export async function prepareBackupFolder(path: string, shown: string): Promise<void> {
  await refuseOpenWay(path, shown);
  // A dangling link counts as existing, so that it is reported as a link rather than as a folder that cannot be
  // created.
  const exists = await lstat(path).then(
    () => true,
    () => false,
  );
  if (!exists) await makeFolder(path, shown);
  await checkBackupFolder(path, shown);
}

async function makeFolder(path: string, shown: string): Promise<void> {
  try {
    // One by one, because Node's `recursive` loops forever if an existing folder refuses new ones with ENOENT, as /proc
    // does.
    for (const folder of await missingFolders(path)) await mkdir(folder, { mode: 0o700 }).catch(unlessThere);
  } catch (cause) {
    throw refuse(shown, `cannot be created: ${reasonOf(cause)}`, "Choose another one with --backup-dir.", cause);
  }
}

/** The missing ones of a folder and its parents, outermost first. */
async function missingFolders(path: string): Promise<string[]> {
  const exists = await stat(path).then(
    () => true,
    ({ code }: NodeJS.ErrnoException) => code !== "ENOENT" && code !== "ENOTDIR",
  );
  return exists ? [] : [...(await missingFolders(dirname(path))), path];
}

/** Another run may create the same folder. */
function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

/** @throws LayersError `backup-folder` */
export async function checkBackupFolder(path: string, shown: string): Promise<void> {
  const found = await lstat(path).catch((cause) => {
    throw refuse(shown, `cannot be checked: ${reasonOf(cause)}`, `Check ${dirname(path)}.`, cause);
  });
  const reason = refusal(found);
  if (reason) throw refuse(shown, ...reason);
  await refuseOpenWay(path, shown);
}

/**
 * Refuses a file that others could have written or placed there.
 * @param path absolute
 * @param shown the file as the user named it
 * @throws LayersError `backup-folder`
 */
export async function checkBackupFile(path: string, shown: string): Promise<void> {
  const real = await realpath(path).catch((cause) => {
    throw new LayersError("backup-missing", `Cannot read ${shown}: ${reasonOf(cause)}.`, { cause });
  });
  const file = await stat(real);
  const reason = file.isFile() ? foreign(file) : "is not a file";
  if (reason) {
    const next =
      "If you know that its content is right, copy it into a folder of your own with `install -m 600`, and use the copy.";
    throw new LayersError("backup-folder", `The backup ${shown} ${reason}.`, { next });
  }
  for (const folder of new Set([dirname(path), dirname(real)])) {
    const found = await stat(folder);
    // A file of one's own was not placed there by anyone else.
    const isKept = (found.mode & sticky) !== 0 && file.uid === process.getuid?.();
    const why = isKept ? undefined : foreign(found);
    if (why) {
      const next = `If you know that the backup's content is right, run \`chmod go-w\` on the folder, or copy the backup into a folder of your own.`;
      throw new LayersError("backup-folder", `The backup ${shown} cannot be trusted: its folder ${why}.`, { next });
    }
    await refuseOpenWay(folder, dirname(shown));
  }
}

/** How others have access to a file or folder; undefined if they do not. */
function foreign(found: Stats): string | undefined {
  if (isOthers(found)) return "belongs to another user";
  if (!isWritableByOthers(found)) return undefined;
  return `can be written by others (mode ${(found.mode & 0o7777).toString(8).padStart(4, "0")})`;
}

// Windows has neither numeric owners nor these permissions.
function isOthers({ uid }: Stats): boolean {
  const me = process.getuid?.();
  return me !== undefined && me !== 0 && uid !== me && uid !== 0;
}

function isWritableByOthers({ mode }: Stats): boolean {
  return process.getuid !== undefined && (mode & writableByOthers) !== 0;
}

/** Whoever can write to a parent folder can replace what is in it. */
async function refuseOpenWay(path: string, shown: string): Promise<void> {
  if (process.getuid === undefined) return;
  const parent = dirname(path);
  const real = await realpath(parent).catch(() => parent);
  const open: string[] = [];
  for (const folder of new Set([...wayTo(parent), ...wayTo(real)])) {
    const found = await stat(folder).catch(() => undefined); // missing folders are created for the owner only
    if (found && isOpen(found)) open.push(folder);
  }
  if (open.length === 0) return;
  const why = `is inside ${open.join(" and ")}, where other users could replace it`;
  throw refuse(shown, why, `Run \`chmod go-w ${open.join(" ")}\`, or choose another one with --backup-dir.`);
}

/** A folder and its parents, outermost first. */
function wayTo(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [...wayTo(parent), folder];
}

/** By convention, a group with the owner's number is the owner's alone: new folders are group-writable for it. */
function isOpen({ mode, uid, gid }: Stats): boolean {
  if (mode & sticky) return false;
  return (mode & writableByAll) !== 0 || ((mode & writableByGroup) !== 0 && gid !== uid);
}

function refusal(found: Stats): [why: string, next: string] | undefined {
  if (found.isSymbolicLink()) return ["is a link", "Name the real folder with --backup-dir."];
  if (!found.isDirectory()) return ["is not a folder", "Move it away, or choose another one with --backup-dir."];
  const why = foreign(found);
  if (why === undefined) return undefined;
  const next = isOthers(found) ? "Choose a folder of your own" : "Run `chmod go-w` on it, or choose another one";
  return [why, `${next} with --backup-dir.`];
}

function refuse(shown: string, why: string, next: string, cause?: unknown): LayersError {
  return new LayersError("backup-folder", `The backup folder ${shown} ${why}.`, { next, cause });
}
