import assert from "node:assert/strict";
import { parseConfig } from "../../sdk/core/config/parse";
import type { Problem } from "../../sdk/core/problem";

/** An invalid config, and everything that is reported about it. */
export interface ProblemCase {
  readonly what: string;
  /** The file's text. */
  readonly text: string;
  /** `line:column code <the text under the caret> message => what to do`, one per problem. */
  readonly shows: readonly string[];
}

/** Defines a test for each case. */
export function testProblems(cases: readonly ProblemCase[]): void {
  for (const { what, text, shows } of cases) {
    it(what, () => assert.deepEqual(problemsOf(text).map(summary), shows));
  }
}

/** What is wrong with a config; fails if nothing is. */
export function problemsOf(text: string): readonly Problem[] {
  const parsed = parseConfig(text, "c.yaml");
  assert(!parsed.ok, "the config was accepted");
  for (const { file } of parsed.problems) assert.equal(file, "c.yaml");
  return parsed.problems;
}

/** A problem on one line, as in {@link ProblemCase}. */
export function summary({ line, column, code, text, length, message, next }: Problem): string {
  const marked = text.slice(column - 1, column - 1 + length);
  return `${line}:${column} ${code} <${marked}> ${message}${next ? ` => ${next}` : ""}`;
}
