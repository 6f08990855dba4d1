// Folders in the user's cache that are there either complete or not at all.

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import lockfile from "proper-lockfile";

/** How old a lock may get without a sign of life before another process takes it over, in milliseconds. */
const STALE = 10_000;

/**
 * Makes a folder by filling another one, which gets its name once it is complete. Of several processes that want the
 * same folder at once, one makes it and the others wait for that.
 *
 * @param {string} folder
 * @param {(partial: string) => Promise<void>} fill
 * @param {() => void} [waiting] called when another process has begun before
 */
export async function makeOnce(folder, fill, waiting) {
  const parent = dirname(folder);
  const prefix = `${basename(folder)}.partial-`;
  await mkdir(parent, { recursive: true });
  const release = await lock(folder, waiting);
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
 * @param {() => void} [waiting]
 */
async function lock(folder, waiting) {
  const options = { realpath: false, stale: STALE };
  try {
    return await lockfile.lock(folder, options);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ELOCKED") throw error;
    waiting?.();
    return lockfile.lock(folder, { ...options, retries: { forever: true, minTimeout: 500, maxTimeout: 2000 } });
  }
}

/** @param {string} path */
function remove(path) {
  return rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
