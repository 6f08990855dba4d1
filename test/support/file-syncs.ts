import type { Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/**
 * Reports which open files are flushed to disk, just before they are.
 * @returns a function that ends the reports
 */
export async function watchSyncs(method: "sync" | "datasync", told: (file: Stats) => void): Promise<() => void> {
  const file = await open(__filename);
  await file.close();
  const handles: FileHandle = Object.getPrototypeOf(file);
  const original = handles[method];
  handles[method] = async function (this: FileHandle) {
    const stats = await this.stat();
    await original.call(this);
    told(stats);
  };
  return () => {
    handles[method] = original;
  };
}
