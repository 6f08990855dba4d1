import type { Stats } from "node:fs";
import { lstat, mkdir, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { LayersError } from "../core/errors";
import { reasonOf } from "../core/system-error";

// Write permission of group and others, of others alone, and of the group.
const writableByOthers = 0o022;
const writableByAll = 0o002;
const writableByGroup = 0o020;

// In a folder with this bit, as /tmp has it, only its owner can rename or remove what is there.
const sticky = 0o1000;

/**
 * Makes the folder with mode 0700 if there is none, and refuses one that others could plant files in or lead astray.
 * @param path absolute
 * @param shown the folder as the user named it
 * @throws LayersError `backup-folder`
 */
export async function prepareBackupFolder(path: string, shown: string): Promise<void> {
  await refuseOpenWay(path, shown);
  // A link to nowhere counts as there: it is reported as a link, and not as a folder that cannot be made.
  const exists = await lstat(path).then(
    () => true,
    () => false,
  );
  if (!exists) await makeFolder(path, shown);
  await checkBackupFolder(path, shown);
}

async function makeFolder(path: string, shown: string): Promise<void> {
  try {
    // One by one: Node's `recursive` never ends if a folder that exists refuses new ones with ENOENT, as /proc does.
    for (const folder of await missingFolders(path)) await mkdir(folder, { mode: 0o700 }).catch(unlessThere);
  } catch (cause) {
    throw refuse(shown, `cannot be created: ${reasonOf(cause)}`, "Choose another one with --backup-dir.", cause);
  }
}

/** A folder and those that it is in, as far as they are not there, outermost first. */
async function missingFolders(path: string): Promise<string[]> {
  const exists = await stat(path).then(
    () => true,
    ({ code }: NodeJS.ErrnoException) => code !== "ENOENT" && code !== "ENOTDIR",
  );
  return exists ? [] : [...(await missingFolders(dirname(path))), path];
}

/** Another run may make the same folder. */
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
 * Refuses a file to go by that others could have written or put there.
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
    // What is one's own was put there by nobody else.
    const isKept = (found.mode & sticky) !== 0 && file.uid === process.getuid?.();
    const why = isKept ? undefined : foreign(found);
    if (why) {
      const next = `If you know that the backup's content is right, run \`chmod go-w\` on the folder, or copy the backup into a folder of your own.`;
      throw new LayersError("backup-folder", `The backup ${shown} cannot be trusted: its folder ${why}.`, { next });
    }
    await refuseOpenWay(folder, dirname(shown));
  }
}

/** How a file or folder is someone else's too; undefined if it is not. */
function foreign(found: Stats): string | undefined {
  if (isOthers(found)) return "belongs to another user";
  if (!isWritableByOthers(found)) return undefined;
  return `can be written by others (mode ${(found.mode & 0o7777).toString(8).padStart(4, "0")})`;
}

// Windows has neither owners by number nor these permissions.
function isOthers({ uid }: Stats): boolean {
  const me = process.getuid?.();
  return me !== undefined && me !== 0 && uid !== me && uid !== 0;
}

function isWritableByOthers({ mode }: Stats): boolean {
  return process.getuid !== undefined && (mode & writableByOthers) !== 0;
}

/** Whoever can write to a folder on the way can put another one in the place of what is in it. */
async function refuseOpenWay(path: string, shown: string): Promise<void> {
  if (process.getuid === undefined) return;
  const parent = dirname(path);
  const real = await realpath(parent).catch(() => parent);
  const open: string[] = [];
  for (const folder of new Set([...wayTo(parent), ...wayTo(real)])) {
    const found = await stat(folder).catch(() => undefined); // what is not there is made for its owner alone
    if (found && isOpen(found)) open.push(folder);
  }
  if (open.length === 0) return;
  const why = `is inside ${open.join(" and ")}, where other users could replace it`;
  throw refuse(shown, why, `Run \`chmod go-w ${open.join(" ")}\`, or choose another one with --backup-dir.`);
}

/** A folder and those that it is in, outermost first. */
function wayTo(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [...wayTo(parent), folder];
}

/** A group of the owner's number is, by custom, the owner's alone: their new folders are written for it. */
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
