import { LayersError } from "../core/errors";
import { type Lines, shown, shownLines } from "../core/text";
import type { Reporter } from "../ports";
import { logProgress, showProgress } from "./progress";
import type { Output } from "./terminal";

/** Where a command reports what it does. */
export interface ReporterOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Stdout is reserved for one document, in JSON or Markdown. */
  readonly isReserved?: boolean;
  readonly verbose?: boolean;
  /** Whether long work is shown by a spinner; otherwise by a line every ten seconds. */
  readonly progress?: boolean | Reporter["progress"];
  /** Whether to print hints that only a person needs. Default: if stdout is a terminal. */
  readonly asides?: boolean;
  /** Adds to a warning, an error or a `--verbose` line which stack it is about. Default: nothing is added. */
  readonly about?: (text: string) => string;
}

/** A reporter that can also report errors. */
export interface CliReporter extends Reporter {
  warn(lines: Lines): void;
  error(lines: Lines): void;
}

/**
 * Reports what a run does in the Python tool's format: `INFO - ...` and `  - ...`. Names in them are escaped, so that
 * they cannot add lines or move the cursor; only warnings and errors have several lines.
 */
export function createReporter(options: ReporterOptions): CliReporter {
  const { stdout, stderr, isReserved, verbose, progress, about = (text) => text, asides = stdout.isTerminal } = options;
  const { yellow, red, dim } = stderr.colors;
  const told = isReserved ? stderr : stdout;
  const isReported = !isReserved || verbose;
  const info = (line: string) => {
    if (isReported) told.line(`${told.colors.cyan("INFO")} - ${shown(line)}`);
  };
  const item = (line: string) => {
    if (isReported) told.line(`  - ${shown(line)}`);
  };
  return {
    info,
    item,
    aside(line, items) {
      if (!asides || isReserved) return;
      info(line);
      for (const one of items) item(one);
    },
    warn: (lines) => stderr.line(`${yellow("WARNING")} - ${about(shownLines(lines))}`),
    error: (lines) => stderr.line(`${red("ERROR")} - ${about(shownLines(lines))}`),
    verbose(line) {
      if (verbose) stderr.line(dim(`DEBUG - ${about(shown(line))}`));
    },
    progress:
      typeof progress === "function"
        ? progress
        : (title, how) => (progress ? showProgress : logProgress)(stderr, shown(title), how),
  };
}

/**
 * Prints what went wrong; with `--verbose` also where in the code.
 * @returns the error as a LayersError, with a code and an exit status
 */
export function reportError(reporter: CliReporter, error: unknown): LayersError {
  const told = asLayersError(error);
  if (told.code === "interrupted") reporter.warn(told.lines);
  else reporter.error(told.lines);
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    for (const line of (at.stack ?? at.message).split("\n")) reporter.verbose(line);
  return told;
}

function asLayersError(error: unknown): LayersError {
  if (error instanceof LayersError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new LayersError("internal", `Unexpected error: ${message}`, {
    next: "Run again with --verbose for details, and please report it with that output.",
    cause: error,
  });
}
