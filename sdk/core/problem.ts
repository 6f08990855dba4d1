import stringWidth from "string-width";
import { shown } from "./text";

/** A position in a text file. Line and column count from 1, columns in UTF-16 units as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with a file, as data; {@link formatProblem} makes it readable. */
export interface Problem extends Position {
  /** A short stable name for the kind of problem, such as `unknown-key`. */
  readonly code: string;
  readonly file: string;
  readonly message: string;
  /** What to do about it. */
  readonly next?: string;
  /** The line with the problem, without its line break. */
  readonly text: string;
  /** How many characters to mark, at least 1. */
  readonly length: number;
}

const longestLine = 160;

/** How many problems of a file are shown: nobody fixes more before checking again. */
export const mostProblems = 50;

/** The lines of problems of a file, each as {@link formatProblem} shows it: the first of many, and how many more there are. */
export function formatProblems(problems: readonly Problem[]): string[] {
  const more = problems.length - mostProblems;
  const shownOnes = problems.slice(0, mostProblems).flatMap(linesOf);
  return [...shownOnes, ...(more > 0 ? [`And ${more} more, shown once these are fixed.`] : [])];
}

/** `file:line:column`, the form that editors and terminals turn into a link. */
export function formatPosition(at: Position & { readonly file: string }): string {
  return `${at.file}:${at.line}:${at.column}`;
}

/** The problem in up to four lines: where and what, the offending text, a caret below it, and what to do. */
export function formatProblem(problem: Problem): string {
  return linesOf(problem).join("\n");
}

function linesOf(problem: Problem): string[] {
  const number = String(problem.line);
  // A very long line is shortened around the caret.
  const start = Math.max(0, problem.column - 1 - longestLine / 2);
  const from = problem.column - 1 - start;
  // A tab has no fixed width.
  const text = problem.text.slice(start, start + longestLine).replaceAll("\t", " ");
  const caretAt = stringWidth(shown(text.slice(0, from)));
  const carets = "^".repeat(Math.max(1, stringWidth(shown(text.slice(from, from + problem.length)))));
  const lines = [
    shown(`${formatPosition(problem)} ${problem.code}: ${problem.message}`),
    `  ${number} | ${shown(text)}`,
    `  ${" ".repeat(number.length)} | ${" ".repeat(caretAt)}${carets}`,
  ];
  if (problem.next) lines.push(`  ${shown(problem.next)}`);
  return lines;
}
