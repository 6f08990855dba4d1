import { closeSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { type FileHandle, link, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LayersError } from "../core/errors";
import { reasonOf } from "../core/system-error";
import { readInto } from "./pieces";

// Content arrives in slices that can be tiny; they are collected into writes of a megabyte.
const gathered = 1 << 20;

// For files that may hold a state: owner only.
const privateMode = 0o600;

/**
 * Writes a new file. It gets its name only once it is complete and on disk.
 * @param mode less the umask
 * @param time its modification time, if the file system supports it; default: now
 * @returns false if the file already exists; it is left alone
 */
export async function writeNew(
  path: string,
  content: Iterable<Uint8Array>,
  mode = privateMode,
  time?: Date,
): Promise<boolean> {
  const temporary = await writeTemporary(path, content, mode, time);
  try {
    return await nameNew(temporary, path);
  } finally {
    await rm(temporary, { force: true });
    await syncFolder(dirname(path));
  }
}

/**
 * Writes or replaces a file atomically: readers see either the old or the new content.
 * @param mode less the umask
 * @param ready called just before the file is renamed; if it throws, the file stays unchanged
 */
export async function replaceFile(
  path: string,
  content: Iterable<Uint8Array>,
  mode = privateMode,
  ready = async (): Promise<void> => {},
): Promise<void> {
  const temporary = await writeTemporary(path, content, mode);
  try {
    await ready();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * The error for a user's file that cannot be written.
 * @param left the file's state now, as a sentence
 */
export function cannotWrite(file: string, left: string, cause: unknown): LayersError {
  const isFolderMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
  return new LayersError("usage", `Cannot write ${file}: ${reasonOf(cause)}`, {
    cause,
    changed: left,
    next: isFolderMissing ? "Create its folder first." : undefined,
  });
}

/** Whether a name is that of a temporary file, being written or left by a killed process. */
export function isTemporary(name: string): boolean {
  return /^\..+\.[0-9a-f]{12}\.tmp$/.test(name);
}

/**
 * Reads a file of any size: `readFile` is limited to 2 GiB. Anything else than a regular file, such as a pipe, is read
 * to its end. A regular file is read synchronously, as otherwise Node.js starts threads first, which takes longer than
 * reading a small one.
 */
export async function readWhole(path: string): Promise<Buffer> {
  if (!statSync(path).isFile()) return readFile(path);
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.allocUnsafeSlow(size);
    return size > 0 ? bytes.subarray(0, readInto(bytes, file, 0)) : readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** Whether a file contains exactly these bytes. Compared piece by piece, as it may be large. */
export async function holds(path: string, bytes: Uint8Array): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const piece = Buffer.allocUnsafe(gathered);
    for (let at = 0; at <= bytes.length; ) {
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) return at === bytes.length;
      if (piece.subarray(0, bytesRead).compare(bytes.subarray(at, at + bytesRead)) !== 0) return false;
      at += bytesRead;
    }
    return false;
  } finally {
    await file.close();
  }
}

async function writeTemporary(path: string, content: Iterable<Uint8Array>, mode: number, time?: Date): Promise<string> {
  const temporary = join(
    dirname(path),
    `.${basename(path)}.${Buffer.from(crypto.getRandomValues(new Uint8Array(6))).toString("hex")}.tmp`,
  );
  // Fails if the name is taken, even by a link.
  const file = await open(temporary, "wx", mode);
  try {
    await writeAll(file, content);
    if (time) await file.utimes(time, time).catch(() => {}); // not supported by all file systems
    await file.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return temporary;
}

async function writeAll(file: FileHandle, content: Iterable<Uint8Array>): Promise<void> {
  for (const chunk of gather(content)) await file.writeFile(chunk);
}

function* gather(content: Iterable<Uint8Array>): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(gathered);
  let length = 0;
  for (const slice of content) {
    if (length + slice.length > gathered) {
      yield buffer.subarray(0, length);
      length = 0;
    }
    if (slice.length > gathered) yield slice;
    else {
      buffer.set(slice, length);
      length += slice.length;
    }
  }
  yield buffer.subarray(0, length);
}

/** Gives a file its name unless it is taken: unlike a rename, a link never replaces a file. */
async function nameNew(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
  }
  // Some file systems have no hard links.
  const taken = await stat(path).then(
    () => true,
    () => false,
  );
  if (!taken) await rename(temporary, path);
  return !taken;
}

/** Flushes a folder, so that new names survive a power failure. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return; // folders cannot be opened there
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
