import type { ErrorCode, LayersError } from "../core/errors";
import type { Context } from "./context";
import { tellError } from "./errors";

/** The stack that is meant where none is named. */
const defaultStack = "dev";

// What is wrong for one stack is then wrong for all.
const concernsAll: ReadonlySet<ErrorCode> = new Set([
  "usage",
  "config-invalid",
  "pulumi-missing",
  "project-missing",
  "pulumi-login",
  "interrupted",
] as const);

/** What came of one stack. */
export interface StackOutcome {
  /** What `--json` prints of it. */
  readonly document: unknown;
  /** Why the run ends with another status than 0 although there is a document. */
  readonly error?: LayersError;
}

/**
 * Does the same for each stack that is named, one after the other, and prints the JSON document where that is asked for:
 * an array where several stacks are named. One stack's failure leaves the others alone, unless it concerns them too.
 * @returns the first exit status that is not 0
 */
export async function forEachStack(
  { options, stdout, reporter }: Context,
  work: (stack: string) => Promise<StackOutcome>,
): Promise<number> {
  const { stack: stacks = [defaultStack], json } = options;
  const documents: unknown[] = [];
  let status = 0;
  let general: LayersError | undefined;
  for (const [index, stack] of stacks.entries()) {
    if (general) {
      documents.push({ stack, error: errorDocument(general) });
      continue;
    }
    if (stacks.length > 1 && !json) stdout.line(`${index > 0 ? "\n" : ""}${stdout.colors.bold(`Stack ${stack}:`)}`);
    try {
      const { document, error } = await work(stack);
      documents.push(document);
      if (error) status ||= tellError(reporter, error).exitStatus;
    } catch (error) {
      const told = tellError(reporter, error);
      status ||= told.exitStatus;
      documents.push({ stack, error: errorDocument(told) });
      if (concernsAll.has(told.code)) general = told;
    }
  }
  if (json) printJson(stdout, stacks.length > 1 ? documents : documents[0]);
  return status;
}

/** Prints the one document that stdout holds with `--json`. */
export function printJson(stdout: Context["stdout"], document: unknown): void {
  stdout.line(JSON.stringify(document, undefined, 2));
}

function errorDocument({ code, message, next }: LayersError) {
  return { code, message, ...(next !== undefined && { next }) };
}
