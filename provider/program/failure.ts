import * as pulumi from "@pulumi/pulumi";
import type { Lines } from "../../sdk/core/text";
import { cleanLines } from "../host/say";

// With this status, Pulumi's language host knows that the error has been reported, and adds nothing.
const reportedAll = 32;

/**
 * Whether the program has its own process. Inline programs of the Automation API run in the caller's, which must not be
 * ended.
 */
export const hasOwnProcess = /[\\/]cmd[\\/]run(?:[\\/]|$)/.test(process.argv[1] ?? "");

/**
 * Makes the run fail with a message and without a stack trace. A preview continues, so that it shows the rest of the
 * plan and other problems; an update must stop.
 */
export async function failRun(message: Lines): Promise<void> {
  await pulumi.log.error(cleanLines(message));
  if (pulumi.runtime.isDryRun()) {
    // A logged error alone fails only programs of the Automation API.
    if (hasOwnProcess) process.exitCode = reportedAll;
    return;
  }
  if (hasOwnProcess) process.exit(reportedAll);
  throw runError(message);
}

/** The error of a program that cannot go on, which Pulumi shows without a stack trace. */
export function runError(message: Lines): pulumi.RunError {
  return new pulumi.RunError(cleanLines(message));
}
