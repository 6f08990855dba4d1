import * as v from "valibot";
import { isLayerArn } from "./arn";
import { ChainReader, type Digest } from "./chain";
import { LayersError } from "./errors";
import { isFunctionArn } from "./function-arn";
import type { AliasMove } from "./live";
import { type LayerMove, movesBetween, stateOfMove } from "./moves";

// A run record says what a run was to change in AWS and what it has changed: one JSON document a line, each written
// before or after the request that it is about. It outlives the program that wrote it, so that shapes only ever grow.
// Requests are made of it: what cannot be the name of anything in AWS is refused.

const format = 1;
/** The format of runs that put a layer in the place of another one, which older versions of this tool could not carry out. */
const formatOfMoves = 2;

const text = v.string();
const time = v.pipe(
  text,
  v.check((one) => !Number.isNaN(Date.parse(one)), "not a time"),
);
const functionArn = v.pipe(text, v.check(isFunctionArn, "not a function's ARN"));
const layer = v.pipe(text, v.check(isLayerArn, "not a layer's ARN"));
const layers = v.array(v.pipe(text, v.regex(/^arn:[\x21-\x7e]+$/, "not an ARN")));
const aim = v.picklist(["sync", "rollback"]);
const whole = (least: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(least));
const version = v.nullable(whole(1));
const publishedVersion = v.pipe(text, v.regex(/^(\$LATEST|\d+)$/, "not a function's version"));
const aliasName = v.pipe(text, v.regex(/^[\w-]+$/, "not an alias"));
/** See {@link PlannedMove}. */
const plannedMove = v.object({ layer, from: version, to: version, at: v.optional(whole(0)), by: v.optional(layer) });
const site = v.object({
  region: v.pipe(text, v.regex(/^[a-z0-9-]*$/, "not a region")),
  account: v.pipe(text, v.regex(/^(\d{12})?$/, "not an account")),
  profile: v.optional(text),
});

const lineSchema = v.variant("line", [
  /** The first line: what the run is. */
  v.object({
    line: v.literal("run"),
    format: v.picklist([format, formatOfMoves]),
    stack: text,
    at: time,
    sites: v.array(site),
    publish: v.optional(v.object({ alias: v.optional(aliasName) })),
  }),
  /** A function that the run is to change. */
  v.object({ line: v.literal("planned"), function: functionArn, changes: v.array(plannedMove) }),
  /** A process starts to work on the run. */
  v.object({ line: v.literal("begun"), aim, at: time }),
  /** An update is about to be sent. `instead`: the function's earlier updates of this session were not carried out. */
  v.object({
    line: v.literal("before"),
    aim,
    function: functionArn,
    layersBefore: layers,
    layersAfter: layers,
    revision: v.optional(text),
    instead: v.optional(v.literal(true)),
  }),
  /** How a function came out. */
  v.object({
    line: v.literal("after"),
    aim,
    function: functionArn,
    layersBefore: layers,
    layersAfter: layers,
    revision: v.optional(text),
    outcome: v.picklist(["updated", "unchanged", "failed", "cancelled"]),
    /** Beside `failed`: whether the last update was carried out is not known. */
    unknown: v.optional(v.literal(true)),
    reason: v.optional(text),
  }),
  /** An alias is about to be moved; with `done` it has been. */
  v.object({
    line: v.literal("alias"),
    aim,
    function: functionArn,
    alias: aliasName,
    from: publishedVersion,
    to: publishedVersion,
    done: v.optional(v.literal(true)),
  }),
  /** A process has done its work to the end, whether or not each function came out right. */
  v.object({ line: v.literal("ended"), aim, at: time }),
]);

/** One line of a run record. */
export type RunLine = v.InferOutput<typeof lineSchema>;

/** Whether a run brings functions to their versions, or rolls them back. */
export type RunAim = v.InferOutput<typeof aim>;

/** A move that a run is to make. */
export interface PlannedMove extends LayerMove {
  /** The place in the function's list, from 0, that a layer gets which was not there. */
  readonly at?: number;
}

/** An account and region that a run worked in. */
export type RunSite = v.InferOutput<typeof site>;

/** What a record says of one function. */
export interface FunctionHistory {
  /** The function's ARN. */
  readonly function: string;
  /** What is to be done: each layer as the run has last seen it. */
  readonly planned: readonly PlannedMove[];
  /** What updates of the run have changed, or may have, and what no rollback has rolled back. */
  readonly moved: readonly LayerMove[];
  /** The same for aliases. */
  readonly aliases: readonly AliasMove[];
  /** How the last attempt came out; undefined if there was none. */
  readonly last?: LastAttempt;
}

/** An attempt at a function. `unknown`: an update was, or may have been, sent, and what became of it is not known. */
export interface LastAttempt extends Pick<RunLine & { line: "after" }, "aim" | "reason"> {
  readonly outcome: (RunLine & { line: "after" })["outcome"] | "unknown";
}

/** What a whole record tells. */
export interface RunHistory {
  readonly stack: string;
  /** When the run began. */
  readonly startedAt: Date;
  readonly sites: readonly RunSite[];
  readonly publish: { readonly alias?: string } | undefined;
  /** In the order of the plan. */
  readonly functions: readonly FunctionHistory[];
  /** Whether anything was started: before that no request was sent. */
  readonly begun: boolean;
  /** What the last process that worked on it has not ended. */
  readonly unfinished: RunAim | undefined;
  /** When the last process began, if it was to put the run back. */
  readonly putBackAt: Date | undefined;
  /** Whether the last attempt at a function failed. Publishing is not in a record. */
  readonly hasFailed: boolean;
  /** Whether checksums show that no line of it was changed. Version 0.1.0 wrote none. */
  readonly isChecked: boolean;
}

/** A record that was read. */
export interface ReadRecord {
  readonly history: RunHistory;
  /** Where the checksums of further lines go on. */
  readonly point: string;
}

/** A line as it is written, without a line break. */
export function formatRunLine(line: RunLine): string {
  return JSON.stringify(line);
}

/**
 * The first line of a record.
 * @param hasMoves whether any function is to get a layer in the place of another one
 */
export function runLine(
  run: { stack: string; at: Date; sites: RunSite[]; publish?: { alias?: string } },
  hasMoves = false,
): RunLine {
  return { line: "run", format: hasMoves ? formatOfMoves : format, ...run, at: run.at.toISOString() };
}

/**
 * Reads a record. The end of a line that a kill has cut off says nothing, at the end of the record or before a later
 * session's first line: it was not on disk when its request was due. What stands before the first session was written at
 * once, so that nothing of it can be cut off.
 * @param file its name, for messages
 * @throws LayersError `record-invalid`
 */
export function readRunRecord(content: string, file: string, digest: Digest): ReadRecord {
  const texts = content.split("\n");
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
  const isChecked = /,"sum":"\w+"\}$/.test(texts.find(Boolean) ?? "");
  return { history: { ...historyOf(first, others), isChecked }, point: chain.point };
}

function parseLine(line: string): "torn" | v.SafeParseResult<typeof lineSchema> {
  try {
    return v.safeParse(lineSchema, JSON.parse(line));
  } catch {
    return "torn";
  }
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
  let putBackAt: Date | undefined;
  const outcomes = new Map<string, string>();
  for (const line of lines) {
    if (line.line === "after") outcomes.set(line.function, line.outcome);
    if (line.line === "begun") {
      unfinished = line.aim;
      putBackAt = line.aim === "rollback" ? new Date(line.at) : undefined;
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
    putBackAt,
    hasFailed: [...outcomes.values()].includes("failed"),
  };
}

/** Follows one function through the lines of a record. */
class FunctionRecord {
  readonly #planned = new Map<string, PlannedMove>();
  /** What was changed before the session that is under way. */
  #settled = new Map<string, LayerMove>();
  #moved = new Map<string, LayerMove>();
  readonly #aliases = new Map<string, AliasMove>();
  #last: FunctionHistory["last"];

  constructor(readonly arn: string) {}

  note(line: Extract<RunLine, { function: string }>): void {
    if (line.line === "before") this.#last = { aim: line.aim, outcome: "unknown", reason: undefined };
    if (line.line === "after")
      this.#last = { aim: line.aim, outcome: line.unknown ? "unknown" : line.outcome, reason: line.reason };
    if (line.line === "planned") for (const change of line.changes) this.#planned.set(change.layer, change);
    else if (line.line === "alias") this.#noteAlias(line);
    else if (line.aim === "rollback") this.#notePutBack(line);
    else if (line.line === "before") this.#noteUpdate(line);
    else this.#noteOutcome(line);
  }

  history(): FunctionHistory {
    return {
      function: this.arn,
      planned: [...this.#planned.values()],
      moved: [...this.#moved.values()],
      aliases: [...this.#aliases.values()],
      ...(this.#last && { last: this.#last }),
    };
  }

  #noteUpdate({ layersBefore, layersAfter, instead }: RunLine & { line: "before" }): void {
    if (instead) this.#moved = new Map(this.#settled);
    for (const move of movesBetween(layersBefore, layersAfter)) {
      // What had come by an earlier update of the run goes on from there.
      for (const [key, { by }] of this.#moved) if (by === move.layer) this.#moved.delete(key);
      this.#moved.set(move.layer, move);
      const planned = this.#planned.get(move.layer);
      if (planned) this.#planned.set(move.layer, { ...planned, from: move.from });
    }
  }

  #noteOutcome({ outcome, revision, layersBefore, layersAfter }: RunLine & { line: "after" }): void {
    // Without a revision it is not known what became of the last update.
    const isUndone = outcome === "failed" && revision !== undefined;
    if (isUndone && movesBetween(layersBefore, layersAfter).length === 0) this.#moved = new Map(this.#settled);
    this.#settled = new Map(this.#moved);
  }

  /** A layer that is back where it was is no longer the run's. */
  #notePutBack(line: RunLine & { line: "before" | "after" }): void {
    if (line.line === "before") return;
    for (const move of [...this.#moved.values()]) {
      if (stateOfMove(move, line.layersAfter).is === "before") this.#moved.delete(move.layer);
    }
    this.#settled = new Map(this.#moved);
  }

  #noteAlias({ aim: direction, alias, from, to, done }: RunLine & { line: "alias" }): void {
    if (direction === "sync") this.#aliases.set(alias, { alias, from, to });
    else if (done) this.#aliases.delete(alias);
  }
}
