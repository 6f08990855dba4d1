import { type ChildProcess, spawn } from "node:child_process";

/** How a process ended, and its output. */
export interface Outcome {
  /** Exit code, or `null` if a signal ended the process. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Both streams in the order in which they arrived. */
  output: string;
}

export interface RunOptions {
  cwd?: string;
  /** The whole environment, not additions to ours. */
  env?: NodeJS.ProcessEnv;
  /** What the process reads from its standard input; nothing by default. */
  input?: string;
  /** Starts the process in its own process group, so that `kill` reaches its children too. */
  group?: boolean;
}

/** A process that was started and may still run. */
export interface Running {
  process: ChildProcess;
  /**
   * Settles once the process has ended and its output is read; rejects if it could not be started, or with
   * `EngineCrash`.
   */
  ended: Promise<Outcome>;
  /** Resolves to the match as soon as the output so far has one; rejects if the process ends before that. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal?: NodeJS.Signals): void;
}

/** What a program written in Go prints if it crashes by itself, as Pulumi's engine now and then does. */
const CRASH = /^(?:fatal error|panic): [\s\S]*^goroutine \d+ \[/m;

/** The engine crashed by itself: the run of the specs recognises this by `code`, and tries the spec file again. */
export class EngineCrash extends Error {
  readonly code = "ENGINE_CRASHED";

  constructor(outcome: Outcome) {
    super(`the engine crashed by itself:\n${outcome.output}`);
  }
}

/** Starts a process and collects its output. */
export function start(command: string, args: readonly string[], options: RunOptions = {}): Running {
  const { cwd, env, input, group = false } = options;
  const child = spawn(command, args, { cwd, env, stdio: "pipe", detached: group });
  const outcome: Outcome = { code: null, signal: null, stdout: "", stderr: "", output: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      outcome[name] += text;
      outcome.output += text;
    });
  }
  child.stdin.on("error", () => {}); // the process may end before it has read its input
  child.stdin.end(input);

  const ended = new Promise<Outcome>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (CRASH.test(outcome.output)) reject(new EngineCrash(outcome));
      else resolve({ ...outcome, code, signal });
    });
  });
  const printed = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(outcome.output);
        if (match) resolve(match);
      };
      child.stdout.on("data", look);
      child.stderr.on("data", look);
      ended.then(() => reject(new Error(`ended without printing ${pattern}:\n${outcome.output}`)), reject);
      look();
    });
  const kill = (signal: NodeJS.Signals = "SIGTERM") => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    if (group) process.kill(-child.pid, signal);
    else child.kill(signal);
  };
  return { process: child, ended, printed, kill };
}

/** Runs a process to its end. */
export function run(command: string, args: readonly string[], options?: RunOptions): Promise<Outcome> {
  return start(command, args, options).ended;
}

/** Whether a process is still running. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
