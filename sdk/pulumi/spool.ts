// Pulumi's output of a state goes to a file first: collecting it from a pipe takes twice its memory, and comparing a
// file takes none.

import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { createTemporary } from "./temporary";

/** How much is read at once, in bytes. */
const piece = 1 << 20;

/** All of an open file. */
export async function readAll(file: FileHandle): Promise<Buffer> {
  const { size } = await file.stat();
  const bytes = Buffer.allocUnsafeSlow(size);
  for (let at = 0; at < size; ) {
    const { length } = await fill(file, bytes.subarray(at, at + (1 << 30)), at);
    if (length === 0) return bytes.subarray(0, at);
    at += length;
  }
  return bytes;
}

/** Whether an open file has the same bytes as another. */
export async function isSameAs(file: FileHandle, path: string): Promise<boolean> {
  const other = await open(path, "r");
  try {
    const [one, two] = [Buffer.allocUnsafe(piece), Buffer.allocUnsafe(piece)];
    for (let at = 0; ; at += piece) {
      const [mine, theirs] = [await fill(file, one, at), await fill(other, two, at)];
      if (!mine.equals(theirs)) return false;
      if (mine.length < piece) return true;
    }
  } finally {
    await other.close();
  }
}

/** Fills memory from an offset of a file; returns less if the file ends before. */
async function fill(file: FileHandle, memory: Buffer, start: number): Promise<Buffer> {
  let length = 0;
  for (let read = 1; read > 0 && length < memory.length; length += read)
    read = (await file.read(memory, length, memory.length - length, start + length)).bytesRead;
  return memory.subarray(0, length);
}

/**
 * Works with a file that disappears with the last process that has it open, however that one ends.
 * @throws LayersError `pulumi-failed` if it cannot be created
 */
export async function withNamelessFile<T>(work: (file: FileHandle) => Promise<T>): Promise<T> {
  const { path, file } = await createTemporary(async (folder) => {
    const name = join(folder, `lambda-layers-${crypto.randomUUID()}.tmp`);
    return { path: name, file: await open(name, "wx+", 0o600) };
  });
  // Windows does not delete open files.
  if (process.platform !== "win32") await rm(path);
  try {
    return await work(file);
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}
