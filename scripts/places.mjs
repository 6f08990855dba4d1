// Paths on this machine and in this checkout.

import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The folder of package.json. */
export const checkout = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** Commands of the checkout's dependencies. */
export const packageBin = join(checkout, "node_modules", ".bin");

/**
 * The user's cache folder for what the tests and the demo need; it may not exist.
 *
 * @param {import("./commands.mjs").Environment} [env]
 * @param {string} [platform]
 * @param {string} [home]
 */
export function cacheFolder(env = process.env, platform = process.platform, home = env.HOME || homedir()) {
  const name = "pulumi-lambda-layers";
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, name);
  if (platform === "darwin") return join(home, "Library", "Caches", name);
  if (platform === "win32") return join(env.LOCALAPPDATA || join(home, "AppData", "Local"), name, "Cache");
  return join(home, ".cache", name);
}
