import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes an empty folder with a name of its own; its path has no symbolic links. */
export async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(await realpath(tmpdir()), "lambda-layers-"));
}

/** Removes a folder and all that is in it; processes that are just ending may still write there. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
