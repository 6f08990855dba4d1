import { sumOf, type Totals } from "../../core/assess";
import { count, countLayers } from "../../core/text";
import type { Ran } from "../../ops/after";
import type { Assessment } from "../../ops/assess";
import { driftText, type LiveReading } from "../../ops/expectation";
import { skippedName } from "../../ops/plans";
import { isRead, type ReportedStack } from "./matrix";

/** A verdict on layers, limited to what was read. */
export interface Verdict {
  /**
   * `≠`: something is not as declared. `?`: no drift found, but not everything was read, or nothing is declared or
   * present.
   */
  readonly sign: "✓" | "≠" | "?";
  readonly text: string;
}

/** The CSS classes that pages show verdicts by. */
export const signClasses: Readonly<Record<Verdict["sign"], string>> = { "✓": "ok", "≠": "drift", "?": "unknown" };

/** What is known about one stack, or several together. */
export function verdictOf(...stacks: readonly ReportedStack[]): Verdict {
  const read = stacks.filter(isRead);
  const failed = stacks.length - read.length;
  const projects = stacks.filter((one) => !isRead(one) && one.stack === undefined).length;
  const totals = sumOf(read.map((one) => one.totals));
  const skipped = read.reduce((sum, one) => sum + skippedOf(one), 0);
  const unread = new Set(read.flatMap(({ live }) => liveGaps(live)));
  const gaps = [
    ...(totals.unknown > 0 ? [unknownText(totals)] : []),
    ...unread,
    ...skippedGap(skipped),
    ...(failed > projects ? [`${count(failed - projects, "stack")} could not be read`] : []),
    ...(projects > 0 ? [`${count(projects, "project")} could not be read`] : []),
  ];
  const isPartly = totals.unknown + failed > 0 || unread.has(notRead);
  const isEmpty = totals.layersOfFunctions === 0;
  const isUndeclared = !isEmpty && read.reduce((sum, one) => sum + undeclaredOf(one), 0) === totals.layersOfFunctions;
  let known = "All declared layers are at their versions";
  if (isEmpty) known = isPartly ? "Nothing was found" : "No functions with layers";
  else if (isUndeclared) known = "The config declares none of these layers";
  else if (isPartly) known = "No drift in what could be read";
  else if (gaps.length > 0)
    known = `All ${unread.has(notAsked) ? "recorded layers" : "layers that were read"} are as declared`;
  return {
    sign: totals.drift > 0 ? "≠" : isPartly || isUndeclared || isEmpty ? "?" : "✓",
    text: [driftText(totals) ?? known, ...gaps].join("; "),
  };
}

/** How many functions were left out. */
export function skippedOf({ skipped }: Pick<Assessment, "skipped">): number {
  return new Set(skipped.map(skippedName)).size;
}

/** A text about functions that were left out; empty if there are none. */
export function skippedGap(skipped: number): string[] {
  return skipped > 0 ? [`${count(skipped, "function")} ${isOrAre(skipped)} skipped`] : [];
}

/** How many layers of functions no entry covers. */
export function undeclaredOf({ standings }: Pick<Assessment, "standings">): number {
  return standings.filter(({ verdict }) => verdict === "undeclared").length;
}

/** A text about layers that no entry covers; empty if there are none. */
export function undeclaredGap(undeclared: number): string[] {
  return undeclared > 0 ? [`${countLayers(undeclared)} ${isOrAre(undeclared)} not declared by any entry`] : [];
}

/** Text next to totals if AWS was not to be asked. */
const notAsked = "AWS was not asked";

/** The part of AWS that a run's totals leave out: a rollback asks only about what it rolls back. */
export function runGaps(result: Ran): string[] {
  if (result.aws === undefined) return [notAsked];
  if (result.live) return liveGaps(result.live);
  return "rollbackTo" in result ? ["AWS was asked only about what is rolled back"] : [];
}
const notRead = "not all live versions could be read";

/** The part of AWS that totals leave out. */
export function liveGaps(live: LiveReading): string[] {
  if (live.read) return [];
  return [live.code === undefined ? notAsked : notRead];
}

/** What was not read from AWS, and why; undefined if everything was. */
export function liveNote(live: LiveReading): string | undefined {
  if (live.read) return undefined;
  return `${live.code === undefined ? notAsked : "Not all live versions could be read"}: ${live.reason}`;
}

/**
 * `2 of 5 layers of functions are not as declared`, even if none, and how many are unknown. This line closes every
 * command.
 */
export function totalsText(totals: Totals): string {
  if (totals.layersOfFunctions === 0) return "No functions with layers";
  const drift =
    driftText(totals) ??
    `0 of ${countLayers(totals.layersOfFunctions)} ${isOrAre(totals.layersOfFunctions)} not as declared`;
  return totals.unknown > 0 ? `${drift}; ${unknownText(totals)}` : drift;
}

function unknownText({ unknown, layersOfFunctions }: Totals): string {
  return `${unknown} of ${countLayers(layersOfFunctions)} ${isOrAre(unknown)} unknown`;
}

function isOrAre(number: number): string {
  return number === 1 ? "is" : "are";
}
