// Folders in the user's cache that are either complete or absent.

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import lockfile from "proper-lockfile";

/** How long a lock may go without a sign of life before another process takes it over, in milliseconds. */
const STALE = 10_000;

/** How often a waiting process checks whether it is its turn, in milliseconds. */
const PATIENCE = 500;

/**
 * Fills a temporary folder and renames it once it is complete. If several processes want the same folder at once, one
 * makes it and the others wait.
 *
 * @param {string} folder
 * @param {(partial: string) => Promise<void>} fill
 * @param {object} [options]
 * @param {() => void} [options.onWait] called if another process is already making it
 * @param {AbortSignal} [options.signal] stops waiting
 */
export async function makeOnce(folder, fill, { onWait, signal } = {}) {
  const parent = dirname(folder);
  const prefix = `${basename(folder)}.partial-`;
  await mkdir(parent, { recursive: true });
  const release = await lock(folder, onWait, signal);
  try {
    if (existsSync(folder)) return;
    const leftovers = (await readdir(parent)).filter((name) => name.startsWith(prefix));
    await Promise.all(leftovers.map((name) => remove(join(parent, name))));
    const partial = await mkdtemp(join(parent, prefix));
    try {
      await fill(partial);
      await rename(partial, folder);
    } finally {
      await remove(partial);
    }
  } finally {
    await release();
  }
}

/**
 * @param {string} folder
 * @param {(() => void) | undefined} onWait
 * @param {AbortSignal} [signal]
 */
async function lock(folder, onWait, signal) {
  for (let waiting = false; ; waiting = true) {
    signal?.throwIfAborted();
    try {
      return await lockfile.lock(folder, { realpath: false, stale: STALE });
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ELOCKED") throw error;
      if (!waiting) onWait?.();
      await setTimeout(PATIENCE, undefined, { signal });
    }
  }
}

/** @param {string} path */
function remove(path) {
  return rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
