import { sumOf } from "../core/assess";
import { LayersError, unchanged } from "../core/errors";
import { countSites, type StackSite } from "../core/estate";
import { count } from "../core/text";
import { documentFormat } from "../ops/plans";
import { failureSummary, isInCi, type JobSummary, writeJobSummary } from "./ci";
import type { Context } from "./context";
import {
  defaultParallel,
  defaultStack,
  type Estate,
  isFailedProject,
  openEstate,
  type Place,
  type StackRun,
} from "./estate";
import { errorDocument, printJson } from "./json";
import type { FailedStack } from "./report/matrix";
import { skippedGap, totalsText, undeclaredGap } from "./report/verdict";
import { type Done, reportNotBegun, runStacks } from "./run-stacks";

export type { StackRun } from "./estate";

/** The outcome of one stack. */
export interface StackOutcome<Row = never> {
  /** What `--json` prints of it. */
  readonly document: unknown;
  /** Why the run ends with another status than 0 although there is a document. */
  readonly error?: LayersError;
  /** What a CI system shows of it. */
  readonly summary?: JobSummary;
  /** What the end of the output needs of it; absent if nothing. */
  readonly row?: Row;
}

/** Options of {@link forEachStack}. */
export interface StackOptions<Row = never> {
  /** What stdout carries: lines per stack under its name, lines at the end, or only one document. */
  readonly stdout?: "stacks" | "end" | "document";
  /** Whether stacks are changed: they are then run one by one, unless `--parallel` is given. */
  readonly writes?: boolean;
  /** Whether `--parallel` is not possible, as when stacks share a file that is changed. */
  readonly isSerial?: boolean;
  /** The stacks. Default: those of the options. */
  readonly estate?: Estate;
  /**
   * Awaited when all is done, and before the totals are reported.
   * @param rows those of the stacks, and the stacks and projects that could not be read, in order
   */
  readonly onEnd?: (rows: readonly (Row | FailedStack)[], estate: Estate) => void | Promise<void>;
}

/**
 * Does the same for each selected stack, and prints the JSON document if requested: an array for several stacks. One
 * stack's failure does not affect the others, unless it applies to them too. Output ends with the totals, for several
 * stacks with those of all together. If a CI system has job summaries, those of the stacks are written there.
 * @returns the first exit status that is not 0
 */
export async function forEachStack<Row = never>(
  given: Context,
  work: (run: StackRun) => Promise<StackOutcome<Row>>,
  options: StackOptions<Row> = {},
): Promise<number> {
  const context = options.stdout === "document" ? given.derive({ isReserved: true }) : given;
  const estate = options.estate ?? (await openEstate(context));
  const parallel = parallelOf(context, options);
  if (options.writes && estate.isSeveral && parallel > 1 && context.ask)
    throw new LayersError("usage", "Stacks that are changed in parallel cannot ask for confirmation one by one.", {
      changed: unchanged,
      next: "Leave out --parallel, or confirm all of them with --yes",
    });
  const outcomes = await runOutcomes(context, estate, estate.places, work, { ...options, asks: true });
  return finish(context, estate, outcomes, options);
}

/** Does a command's work on stacks, and keeps what is needed at the end; not the rest, to save memory. */
export async function runOutcomes<Row = never>(
  context: Context,
  estate: Estate,
  places: readonly Place[],
  work: (run: StackRun) => Promise<StackOutcome<Row>>,
  options: StackOptions<Row> & { readonly asks?: boolean; readonly failed?: number },
): Promise<Map<Place, Done<StackOutcome<Row>>>> {
  const { env } = context;
  const { stdout: use = "stacks", asks = false, failed = 0 } = options;
  const { json } = context.options;
  const isDocument = json || use === "document";
  const keep = async (run: StackRun) => {
    const { document, error, summary, row } = await work(run);
    if (summary && endsItself(summary, run.isOneOfSeveral) && !isDocument)
      reportTotals(run.context.reporter, [run], [summary]);
    const shown = summary && isInCi(env) ? summary.markdown() : "";
    return {
      ...{ document: json ? located(document, run) : undefined, error, row },
      summary: summary && { ...summary, markdown: () => shown },
    };
  };
  return runStacks(context, estate, places, keep, {
    title: "Stacks",
    parallel: parallelOf(context, options),
    asks,
    headings: estate.isSeveral && !isDocument && use === "stacks",
    errorOf: ({ error }) => error,
    failed,
  });
}

/** How many stacks run at a time. */
function parallelOf(
  { options }: Context,
  { writes = false, isSerial = false }: Pick<StackOptions, "writes" | "isSerial">,
): number {
  if (isSerial) return 1;
  return options.parallel ?? (writes ? 1 : defaultParallel);
}

/** In a run over projects, each document includes its project's folder. */
function located(document: unknown, { folder }: StackSite): unknown {
  return folder === undefined || typeof document !== "object" ? document : { folder, ...document };
}

/**
 * Prints and writes the outcome of all stacks.
 * @returns the first exit status that is not 0
 */
export async function finish<Row = never>(
  context: Context,
  estate: Estate,
  outcomes: ReadonlyMap<Place, Done<StackOutcome<Row>>>,
  { stdout: use = "stacks", writes = false, onEnd }: StackOptions<Row>,
): Promise<number> {
  const { options, stdout, reporter, env } = context;
  const { places, isSeveral, isDefault = false } = estate;
  const isDocument = options.json || use === "document";
  const documents: unknown[] = [];
  const rows: (Row | FailedStack)[] = [];
  const summaries: JobSummary[] = [];
  const notBegun: string[] = [];
  let status = 0;
  let isSummed = false;
  for (const place of places) {
    const done = outcomes.get(place);
    if (!done) continue;
    if ("value" in done) {
      const { document, error, summary, row } = done.value;
      documents.push(document);
      if (row !== undefined) rows.push(row);
      if (summary) summaries.push(summary);
      isSummed ||= summary !== undefined;
      status ||= error?.exitStatus ?? 0;
      continue;
    }
    const { site, label } = place;
    const { folder } = site;
    const stack = isFailedProject(site) ? undefined : site.stack;
    const { error } = done;
    status ||= error.exitStatus;
    if (error.code === "not-begun") notBegun.push(label);
    summaries.push(failureSummary({ stack: label, error }));
    const where = folder === undefined ? {} : { folder };
    const nothing = { stack: stack ?? null, project: null, error: errorDocument(error) };
    documents.push({ format: documentFormat, ...where, ...nothing });
    rows.push({ stack, folder, error });
  }
  await onEnd?.(rows, estate);
  if (isSeveral) reportNotBegun(context, notBegun);
  if (isSeveral && isDefault && !isDocument)
    reporter.info(
      `No --stack was given, so only the stack ${defaultStack} of each project was used. For all stacks: --stack '*'`,
    );
  // Of one stack its own lines have ended with them.
  const isReportedAlready =
    use === "stacks" && summaries.length === 1 && summaries.every((one) => endsItself(one, isSeveral));
  if ((isSeveral || use === "end") && isSummed && !isDocument && !isReportedAlready)
    reportTotals(
      reporter,
      places.flatMap(({ site }) => (isFailedProject(site) ? [] : site)),
      summaries,
      { failedProjects: places.filter(({ site }) => isFailedProject(site)).length, writes },
    );
  if (options.json) printJson(stdout, isSeveral ? documents : documents[0]);
  if (isSummed) await writeJobSummary(summaries, { env, reporter, stdout: isDocument ? undefined : stdout });
  return status;
}

/** Whether a stack's own lines are to be ended with its totals. */
function endsItself({ isReported, isDryRun }: JobSummary, isOneOfSeveral: boolean): boolean {
  return !isReported && !(isDryRun && isOneOfSeveral);
}

/**
 * `2 stacks together: 3 of 8 layers of functions are not as declared; AWS was not asked`; nothing if nothing is known. A
 * stack without totals, such as one rolled back without a config, is done but not counted.
 */
function reportTotals(
  reporter: Context["reporter"],
  sites: readonly StackSite[],
  summaries: readonly JobSummary[],
  { failedProjects = 0, writes = false } = {},
): void {
  const known = summaries.flatMap(({ totals }) => totals ?? []);
  if (known.length === 0) return;
  const all = countSites(sites);
  const done = sites.length - summaries.filter(({ isFailed }) => isFailed).length + failedProjects;
  const uncounted = done - known.length;
  const totals = totalsText(sumOf(known));
  const parts = [
    summaries.length > 1 ? totals.replace(/^No/, "no") : totals,
    ...new Set(summaries.flatMap(({ gaps }) => gaps)),
    ...skippedGap(summaries.reduce((sum, one) => sum + one.skipped, 0)),
    ...(uncounted > 0 ? [`${count(uncounted, "stack is", "stacks are")} not counted`] : []),
    ...(failedProjects > 0 ? [`${count(failedProjects, "project")} could not be read`] : []),
    ...undeclaredGap(summaries.reduce((sum, { undeclared = 0 }) => sum + undeclared, 0)),
  ];
  const stacks = done === sites.length ? `${all} together` : `${done} of ${all} could be ${writes ? "done" : "read"}`;
  reporter.info(summaries.length > 1 ? `${stacks}: ${parts.join("; ")}` : parts.join("; "));
}
