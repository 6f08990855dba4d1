import os from "node:os";
import process from "node:process";

/**
 * Runs a script to its end and sets the exit code: the one it returns; 1, with an error's message on standard error; or
 * 128 + N if signal N made it fail. A signal only aborts, so that the script can clean up.
 *
 * @param {(signal: AbortSignal) => Promise<number>} script
 */
export async function interruptible(script) {
  const controller = new AbortController();
  let interrupted = 0;
  for (const name of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(name, () => {
      interrupted = 128 + os.constants.signals[name];
      controller.abort();
    });
  }
  try {
    process.exitCode = await script(controller.signal);
  } catch (error) {
    process.exitCode = interrupted || 1;
    if (!interrupted) process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  }
}
