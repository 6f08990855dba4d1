import * as v from "valibot";
import { ChainReader, type Digest, hasSum, linesOf } from "./chain";
import { LayersError } from "./errors";
import { type FunctionHistory, FunctionRecord } from "./function-history";
import { parseLine, type RunAim, type RunLine, type RunSite } from "./run-line";

/** A parsed record. */
export interface RunHistory {
  readonly stack: string;
  /** When the run started. */
  readonly startedAt: Date;
  readonly sites: readonly RunSite[];
  readonly publish: { readonly alias?: string } | undefined;
  /** In the order of the plan. */
  readonly functions: readonly FunctionHistory[];
  /** Whether anything was started: before that no request was sent. */
  readonly begun: boolean;
  /** What the last process that worked on it left unfinished. */
  readonly unfinished: RunAim | undefined;
  /** When the last process started, if it was a rollback. */
  readonly rolledBackAt: Date | undefined;
  /** Whether the last attempt at a function failed. Records do not cover publishing. */
  readonly hasFailed: boolean;
  /** Whether checksums prove that no line was changed. Version 0.1.0 wrote none. */
  readonly isChecked: boolean;
}

/** A record that was read. */
export interface ReadRecord {
  readonly history: RunHistory;
  /** The point where the checksums of further lines continue. */
  readonly point: string;
}

/**
 * Reads a record. An incomplete line, left by a killed process, is ignored at the end of the record and before a later
 * session's first line: its request was not sent, because it was not on disk. Everything before the first session was
 * written in one step and cannot be incomplete.
 * @param file its name, for messages
 * @throws LayersError `record-invalid`
 */
export function readRunRecord(content: string, file: string, digest: Digest): ReadRecord {
  const texts = linesOf(content);
  const chain = new ChainReader(digest);
  const lines: RunLine[] = [];
  let begun = false;
  for (const [index, line] of texts.entries()) {
    if (line === "") continue;
    const parsed = parseLine(line);
    if (parsed === "torn") {
      const next = texts.slice(index + 1).find((one) => one !== "");
      const isCutOff = next === undefined ? index === texts.length - 1 : next.startsWith('{"line":"begun"');
      if (!begun || !isCutOff) throw invalid(file, index, "it is not valid JSON");
      chain.pass(line);
      continue;
    }
    if (!parsed.success) throw invalid(file, index, v.summarize(parsed.issues).replaceAll("\n", " "));
    const isBegun = parsed.output.line === "begun";
    const refusal = chain.refusalOf(line, isBegun);
    if (refusal !== undefined) throw invalid(file, index, refusal);
    begun ||= isBegun;
    lines.push(parsed.output);
  }
  const [first, ...others] = lines;
  if (first?.line !== "run") throw invalid(file, 0, "a run record starts with a line about the run");
  const isChecked = hasSum(texts.find(Boolean) ?? "");
  return { history: { ...historyOf(first, others), isChecked }, point: chain.point };
}

function invalid(file: string, index: number, why: string): LayersError {
  return new LayersError("record-invalid", `${file} cannot be trusted as a run record: line ${index + 1}: ${why}.`, {
    next: "Name a file {stack}_sync_{time}.jsonl exactly as this version or an older one wrote it.",
  });
}

function historyOf(run: RunLine & { line: "run" }, lines: readonly RunLine[]): Omit<RunHistory, "isChecked"> {
  const functions = new Map<string, FunctionRecord>();
  const of = (arn: string) => {
    const known = functions.get(arn) ?? new FunctionRecord(arn);
    functions.set(arn, known);
    return known;
  };
  let unfinished: RunAim | undefined;
  let rolledBackAt: Date | undefined;
  const outcomes = new Map<string, string>();
  for (const line of lines) {
    if (line.line === "after") outcomes.set(line.function, line.outcome);
    if (line.line === "begun") {
      for (const one of functions.values()) one.settle();
      unfinished = line.aim;
      rolledBackAt = line.aim === "rollback" ? new Date(line.at) : undefined;
    } else if (line.line === "ended") unfinished = undefined;
    else if (line.line !== "run") of(line.function).note(line);
  }
  return {
    stack: run.stack,
    startedAt: new Date(run.at),
    sites: run.sites,
    publish: run.publish,
    functions: [...functions.values()].map((one) => one.history()),
    begun: lines.some(({ line }) => line === "begun"),
    unfinished,
    rolledBackAt,
    hasFailed: [...outcomes.values()].includes("failed"),
  };
}
