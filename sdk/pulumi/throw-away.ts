import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Works with a new private folder that is removed at the end, also if this process exits before the work is done, as
 * after a second Ctrl-C.
 */
export async function withThrowAwayFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "lambda-layers-")); // mode 0700
  const options = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 } as const;
  const removeNow = () => rmSync(folder, options);
  process.once("exit", removeNow);
  try {
    return await work(folder);
  } finally {
    await rm(folder, options);
    process.off("exit", removeNow);
  }
}
