import { hostname } from "node:os";
import { shortStackName } from "../core/config/declared";
import { type ErrorCode, LayersError } from "../core/errors";
import { didYouMean } from "../core/nearest";
import { type Lines, listNames, pulumiCommandLine } from "../core/text";
import { findProjectFile } from "./project";

/** How a Pulumi command failed. */
export interface PulumiFailure {
  /** `export`, `import` or another operation, for messages. */
  readonly what: string;
  readonly stack: string;
  /** The folder that Pulumi ran in; absolute. */
  readonly cwd: string;
  /** Null if a signal ended the command. */
  readonly exitCode: number | null;
  readonly stderr: string;
}

/** Spells a Pulumi command for a message. */
export type AdvisePulumi = (words: readonly string[]) => string;

const inPlace: AdvisePulumi = (words) => pulumiCommandLine(words, undefined);

// Stable exit codes of Pulumi's CLI: pkg/cmd/pulumi/cmd/exit_codes.go.
const exitCodes = { notLoggedIn: 3, stackNotFound: 6 };

// There is no exit code for a full name on the legacy layout of a file backend, whose names have no slashes.
const refusedName = /organization name must be|a stack name may only contain/;

/** Whether a Pulumi command failed because there is no such stack. */
export function isStackMissing({ exitCode, stderr }: PulumiFailure): boolean {
  return exitCode === exitCodes.stackNotFound || refusedName.test(stderr);
}

/**
 * Explains why a Pulumi command failed. Exit codes take precedence; text is used if Pulumi has no code.
 * @param stacks the project's stacks, for the one that was probably meant
 */
export function explainFailure(
  failure: PulumiFailure,
  stacks: readonly string[] = [],
  advise: AdvisePulumi = inPlace,
): LayersError {
  const { what, stack, cwd, exitCode, stderr } = failure;
  const said = withoutPrefix(stderr) || endOf(exitCode);
  const error = (code: ErrorCode, message: string, next: Lines) =>
    new LayersError(code, message, { next, cause: stderr });

  if (isStackMissing(failure)) {
    const meant = didYouMean(shortStackName(stack), stacks);
    return error(
      "stack-missing",
      `State file not found: the stack ${stack} does not exist in this project (${said}).`,
      [
        ...(meant ? [meant] : []),
        `Ensure you're in the correct directory (should contain Pulumi.yaml). List the stacks: ${advise(["stack", "ls"])}`,
        ...(meant || stacks.length === 0 ? [] : [`This project has: ${listNames(stacks)}.`]),
      ],
    );
  }
  if (exitCode === exitCodes.notLoggedIn) return notLoggedIn(said, stderr);
  if (/currently locked by|Another update is currently in progress/.test(said)) return locked(stack, said, advise);
  if (/passphrase|secrets manager|failed to decrypt|failed to encrypt/i.test(said)) {
    return error(
      "passphrase",
      `The stack's secrets cannot be read: ${said}`,
      "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, or sign in to the key service that the stack uses.",
    );
  }
  if (/failed to load checkpoint: EOF/.test(said)) {
    const file = `${shortStackName(stack)}.json.attrs`;
    return error(
      "pulumi-failed",
      `Pulumi cannot read the stack ${stack}: ${said}. A killed Pulumi process can leave an empty ${file} behind.`,
      `If .pulumi/stacks/PROJECT/${file} in the backend's folder is empty, delete it: the state file next to it is intact, and Pulumi recreates the deleted file.`,
    );
  }
  if (findProjectFile(cwd) === undefined) return projectMissing(cwd, said);
  return error(
    "pulumi-failed",
    `Pulumi could not ${what} the stack ${stack}: ${said}`,
    "Run again with --verbose for details.",
  );
}

/** Explains why a project's stacks could not be listed. */
export function explainListing(
  { cwd, exitCode, stderr }: Pick<PulumiFailure, "cwd" | "exitCode" | "stderr">,
  advise: AdvisePulumi = inPlace,
): LayersError {
  const said = withoutPrefix(stderr) || endOf(exitCode);
  if (exitCode === exitCodes.notLoggedIn) return notLoggedIn(said, stderr);
  if (findProjectFile(cwd) === undefined) return projectMissing(cwd, said);
  return new LayersError("pulumi-failed", `Pulumi could not list the stacks of the project in ${cwd}: ${said}.`, {
    next: `Run it there yourself: ${advise(["stack", "ls"])}`,
    cause: stderr,
  });
}

function notLoggedIn(said: string, cause: string): LayersError {
  return new LayersError("pulumi-login", `Not logged in to Pulumi: ${said}`, {
    next: "Run `pulumi login`, or set PULUMI_ACCESS_TOKEN.",
    cause,
  });
}

/** The error for a folder outside any project. */
export function projectMissing(cwd: string, said: string): LayersError {
  return new LayersError("project-missing", `State file not found: ${cwd} is not in a Pulumi project (${said}).`, {
    next: "Ensure you're in the correct directory (should contain Pulumi.yaml), or name it with --cwd.",
    cause: said,
  });
}

/** The error for a machine without Pulumi. */
export function pulumiMissing(cause: unknown): LayersError {
  return new LayersError("pulumi-missing", "The Pulumi CLI was not found: there is no `pulumi` on the PATH.", {
    next: [
      "Install it (https://www.pulumi.com/docs/install/), or add its folder to the PATH.",
      "Without Pulumi: `lambda-layers init --live`, `lambda-layers sync`, and --all-functions with other commands.",
    ],
    cause,
  });
}

function locked(stack: string, said: string, advise: AdvisePulumi): LayersError {
  const owner = /created by \S+@(\S+) \(pid (\d+)\)/.exec(said);
  const isHere = owner?.[1] === hostname();
  const left = isHere && !isAlive(Number(owner?.[2])) ? " The process that locked it is gone." : "";
  const cancel = advise(["cancel", "--yes", "--stack", stack]);
  return new LayersError("stack-locked", `The stack ${stack} is locked: ${said}.${left}`, {
    next: left
      ? `Remove the lock that it left behind, and run again: ${cancel}`
      : `Wait until that update has finished. If none is running, a killed one left the lock behind. To remove it: ${cancel}`,
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** How a command ended that has said nothing about it, as the end of a sentence. */
export function endOf(exitCode: number | null): string {
  return exitCode === null ? "it was killed" : `it ended with exit code ${exitCode}`;
}

/** Pulumi's messages without `error: ` and without warnings, as one sentence that ends without a full stop. */
export function withoutPrefix(stderr: string): string {
  const lines = stderr.split(/\r?\n/).filter((line) => !line.startsWith("warning: "));
  return lines
    .map((line) => line.trim())
    .join(" ")
    .trim()
    .replace(/^error: /, "")
    .replace(/\.$/, "");
}
