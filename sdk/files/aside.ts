import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LayersError, unchanged } from "../core/errors";
import { reasonOf } from "../core/system-error";
import { readInto } from "./pieces";

/**
 * Writes bytes to a file without a path, which disappears with this process, however that ends.
 * @returns reads them again, once; undefined if there is no space for them
 */
export function setAside(bytes: Uint8Array): (() => Uint8Array) | undefined {
  const { length } = bytes;
  let file: number | undefined;
  try {
    file = openNameless();
    for (let at = 0; at < length; ) at += writeSync(file, bytes, at, Math.min(length - at, most), at);
  } catch {
    if (file !== undefined) closeSync(file);
    return undefined;
  }
  const open = file;
  return () => {
    const read = Buffer.allocUnsafeSlow(length);
    try {
      readInto(read, open, 0);
      return read;
    } catch (cause) {
      const message = `The planned state could not be read back: ${reasonOf(cause)}.`;
      throw new LayersError("internal", message, { cause, changed: unchanged });
    } finally {
      closeSync(open);
    }
  };
}

// Bytes per write.
const most = 1 << 30;

function openNameless(): number {
  const path = join(tmpdir(), `lambda-layers-${crypto.randomUUID()}.tmp`);
  const file = openSync(path, "wx+", 0o600);
  // Windows does not delete open files.
  if (process.platform !== "win32") rmSync(path);
  return file;
}
