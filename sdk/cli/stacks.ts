import { sumOf } from "../core/assess";
import type { ErrorCode, LayersError } from "../core/errors";
import { count } from "../core/text";
import { documentFormat } from "../ops/plans";
import { failureSummary, type JobSummary, writeJobSummary } from "./ci";
import type { Context } from "./context";
import { tellError } from "./errors";
import { errorDocument, printJson } from "./json";
import { totalsText } from "./report/verdict";

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
  /** What a CI system shows of it. */
  readonly summary?: JobSummary;
}

/** How {@link forEachStack} goes about it. */
export interface StackOptions {
  /** What stdout is for: lines of each stack under its name, lines when all is done, or nothing but one document. */
  readonly stdout?: "stacks" | "end" | "document";
  /** Called for each stack that has no document. */
  readonly onFailure?: (failed: { readonly stack: string; readonly error: LayersError }) => void;
}

/**
 * Does the same for each stack that is named, one after the other, and prints the JSON document if that is asked for: an
 * array if several stacks are named. One stack's failure leaves the others alone, unless it concerns them too. Lines end
 * with the totals, of several stacks with those of all together. If a CI system has job summaries, those of the stacks are
 * written there.
 * @returns the first exit status that is not 0
 */
export async function forEachStack(
  context: Context,
  work: (stack: string) => Promise<StackOutcome>,
  { stdout: use = "stacks", onFailure }: StackOptions = {},
): Promise<number> {
  const { options, stdout, reporter, env } = context;
  const { stack: stacks = [defaultStack], json } = options;
  const isDocument = json || use === "document";
  const documents: unknown[] = [];
  const summaries: JobSummary[] = [];
  let isSummed = false;
  const fail = (stack: string, error: LayersError) => {
    summaries.push(failureSummary({ stack, error }));
    documents.push({ format: documentFormat, stack, project: null, error: errorDocument(error) });
    onFailure?.({ stack, error });
  };
  const close = (some: readonly JobSummary[]) => {
    const line = isDocument ? undefined : closingLine(some);
    if (line !== undefined) reporter.info(line);
  };
  let status = 0;
  let general: LayersError | undefined;
  for (const [index, stack] of stacks.entries()) {
    if (general) {
      fail(stack, general);
      continue;
    }
    if (stacks.length > 1 && !isDocument && use === "stacks")
      stdout.line(`${index > 0 ? "\n" : ""}${stdout.colors.bold(`Stack ${stack}:`)}`);
    try {
      const { document, error, summary } = await work(stack);
      documents.push(document);
      if (summary) summaries.push(summary);
      if (summary?.isTold === false) close([summary]);
      isSummed ||= summary !== undefined;
      if (error) status ||= tellError(reporter, error).exitStatus;
    } catch (error) {
      const told = tellError(reporter, error);
      status ||= told.exitStatus;
      fail(stack, told);
      if (concernsAll.has(told.code)) general = told;
    }
  }
  if (stacks.length > 1 && isSummed) close(summaries);
  if (json) printJson(stdout, stacks.length > 1 ? documents : documents[0]);
  if (isSummed) await writeJobSummary(summaries, { env, reporter, stdout: isDocument ? undefined : stdout });
  return status;
}

/** `2 stacks together: 3 of 8 layers of functions are not as declared; AWS was not asked`; nothing if nothing is known. */
function closingLine(summaries: readonly JobSummary[]): string | undefined {
  const known = summaries.flatMap(({ totals }) => totals ?? []);
  if (known.length === 0) return undefined;
  const all = count(summaries.length, "stack");
  const stacks = known.length < summaries.length ? `${known.length} of ${all} could be read` : `${all} together`;
  const text = [totalsText(sumOf(known)), ...new Set(summaries.flatMap(({ gaps }) => gaps))].join("; ");
  return summaries.length > 1 ? `${stacks}: ${text}` : text;
}
