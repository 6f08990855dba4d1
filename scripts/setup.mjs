// Prepares the checkout so that commands can run in it.

import process from "node:process";
import { withPath } from "./commands.mjs";
import { installDependencies } from "./dependencies.mjs";
import { checkout, packageBin } from "./places.mjs";

/**
 * Installs what is missing: first the dependencies, then the engine.
 *
 * @param {AbortSignal} signal
 * @returns {Promise<{folder: string, env: import("./commands.mjs").Environment}>} the engine's folder, and our
 * environment with that folder and the dependencies' commands first on PATH
 */
export async function setUp(signal) {
  const log = (/** @type {string | Uint8Array} */ text) => void process.stderr.write(text);
  await installDependencies(checkout, { log, signal });
  // Imported only now, as it needs a dependency.
  const { findEngine } = await import("./engine.mjs");
  const { folder } = await findEngine({ log, signal });
  return { folder, env: withPath([folder, packageBin], process.env) };
}
