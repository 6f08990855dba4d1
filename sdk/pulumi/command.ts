import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { statSync } from "node:fs";
import { LayersError } from "../core/errors";
import { reasonOf } from "../core/system-error";
import { projectMissing, pulumiMissing } from "./stack-errors";

/** How a Pulumi command ended. */
export interface CommandEnd {
  /** Null if a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

// Pulumi must never prompt, as for a passphrase or a choice of stacks.
const always = ["--non-interactive", "--color=never"];

/**
 * Runs `pulumi` and waits until it has ended and its output is read, also after the signal, so that nothing outlives
 * the call.
 * @param options.env in addition to this process's own
 * @param watch called with the process as soon as it runs
 * @throws LayersError `pulumi-missing`, `project-missing` if the folder does not exist, `interrupted`
 */
export async function runPulumi(
  args: readonly string[],
  options: SpawnOptions & { readonly cwd: string },
  watch: (child: ChildProcess) => void = () => {},
): Promise<CommandEnd> {
  const problem = folderProblem(options.cwd);
  if (problem) throw projectMissing(options.cwd, problem);
  const env = { ...process.env, ...options.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  try {
    const end = await new Promise<CommandEnd>((resolve, reject) => {
      const child = spawn("pulumi", [...always, ...args], { ...options, env });
      // The signal also causes an error, at which time the process has not ended.
      child.once("error", (error) => child.pid === undefined && reject(error));
      child.once("close", (exitCode, signal) => resolve({ exitCode, signal }));
      watch(child);
    });
    // Ctrl-C reaches Pulumi too, and may end it before this process handles the signal.
    if (end.signal === "SIGINT" || options.signal?.aborted) throw interrupted();
    return end;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EACCES") throw pulumiMissing(error);
    throw error;
  }
}

/** Why commands cannot run in a folder; undefined if they can. */
function folderProblem(path: string): string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return "no such folder";
    return found.isDirectory() ? undefined : "it is a file";
  } catch (cause) {
    return reasonOf(cause);
  }
}

function interrupted(): LayersError {
  return new LayersError("interrupted", "Interrupted.");
}
