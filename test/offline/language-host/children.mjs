import { spawn } from "node:child_process";

/** How long a child has between the interrupt and the kill, in milliseconds; the engine gives us five seconds. */
const GRACE = 3000;

/**
 * @typedef {object} Child
 * @property {import("node:child_process").ChildProcess} process
 * @property {Promise<End>} ended settles once its output has been read to the end; rejects if it could not be started
 * @property {() => Promise<void>} stop interrupts it, kills it if it takes too long, and waits until it is gone
 *
 * @typedef {{code: number | null, signal: NodeJS.Signals | null}} End
 */

/** The processes that were started here and are still running. */
export class Children {
  /** @type {Set<Child>} */
  #running = new Set();

  /**
   * @param {string} command
   * @param {string[]} args
   * @param {import("node:child_process").SpawnOptions} options
   * @returns {Child}
   */
  start(command, args, options) {
    const child = spawn(command, args, options);
    /** @type {Promise<End>} */
    const ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve({ code, signal }));
    });
    const running = { process: child, ended, stop: () => stop(child) };
    this.#running.add(running);
    const forget = () => this.#running.delete(running);
    ended.then(forget, forget);
    return running;
  }

  /** Stops every child. */
  async stop() {
    await Promise.all([...this.#running].map((child) => child.stop()));
  }
}

/** @param {import("node:child_process").ChildProcess} child */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGKILL"), GRACE);
  await gone;
  clearTimeout(timer);
}
