import { LayersError } from "../core/errors";
import type { CliReporter } from "./reporter";

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
