import type { Stats } from "node:fs";
import { lstat, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { LayersError } from "../core/errors";
import { reasonOf } from "../core/system-error";

// Write permission of group and others.
const writableByOthers = 0o022;

/**
 * Makes the folder with mode 0700 where there is none, and refuses one that others could plant files in or lead astray.
 * @param path absolute
 * @param shown the folder as the user named it
 * @throws LayersError `backup-folder`
 */
export async function prepareBackupFolder(path: string, shown: string): Promise<void> {
  // A link to nowhere counts as there: it is told as a link, and not as a folder that cannot be made.
  const exists = await lstat(path).then(
    () => true,
    () => false,
  );
  if (!exists) await makeFolder(path, shown);
  await checkBackupFolder(path, shown);
}

async function makeFolder(path: string, shown: string): Promise<void> {
  try {
    // One by one: Node's `recursive` never ends where a folder that exists refuses new ones with ENOENT, as /proc does.
    for (const folder of await missingFolders(path)) await mkdir(folder, { mode: 0o700 }).catch(unlessThere);
  } catch (cause) {
    throw refuse(shown, `cannot be made: ${reasonOf(cause)}`, "Name another one with --backup-dir.", cause);
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
    throw refuse(shown, `cannot be looked at: ${reasonOf(cause)}`, `Look at ${dirname(path)}.`, cause);
  });
  const reason = refusal(found);
  if (reason) throw refuse(shown, ...reason);
}

function refusal(found: Stats): [why: string, next: string] | undefined {
  const me = process.getuid?.();
  if (found.isSymbolicLink()) return ["is a link", "Name the folder that is meant with --backup-dir."];
  if (!found.isDirectory()) return ["is not a folder", "Move it away, or name another one with --backup-dir."];
  // Windows has neither owners by number nor these permissions.
  if (me === undefined) return undefined;
  if (found.uid !== me && found.uid !== 0 && me !== 0) {
    return ["belongs to another user", "Name a folder of your own with --backup-dir."];
  }
  if (found.mode & writableByOthers) {
    const mode = (found.mode & 0o7777).toString(8).padStart(4, "0");
    return [
      `can be written by others (mode ${mode})`,
      "Run `chmod go-w` on it, or name another one with --backup-dir.",
    ];
  }
  return undefined;
}

function refuse(shown: string, why: string, next: string, cause?: unknown): LayersError {
  return new LayersError("backup-folder", `The backup folder ${shown} ${why}.`, { next, cause });
}
