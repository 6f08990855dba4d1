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

// Pulumi never asks: it would ask for a passphrase behind our back, or for a choice among stacks.
const always = ["--non-interactive", "--color=never"];

/**
 * Runs `pulumi` and waits until it has ended and its output is read: at the signal too, so that nothing goes on behind us.
 * @param options.env beside this process's own
 * @param watch called with the process as soon as it runs
 * @throws LayersError `pulumi-missing`, `project-missing` where no such folder, `interrupted`
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
      // The signal is an error too, and the process has not ended by then.
      child.once("error", (error) => child.pid === undefined && reject(error));
      child.once("close", (exitCode, signal) => resolve({ exitCode, signal }));
      watch(child);
    });
    // Ctrl-C reaches Pulumi too, and may end it before we hear of it.
    if (end.signal === "SIGINT" || options.signal?.aborted) throw interrupted();
    return end;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EACCES") throw pulumiMissing(error);
    throw error;
  }
}

/** Why nothing can run in a folder; undefined if it can. */
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
