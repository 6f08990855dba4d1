import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createTemporary } from "./temporary";

/**
 * Works with a new private folder that is removed at the end, also if this process exits before the work is done, as
 * after a second Ctrl-C.
 * @throws LayersError `pulumi-failed` if it cannot be created
 */
export async function withThrowAwayFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await createTemporary((parent) => mkdtemp(join(parent, "lambda-layers-"))); // mode 0700
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
