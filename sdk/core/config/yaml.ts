import { LineCounter, type Node, parseDocument, type YAMLError } from "yaml";
import type { Position, Problem } from "../problem";
import { createLocator, fillAliases, type Path, type Range } from "./yaml-nodes";

/**
 * The maximum size of a config file, in bytes. A file of 1,000 layers has about 100 kB. Source: up to this size GitHub
 * gives a file's content to tools that ask for it, and shows what a pull request changes in it:
 * https://docs.github.com/en/rest/repos/contents
 */
export const maxConfigBytes = 1024 * 1024;
/** What to do about a larger one. */
export const tooLargeAdvice =
  "Check that this is the config: one with 1,000 layers has about 100,000 bytes. Choose another file: --config on the command line, the property for the config file in a program.";
/**
 * How many keys and values a file may have once its aliases are filled in. A file of 1,000 layers has about 10,000.
 * Source: without aliases, a file of {@link maxConfigBytes} with keys and values of ten characters has as many.
 */
export const maxConfigSize = 100_000;

type What = Pick<Problem, "code" | "message" | "next">;

/** A parsed YAML text that still knows where everything stands. */
export interface YamlFile {
  /** The content as plain data, null if the file is empty; undefined if the text is invalid. */
  readonly content: unknown;
  /** YAML errors in the text. */
  readonly problems: readonly Problem[];
  /**
   * Creates a problem about the value at `path`, or about its key; if the path ends early, about the last node on it.
   * @param within the part of the text concerned. Default: all of it
   */
  problemAt(path: Path, what: What, part?: "key" | "value", within?: string): Problem;
  /** The place of the value at `path`. */
  positionOf(path: Path): Position;
  /** Start and end of the value at `path`, as offsets in the text. */
  rangeOf(path: Path): Range;
}

/**
 * YAML options: keys stay as written, because a stack named 007 or 1.10 is not a number. The library's search for
 * duplicates is off because it is quadratic.
 */
export const yamlOptions = { merge: true, stringKeys: true, uniqueKeys: false, prettyErrors: false } as const;

/** Parses YAML 1.2, with merge keys (`<<`) as the Python tool understood them. Nothing in the text can run code. */
export function parseYaml(source: string, file: string): YamlFile {
  const lineCounter = new LineCounter();
  const doc = parseDocument(source, { ...yamlOptions, lineCounter });

  // A line can be the whole file, with a problem in every word.
  const lines = new Map<number, string>();
  const textOf = (line: number): string => {
    const known = lines.get(line);
    if (known !== undefined) return known;
    const start = lineCounter.lineStarts[line - 1] ?? 0;
    const end = source.indexOf("\n", start);
    const text = source.slice(start, end < 0 ? undefined : end).replace(/\r$/, "");
    lines.set(line, text);
    return text;
  };
  const problemIn = ([start, end]: Range, what: What): Problem => {
    const { line, col } = lineCounter.linePos(Math.min(start, source.length));
    const text = textOf(line);
    const length = Math.max(1, Math.min(end - start, text.length - (col - 1)));
    return { ...what, file, line, column: col, text, length };
  };
  const narrowed = ([start, end]: Range, within: string): Range => {
    const at = source.slice(start, end).indexOf(within);
    return at < 0 || within === "" ? [start, end] : [start + at, start + at + within.length];
  };
  const problemOf = ({ range }: Node, what: What) => problemIn(range ? [range[0], range[1]] : [0, 1], what);
  const toProblem = (error: YAMLError) => {
    const problem = problemIn(error.pos, { code: "invalid-yaml", message: error.message });
    return { ...problem, ...explain(error, problem.text) };
  };

  const { size, broken, duplicateKeys, leadingZeros } = fillAliases(doc);
  const locate = createLocator(doc);
  // Warnings are about tags and directives that nothing here resolves: their author expected an effect.
  const readable = [
    ...[...doc.errors.filter(leavesContent), ...doc.warnings].map(toProblem),
    ...duplicateKeys.map((key) =>
      problemOf(key, {
        code: "duplicate-key",
        message: `this mapping already has the key "${key.value}"`,
        next: "Remove one of the two",
      }),
    ),
    ...leadingZeros.map((number) =>
      problemOf(number, {
        code: "invalid-value",
        message: `${number.source} has a leading zero, which some YAML parsers read as an octal number`,
        next: "Write a number without leading zeros, or a string in quotes",
      }),
    ),
  ];
  const unreadable = [
    ...firstOfEachLine(doc.errors.filter((error) => !leavesContent(error)).map(toProblem)),
    ...broken.map(({ node, ...what }) => problemOf(node, { code: "invalid-yaml", ...what })),
  ];
  if (size > maxConfigSize) {
    const message = `with its aliases expanded, the file has more than the limit of ${maxConfigSize} keys and values`;
    const next = "Use fewer aliases (*name) of large values: each counts in full";
    unreadable.push(problemIn([0, 1], { code: "file-too-large", message, next }));
  }
  return {
    content: unreadable.length > 0 ? undefined : doc.toJS(),
    problems: [...readable, ...unreadable],
    problemAt: (path, { code, message, next }, part = "value", within = "") =>
      problemIn(narrowed(locate(path, part), within), { code, message, ...(next !== undefined && { next }) }),
    positionOf: (path) => {
      const { line, col } = lineCounter.linePos(locate(path, "value")[0]);
      return { line, column: col };
    },
    rangeOf: (path) => locate(path, "value"),
  };
}

/** Whether the rest of the file can still be checked. */
function leavesContent({ code }: YAMLError): boolean {
  return code === "MULTIPLE_DOCS";
}

/** After the first error in a line, further ones in that line are consequences. */
function firstOfEachLine(problems: readonly Problem[]): Problem[] {
  const first = new Map([...problems].reverse().map((problem) => [problem.line, problem]));
  return problems.filter((problem) => first.get(problem.line) === problem);
}

/** The yaml library's messages are for programmers; these are for authors of configs. */
function explain({ code }: YAMLError, line: string): Partial<What> {
  switch (code) {
    case "MULTIPLE_DOCS":
      return { message: "the file holds more than one YAML document", next: "Remove this line, or what follows it" };
    case "NON_STRING_KEY":
      return { message: "a key must be a plain string" };
    case "RESOURCE_EXHAUSTION":
      return { message: "this is nested too deeply" };
    case "TAB_AS_INDENT":
      return { next: "Indent with spaces" };
    case "BAD_DIRECTIVE":
      return { next: "Remove this line" };
    case "TAG_RESOLVE_FAILED":
      return { next: "Remove the tag" };
    default:
      return /[{*]/.test(line) ? { next: 'Put a string that contains { or * in quotes: "team-{stack}-*"' } : {};
  }
}
