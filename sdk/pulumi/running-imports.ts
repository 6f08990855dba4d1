import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** The option with an import's file, whose text identifies the import. */
export function fileOption(file: string): string {
  return `--file=${file}`;
}

/**
 * Whether a process imports this file. Searches the system's process list rather than a process ID, which may have been
 * reused. Always false on Windows, where no such list is easily available.
 */
export async function isImportRunning(file: string): Promise<boolean> {
  const commands = process.platform === "linux" ? await commandsOfProc() : await commandsOfPs();
  return commands.some((command) => command.includes("import") && command.includes(fileOption(file)));
}

async function commandsOfProc(): Promise<string[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  // Processes may end while they are being read.
  return Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")));
}

async function commandsOfPs(): Promise<string[]> {
  if (process.platform === "win32") return [];
  const { stdout } = await promisify(execFile)("ps", ["-A", "-ww", "-o", "args="], { maxBuffer: 1 << 26 });
  return stdout.split("\n");
}
