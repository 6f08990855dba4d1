import { CommanderError } from "commander";
import { exitStatus, LayersError } from "../core/errors";
import { reasonOf } from "../core/system-error";
import type { WiringOptions } from "../wiring";
import { commandFirst, hasFlag } from "./argv";
import { commands, defaultCommand } from "./commands";
import type { Context, ContextChanges } from "./context";
import { errorDocument, printJson } from "./json";
import { allFlags, type OptionValues } from "./options";
import { createProgram, type RunCommand } from "./program";
import { type CliReporter, createReporter, reportError } from "./reporter";
import { Output, type OutputStream } from "./terminal";
import { flagWords } from "./words";

/** The process around a run. */
export interface World {
  /** Opened on first use, because that takes a while. */
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: NodeJS.ProcessEnv;
  /** What `--version` prints. */
  readonly version: string;
  /** Checked between steps; a run that stops for it reports what was done and what was not. */
  readonly signal: AbortSignal;
}

/** Runs the command line of this process. */
export function start(version: string): void {
  const { stdout, stderr, env } = process;
  const signal = listenToSignals();
  const words = process.argv.slice(2);
  // Uncaught errors are reported like any other.
  process.on("uncaughtException", (error) => {
    const verbose = words.some((word) => word === "--verbose" || word === "-v");
    const output = new Output(stderr, env);
    const reporter = createReporter({ stdout: output, stderr: output, verbose });
    process.exit(reportError(reporter, error).exitStatus);
  });
  const world: World = {
    ...{ stdout, stderr, env, version, signal },
    get stdin() {
      return process.stdin;
    },
  };
  let unwritten: NodeJS.ErrnoException | undefined;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that has stopped, such as `head`, wanted no more.
    if (error.code !== "EPIPE") unwritten ??= error;
  });
  main(words, world).then((status) => {
    process.exitCode = status;
  });
  process.once("beforeExit", (status) => {
    if (unwritten) {
      const output = new Output(stderr, env);
      createReporter({ stdout: output, stderr: output }).error(
        `Not all output could be written to stdout: ${reasonOf(unwritten)}. The run went on to its end${status === 0 ? "" : `, and failed with exit code ${status}`}.`,
      );
      process.exitCode = status === 0 ? exitStatus.internal : status;
    }
    // Nothing is left to do; Node.js would first free every object.
    process.exit();
  });
}

/**
 * Runs a command line to its end.
 * @param words the words after `lambda-layers`
 * @returns the exit status
 */
export async function main(words: readonly string[], world: World): Promise<number> {
  const { version, env } = world;
  const stdout = new Output(world.stdout, env);
  const stderr = new Output(world.stderr, env);
  const fail = (error: unknown, reporter: CliReporter, json = false) => {
    const told = reportError(reporter, error);
    if (json) printJson(stdout, { error: errorDocument(told) });
    return told.exitStatus;
  };
  let status = 0;
  const runCommand: RunCommand = async ({ load }, options, args) => {
    const context = createContext({ options, args, words, stdout, stderr, backends: new Map() }, world);
    try {
      status = (await (await load?.())?.run(context)) ?? 0;
    } catch (error) {
      status = fail(error, context.reporter, options.json);
    }
  };
  const flags = allFlags();
  try {
    const all = commandFirst(words, flags, commands, defaultCommand.name);
    await createProgram({ words: all, version, stdout, stderr, runCommand }).parseAsync(all, { from: "user" });
    return status;
  } catch (error) {
    // Help and version also end the parsing.
    if (error instanceof CommanderError) return 0;
    if (!(error instanceof LayersError)) throw error;
    // Wrong usage: options were not parsed.
    const json = hasFlag(words, "--json", flags);
    return fail(error, createReporter({ stdout, stderr, isReserved: json }), json);
  }
}

/** The parts of a context that are known before it is created. */
type Given = Pick<Context, "options" | "args" | "words" | "stdout" | "stderr"> &
  Pick<WiringOptions, "backends"> &
  ContextChanges;

function createContext(given: Given, world: World): Context {
  const { options, args, words, stdout, stderr, about } = given;
  const { env, version, signal } = world;
  const { json, verbose, yes } = options;
  const isMoving = stderr.isTerminal && !env.CI;
  const progress = given.progress ?? isMoving;
  // One of several stacks is summed up with the others.
  const asides = about === undefined && stdout.isTerminal;
  const isReserved = given.isReserved ?? json;
  const reporter = createReporter({ stdout, stderr, isReserved, verbose, progress, about, asides });
  const isAsked = !("ask" in given) && stdout.isTerminal && !json && !yes && world.stdin.isTTY;
  return {
    ...{ options, args, words, stdout, stderr, reporter, env, version, table: { commands, defaultCommand } },
    derive: (changes) => createContext({ ...given, ...changes }, world),
    ask: isAsked
      ? async (question) => {
          const { confirm } = await import("./confirm.js");
          return confirm(question, { input: world.stdin, output: stderr.stream as NodeJS.WriteStream, signal });
        }
      : undefined,
    async openPorts() {
      const { createPorts } = await import("../wiring.js");
      const { keepNewObjectsSmall } = await import("./new-objects.js");
      keepNewObjectsSmall();
      return createPorts({ ...portOptions(options, reporter, signal), backends: given.backends });
    },
  };
}

/** The environment of a command's use cases; with `--verbose`, their steps are reported. */
function portOptions(options: OptionValues, reporter: CliReporter, signal: AbortSignal): WiringOptions {
  const { config, cwd, backupDir, region, profile, rate } = options;
  return {
    ...{ cwd, backupDir, region, profile, rate, reporter, signal, adviceFolder: cwd },
    adviceWords: flagWords({
      "--config": config,
      "--cwd": cwd,
      "--backup-dir": backupDir,
      "--region": region,
      "--profile": profile,
    }),
    onPulumi: ({ args, milliseconds, exitCode }) => {
      const ended = exitCode === null ? "ended by a signal" : `exit code ${exitCode}`;
      reporter.verbose(`pulumi ${args.join(" ")}: ${ended}, ${seconds(milliseconds)}`);
    },
    onAwsCall: ({ operation, subject, milliseconds, outcome }) => {
      reporter.verbose(`AWS ${operation}${subject ? ` ${subject}` : ""}: ${outcome}, ${seconds(milliseconds)}`);
    },
  };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(3)} s`;
}

// Milliseconds until an interrupted run reports that it is still finishing.
const patience = 300;

/** The first Ctrl-C ends the run between two steps, the second one at once. */
function listenToSignals(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(exitStatus.interrupted);
    controller.abort();
    const message = "Stopping after the current step. Press Ctrl-C again to stop immediately.";
    // Most runs have ended by then and have reported what was done.
    setTimeout(() => console.error(message), patience).unref();
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, stop);
  // The terminal is gone, so nobody could read a line.
  process.on("SIGHUP", () => controller.abort());
  return controller.signal;
}
