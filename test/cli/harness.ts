// Runs the compiled command, as users do: build first.

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { spawn } from "@lydell/node-pty";
import { cacheFolder } from "../../scripts/places.mjs";
import { checkout } from "../support/engine";
import { removeFolder, temporaryFolder } from "../support/folders";
import { type Outcome, type Running, type RunOptions, start } from "../support/processes";
import { awsFunction, layer, stateOf } from "../support/states";

/** The compiled command. */
export const bin = join(checkout, "dist/cli/bin.js");

/** Where and how to run a command. */
export interface CliOptions extends RunOptions {
  cwd: string;
}

/** Starts `lambda-layers ARGS` and leaves it running. */
export function startCli(args: readonly string[], options: CliOptions): Running {
  return start(process.execPath, [bin, ...args], { ...options, env: options.env ?? plainEnvironment(options.cwd) });
}

/** Runs `lambda-layers ARGS` to its end. */
export function cli(args: readonly string[], options: CliOptions): Promise<Outcome> {
  return startCli(args, options).ended;
}

/** An environment with none of the caller's settings, and without Pulumi. */
export function plainEnvironment(home: string): Record<string, string> {
  const PATH = join(process.execPath, "..");
  // What one run compiles is good for all.
  const XDG_CACHE_HOME = join(cacheFolder(), "compiled");
  return { PATH, HOME: home, TZ: "UTC", AWS_EC2_METADATA_DISABLED: "true", XDG_CACHE_HOME };
}

export interface TerminalOptions extends CliOptions {
  columns: number;
  /** What to type as soon as the output matches, in this order. */
  typed?: readonly (readonly [at: RegExp, keys: string])[];
}

/**
 * How long a run on a terminal may take before it is killed: less than a test may take, so that the test shows the
 * screen.
 */
const PATIENCE_MS = 50_000;

/**
 * Runs `lambda-layers ARGS` on a terminal, and collects everything it receives. A run that waits for keys in vain is
 * killed.
 */
export function cliOnTerminal(
  args: readonly string[],
  { cwd, env, columns, typed = [] }: TerminalOptions,
): Promise<{ code: number; screen: string }> {
  return new Promise((resolve) => {
    const terminal = spawn(process.execPath, [bin, ...args], {
      cwd,
      env: { ...(env ?? plainEnvironment(cwd)), TERM: "xterm-256color" },
      cols: columns,
      rows: 40,
    });
    const open = [...typed];
    let screen = "";
    terminal.onData((data) => {
      screen += data;
      while (open[0]?.[0].test(screen)) terminal.write(open.shift()?.[1] ?? "");
    });
    const late = setTimeout(() => terminal.kill("SIGKILL"), PATIENCE_MS);
    terminal.onExit(({ exitCode, signal }) => {
      clearTimeout(late);
      resolve({ code: signal ? 128 + signal : exitCode, screen });
    });
  });
}

/** A folder with files, for runs that need no Pulumi. */
export class Folder {
  private constructor(readonly path: string) {}

  static async create(files: Record<string, unknown> = {}): Promise<Folder> {
    const folder = new Folder(await temporaryFolder());
    await folder.write(files);
    return folder;
  }

  /** Writes files; anything but a string is written as JSON. */
  async write(files: Record<string, unknown>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.path, name);
      await mkdir(join(path, ".."), { recursive: true });
      await writeFile(path, typeof content === "string" ? content : JSON.stringify(content, undefined, 4));
    }
  }

  read(name: string): Promise<string> {
    return readFile(join(this.path, name), "utf8");
  }

  /** Every file, by its path in the folder. */
  async files(): Promise<string[]> {
    const entries = await readdir(this.path, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map(({ parentPath, name }) => join(parentPath, name).slice(this.path.length + 1)).sort();
  }

  cli(args: readonly string[], options: Partial<CliOptions> = {}): Promise<Outcome> {
    return cli(args, { cwd: this.path, ...options });
  }

  start(args: readonly string[], options: Partial<CliOptions> = {}): Running {
    return startCli(args, { cwd: this.path, ...options });
  }

  dispose(): Promise<void> {
    return removeFolder(this.path);
  }
}

/** The state from the Python tool's README: three functions with layers at other versions than its config declares. */
export const readmeState = stateOf([
  awsFunction("my-function-1", [layer("receipt-dynamo-dev", 1)]),
  awsFunction("my-function-2", [layer("receipt-dynamo-dev", 2)]),
  awsFunction("my-function-3", [layer("receipt-label-dev", 1)]),
]);

export const readmeConfig = `layers:
  receipt-dynamo:
    version: 5
  receipt-label:
    version: 3
`;
