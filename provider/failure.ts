import * as pulumi from "@pulumi/pulumi";
import type { Lines } from "../sdk/core/text";
import { cleanLines } from "./say";

// By this status Pulumi's language host knows that the user has been told everything: it prints nothing more of its own.
const reportedAll = 32;

/**
 * Whether the program has a process of its own. Inline programs of the Automation API run in someone else's, which is
 * not ours to end.
 */
export const hasOwnProcess = /[\\/]cmd[\\/]run(?:[\\/]|$)/.test(process.argv[1] ?? "");

/**
 * Makes the run fail with a message and without a stack trace. A preview goes on, so that it shows the rest of the plan
 * and what else is wrong; an update must not get any further.
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
