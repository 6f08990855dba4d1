import { spawn } from "node:child_process";
import { LayersError } from "../core/errors";
import { reasonOf } from "../core/system-error";

/**
 * Runs a user's command line in the shell. Its output goes to stderr, because stdout belongs to the run.
 * @param cwd the folder that it runs in
 * @param input what it reads from its standard input
 * @param variables for its environment, in addition to this process's own
 * @param signal ends it
 * @returns undefined if it succeeded, otherwise how it ended, such as `exit code 1`
 * @throws LayersError `usage` if there is no shell to run it; `interrupted`
 */
export async function runCommand(
  cwd: string,
  command: string,
  input: string,
  variables: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const env = { ...process.env, ...variables };
  const child = spawn(command, { cwd, env, shell: true, stdio: ["pipe", 2, 2], signal });
  child.stdin?.on("error", () => {}); // it may end before it has read its input
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => {
      if (signal?.aborted) return reject(new LayersError("interrupted", "Interrupted.", { cause }));
      reject(new LayersError("usage", `The command could not be run: ${command}: ${reasonOf(cause)}`, { cause }));
    });
    child.once("exit", (code, signalName) => {
      resolve(code === 0 ? undefined : code === null ? `ended by ${signalName}` : `exit code ${code}`);
    });
  });
}
