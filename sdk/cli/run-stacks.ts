import { type ErrorCode, LayersError } from "../core/errors";
import { isExceeded } from "../core/estate";
import { count, listNames, shown } from "../core/text";
import type { Context } from "./context";
import { type Estate, errorInRun, isFailedProject, namingStack, type Place, type StackRun } from "./estate";
import { reportError } from "./reporter";

/** The outcome of one place of a run: its value, or why there is none. */
export type Done<T> = { readonly value: T } | { readonly error: LayersError };

/** Options of {@link runStacks}. */
export interface RunStacksOptions<T> {
  /** The label to show meanwhile. */
  readonly title: string;
  /** How many at a time; with one at a time, output is not held back. */
  readonly parallel: number;
  /** Whether a stack's output has its name as a heading. */
  readonly headings: boolean;
  /** Whether a stack's work may ask the user; only possible one at a time. */
  readonly asks?: boolean;
  /** Why the run ends with another status than 0 although there is a value. */
  readonly errorOf?: (value: T) => LayersError | undefined;
  /** Failures before this work; they count as well. */
  readonly failed?: number;
}

// Errors that apply to all stacks of a project.
const concernsProject: ReadonlySet<ErrorCode> = new Set(["config-invalid", "project-missing", "pulumi-login"] as const);
// Errors that apply to all stacks.
const concernsAll: ReadonlySet<ErrorCode> = new Set(["pulumi-missing", "interrupted"] as const);

/**
 * Does the same for several stacks, some at a time, and prints the output of each as a whole and in order. One stack's
 * failure does not affect the others, unless it applies to them too or too many have failed: the rest are then not
 * started.
 * @returns one for each place, in their order
 */
export async function runStacks<T>(
  context: Context,
  estate: Estate,
  places: readonly Place[],
  work: (run: StackRun) => Promise<T>,
  { title, parallel, headings, asks = false, errorOf = () => undefined, failed = 0 }: RunStacksOptions<T>,
): Promise<Map<Place, Done<T>>> {
  const done = new Map<Place, Done<T>>();
  const general = new Map<string, LayersError>();
  const told = new Set<string>();
  const isHeld = estate.isSeveral && parallel > 1;
  const turns = takingTurns(context, places, { title, isHeld, headings });
  let failures = failed;
  const generalOf = ({ site }: Place) => general.get("") ?? general.get(`folder ${site.folder ?? ""}`);

  const fail = (place: Place, error: LayersError) => {
    done.set(place, { error });
    failures++;
  };
  const begin = async (place: Place) => {
    const earlier = generalOf(place);
    if (earlier?.code === "interrupted") done.set(place, { error: notBegun(place, "the run was interrupted") });
    else if (earlier) fail(place, earlier);
    else if (isExceeded(failures, estate.places.length, context.options.failureTolerance))
      done.set(place, { error: notBegun(place, "too many stacks had failed") });
    if (done.has(place)) return turns.skip(place);
    turns.begin(place);
    let run: StackRun | undefined;
    try {
      run = await place.open({ asks: asks && !isHeld, isHeaded: headings });
      const value = await work(run);
      done.set(place, { value });
      const error = errorOf(value);
      if (error) reportError(run.context.reporter, error);
      if (error && error.code !== "changes-found") failures++;
    } catch (thrown) {
      const isOfProject = isShared(thrown) && place.site.folder === undefined;
      const { reporter } = context.derive({
        stdout: place.held?.stdout ?? context.stdout,
        stderr: place.held?.stderr ?? context.stderr,
        about: estate.isSeveral && !isOfProject ? namingStack(place, headings) : undefined,
      });
      const error = reportOnce(reporter, run ? inRun(thrown, context, estate, run) : thrown, told);
      fail(place, error);
      if (concernsAll.has(error.code)) general.set("", error);
      else if (concernsProject.has(error.code)) general.set(`folder ${place.site.folder ?? ""}`, error);
    } finally {
      turns.end(place, failures);
    }
  };

  const open = [...places];
  const worker = async () => {
    for (let place = open.shift(); place; place = open.shift()) await begin(place);
  };
  try {
    await Promise.all(Array.from({ length: Math.min(parallel, places.length) }, worker));
  } finally {
    turns.close(failures);
  }
  return new Map(places.flatMap((place) => (done.has(place) ? [[place, done.get(place) as Done<T>]] : [])));
}

/** An error shared by all stacks of a project is reported once, even if several stacks run into it. */
function reportOnce(reporter: Context["reporter"], thrown: unknown, told: Set<string>): LayersError {
  if (!(thrown instanceof LayersError)) return reportError(reporter, thrown);
  const key = `${thrown.code} ${thrown.message}`;
  if (isShared(thrown) && told.has(key)) return thrown;
  told.add(key);
  return reportError(reporter, thrown);
}

/** Whether an error applies to other stacks too: contradicting options do, and often a name that is wrong for one. */
function isShared(thrown: unknown): boolean {
  if (!(thrown instanceof LayersError)) return false;
  return thrown.code === "usage" || concernsAll.has(thrown.code) || concernsProject.has(thrown.code);
}

function inRun(thrown: unknown, context: Context, estate: Estate, run: StackRun): unknown {
  return thrown instanceof LayersError ? errorInRun(thrown, context, estate, run) : thrown;
}

function notBegun({ label }: Place, why: string): LayersError {
  return new LayersError("not-begun", `Stack ${label} was not started because ${why}.`);
}

interface TurnOptions {
  readonly title: string;
  readonly isHeld: boolean;
  readonly headings: boolean;
}

/** Lets each place print as a whole: directly if run one by one, otherwise in order. */
function takingTurns(context: Context, places: readonly Place[], { title, isHeld, headings }: TurnOptions) {
  const { stdout, reporter } = context;
  const ended = new Set<Place>();
  const begun = new Set<Place>();
  let isFirst = true;
  let next = 0;
  let progress = isHeld ? reporter.progress(title) : undefined;
  const show = (failed: number) => {
    const running = [...begun].filter((place) => !ended.has(place)).length;
    const notes = [...(running > 0 ? [`${running} running`] : []), ...(failed > 0 ? [`${failed} failed`] : [])];
    progress?.update(ended.size, places.length, notes.join(", "));
  };
  const print = (place: Place) => {
    if (headings && !isFailedProject(place.site))
      stdout.line(`${isFirst ? "" : "\n"}${stdout.colors.bold(shown(`Stack ${place.label}:`))}`);
    isFirst = false;
    place.held?.open();
  };
  const printReady = (failed: number) => {
    const ready: Place[] = [];
    for (let one = places[next]; one && ended.has(one); one = places[++next]) if (begun.has(one)) ready.push(one);
    const speaks = ready.some(({ held }) => headings || held?.isEmpty === false);
    // A spinner would end up in the middle of the output.
    if (speaks) progress?.end();
    for (const one of ready) {
      print(one);
      one.held?.close();
    }
    if (speaks) progress = reporter.progress(title, { from: ended.size });
    show(failed);
  };
  return {
    begin(place: Place) {
      begun.add(place);
      if (!isHeld) print(place);
    },
    skip(place: Place) {
      ended.add(place);
    },
    end(place: Place, failed: number) {
      ended.add(place);
      if (isHeld) printReady(failed);
      else place.held?.close();
    },
    close(failed: number) {
      // Places that ended after one that was never started.
      if (isHeld) printReady(failed);
      progress?.end();
    },
  };
}

/** Names the stacks that a stopped run has not started. */
export function reportNotBegun({ reporter }: Context, labels: readonly string[]): void {
  if (labels.length > 0) reporter.warn(`${count(labels.length, "stack")} not started: ${listNames(labels, 20)}.`);
}
