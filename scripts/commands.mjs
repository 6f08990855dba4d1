// Finds commands on PATH and runs them. Plain Node without dependencies: this runs before they are installed.

import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import os from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import process from "node:process";

/** @typedef {Record<string, string | undefined>} Environment */

/** Whether this is Windows, where links need privileges and scripts a shell. */
export const windows = process.platform === "win32";

/**
 * The file name of a program on this platform.
 *
 * @param {string} name
 */
export const exe = (name) => (windows ? `${name}.exe` : name);

/**
 * Every file on PATH that the name would start, in PATH's order. The folders that npm adds, `node_modules/.bin`, are
 * left out: their commands belong to a package, not to the machine.
 *
 * @param {string} name
 * @param {Environment} env
 * @returns {string[]}
 */
export function onPath(name, env) {
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "" && !isPackageBin(folder));
  const files = windows ? [`${name}.exe`, `${name}.cmd`] : [name];
  return folders.flatMap((folder) => files.map((file) => join(folder, file))).filter(isExecutable);
}

/** @param {string} folder */
function isPackageBin(folder) {
  return basename(folder) === ".bin" && basename(dirname(folder)) === "node_modules";
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The environment with folders first on PATH.
 *
 * @param {string[]} folders
 * @param {Environment} env
 * @returns {Environment}
 */
export function withPath(folders, env) {
  return { ...env, PATH: [...folders, env.PATH].filter(Boolean).join(delimiter) };
}

/**
 * Runs a command to its end, in its own process group so that stopping it leaves nothing behind.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {Environment} [options.env]
 * @param {AbortSignal} [options.signal] stops the command
 * @param {number} [options.silence] stops the command if it prints nothing for this many milliseconds
 * @param {(data: Buffer) => void} [options.print] receives its standard error as it arrives
 * @returns {Promise<{code: number | null, stdout: string}>} `code` is null if it was stopped or could not be started
 */
export function capture(command, args, { cwd, env, signal, silence, print } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: !windows,
      shell: windows && !command.endsWith(".exe"),
    });
    const stop = () => stopGroup(child);
    const timer = silence === undefined ? undefined : setTimeout(stop, silence);
    let stdout = "";
    child.stdout.on("data", (data) => {
      stdout += data;
      timer?.refresh();
    });
    child.stderr.on("data", (data) => {
      print?.(data);
      timer?.refresh();
    });
    process.once("exit", stop);
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    /** @param {number | null} code */
    const end = (code) => {
      clearTimeout(timer);
      process.off("exit", stop);
      signal?.removeEventListener("abort", stop);
      resolve({ code, stdout });
    };
    child.once("error", () => end(null));
    child.once("close", end);
  });
}

/** @param {import("node:child_process").ChildProcess} child */
function stopGroup(child) {
  if (child.pid === undefined) return;
  try {
    process.kill(windows ? child.pid : -child.pid, "SIGKILL");
  } catch {
    // It has already ended.
  }
}

/**
 * Runs a command on our terminal. Ctrl-C reaches it directly, so it decides when to end; other signals are forwarded.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: Environment}} [options]
 * @returns {Promise<number>} the exit code; 128 + N if signal N ended the command
 */
export function passThrough(command, args, { cwd, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: "inherit", shell: windows && !command.endsWith(".exe") });
    /** @type {[NodeJS.Signals, () => void][]} */
    const handlers = [
      ["SIGINT", () => {}],
      ["SIGTERM", () => child.kill("SIGTERM")],
      ["SIGHUP", () => child.kill("SIGHUP")],
    ];
    for (const [name, handle] of handlers) process.on(name, handle);
    const forget = () => {
      for (const [name, handle] of handlers) process.off(name, handle);
    };
    child.once("error", (error) => {
      forget();
      reject(error);
    });
    child.once("close", (code, signal) => {
      forget();
      resolve(code ?? 128 + (signal ? os.constants.signals[signal] : 0));
    });
  });
}
