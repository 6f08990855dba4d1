import * as v from "valibot";
import { isLayerArn } from "./arn";
import { isFunctionArn } from "./function-arn";

// A run record says what a run planned to change in AWS and what it changed: one JSON document per line, each written
// before or after the request that it describes. It outlives the program that wrote it, so shapes are only extended.
// Requests are built from it, so anything that cannot be a name in AWS is refused.

const format = 1;
/** The format of runs that replace a layer with another one, which older versions of this tool could not do. */
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
  /** The first line: the kind of run. */
  v.object({
    line: v.literal("run"),
    format: v.picklist([format, formatOfMoves]),
    stack: text,
    at: time,
    sites: v.array(site),
    publish: v.optional(v.object({ alias: v.optional(aliasName) })),
  }),
  /** A function that the run will change. */
  v.object({ line: v.literal("planned"), function: functionArn, changes: v.array(plannedMove) }),
  /** A process starts working on the run. */
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
  /** The outcome of a function. */
  v.object({
    line: v.literal("after"),
    aim,
    function: functionArn,
    layersBefore: layers,
    layersAfter: layers,
    revision: v.optional(text),
    outcome: v.picklist(["updated", "unchanged", "failed", "cancelled"]),
    /** With `failed`: it is unknown whether the last update was applied. */
    unknown: v.optional(v.literal(true)),
    reason: v.optional(text),
  }),
  /** An alias is about to be moved or, with `done`, has been moved. */
  v.object({
    line: v.literal("alias"),
    aim,
    function: functionArn,
    alias: aliasName,
    from: publishedVersion,
    to: publishedVersion,
    done: v.optional(v.literal(true)),
  }),
  /** A process has finished its work, whether or not each function succeeded. */
  v.object({ line: v.literal("ended"), aim, at: time }),
]);

/** One line of a run record. */
export type RunLine = v.InferOutput<typeof lineSchema>;

/** Whether a run updates functions or rolls them back. */
export type RunAim = v.InferOutput<typeof aim>;

/** An account and region that a run worked in. */
export type RunSite = v.InferOutput<typeof site>;

/** A line as it is written, without a line break. */
export function formatRunLine(line: RunLine): string {
  return JSON.stringify(line);
}

/**
 * The first line of a record.
 * @param hasMoves whether any layer is replaced with another one
 */
export function runLine(
  run: { stack: string; at: Date; sites: RunSite[]; publish?: { alias?: string } },
  hasMoves = false,
): RunLine {
  return { line: "run", format: hasMoves ? formatOfMoves : format, ...run, at: run.at.toISOString() };
}

/** One line of a record; `torn` if it is not JSON. */
export function parseLine(line: string): "torn" | v.SafeParseResult<typeof lineSchema> {
  try {
    return v.safeParse(lineSchema, JSON.parse(line));
  } catch {
    return "torn";
  }
}
