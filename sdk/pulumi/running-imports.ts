import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** The option by which an import names its file; its text tells one import from all others. */
export function fileOption(file: string): string {
  return `--file=${file}`;
}

/**
 * Whether a process imports this file. Looked up in the system's list of processes and not by a process ID: that may
 * have been given to another process since. Always false on Windows, which has no such list at hand.
 */
export async function isImportRunning(file: string): Promise<boolean> {
  const commands = process.platform === "linux" ? await commandsOfProc() : await commandsOfPs();
  return commands.some((command) => command.includes("import") && command.includes(fileOption(file)));
}

async function commandsOfProc(): Promise<string[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  // Processes end while they are looked at.
  return Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")));
}

async function commandsOfPs(): Promise<string[]> {
  if (process.platform === "win32") return [];
  const { stdout } = await promisify(execFile)("ps", ["-A", "-ww", "-o", "args="], { maxBuffer: 1 << 26 });
  return stdout.split("\n");
}
