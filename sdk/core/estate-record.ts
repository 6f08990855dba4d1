import * as v from "valibot";
import { ChainReader, type Digest, hasSum, linesOf } from "./chain";
import { LayersError } from "./errors";
import type { StackSite } from "./estate";

// The record of a run over many stacks: one JSON document per line, each written before or after the stack's turn, with
// checksums as in run records. It holds no layer versions; these are in the backups and records that it names.

const format = 1;

const text = v.string();
const folder = v.pipe(
  text,
  v.check(
    (path) => !/^([/\\]|[A-Za-z]:)/.test(path) && !path.split(/[/\\]/).includes(".."),
    "not a folder below the working directory",
  ),
);
const time = v.pipe(
  text,
  v.check((one) => !Number.isNaN(Date.parse(one)), "not a time"),
);
const site = { stack: text, folder: v.optional(folder) };

const lineSchema = v.variant("line", [
  /** The first line: the kind of run, and the stacks that it will change. */
  v.object({ line: v.literal("estate"), format: v.literal(format), at: time, stacks: v.array(v.object(site)) }),
  /** A stack's turn starts. */
  v.object({ line: v.literal("begun"), ...site, at: time }),
  /** A stack's turn has ended; `backup` and `record` as its project's folder names them. */
  v.object({
    line: v.literal("ended"),
    ...site,
    backup: v.optional(text),
    record: v.optional(text),
  }),
  /** The run has ended, whatever came of its stacks. */
  v.object({ line: v.literal("finished"), at: time }),
]);

/** One line of the record of a run over several stacks. */
export type EstateLine = v.InferOutput<typeof lineSchema>;

/** What a run has done to one stack. */
export interface StackHistory extends StackSite {
  /** When its turn started; undefined if it never did. */
  readonly begunAt: Date | undefined;
  /** Whether its turn ended normally; otherwise the record does not show what it left. */
  readonly isEnded: boolean;
  /** The state before the run, if the run changed it. */
  readonly backup: string | undefined;
  /** The record of what it changed in AWS. */
  readonly record: string | undefined;
}

/** A parsed record, with stacks in the order of the run. */
export interface EstateHistory {
  readonly startedAt: Date;
  readonly stacks: readonly StackHistory[];
}

/** A line as written, with its checksum. */
export function formatEstateLine(line: EstateLine): string {
  return JSON.stringify(line);
}

/** The first line of a record. */
export function estateLine(stacks: readonly StackSite[], at: Date): EstateLine {
  return {
    line: "estate",
    format,
    at: at.toISOString(),
    stacks: stacks.map(({ stack, folder: own }) => ({ stack, ...(own !== undefined && { folder: own }) })),
  };
}

/**
 * Reads a record. An incomplete last line, left by a killed process, is ignored.
 * @param file its name, for messages
 * @throws LayersError `record-invalid` for anything but a record as it was written
 */
export function readEstateRecord(content: string, file: string, digest: Digest): EstateHistory {
  const lines = linesOf(content);
  // A line without a line end is incomplete.
  lines.pop();
  const chain = new ChainReader(digest);
  let startedAt: Date | undefined;
  const stacks = new Map<string, StackHistory>();
  for (const [index, line] of lines.entries()) {
    const refuse = (why: string): never => {
      throw new LayersError("record-invalid", `${file}, line ${index + 1}: ${why}.`, {
        next: "Roll back its stacks one by one. To find their backups: lambda-layers backups list --stack NAME",
      });
    };
    if (line === "") continue;
    // Without a sum in the first line, none would be asked for later.
    const refusal = hasSum(line) ? chain.refusalOf(line, index === 0) : "its checksum is missing";
    if (refusal !== undefined) refuse(refusal);
    const parsed = v.safeParse(lineSchema, parsedJson(line));
    if (!parsed.success) return refuse("not a line of a run record");
    const one = parsed.output;
    if ((index === 0) !== (one.line === "estate")) refuse("this line is out of place");
    if (one.line === "estate") {
      startedAt = new Date(one.at);
      const none = { begunAt: undefined, isEnded: false, backup: undefined, record: undefined };
      for (const { stack, folder: own } of one.stacks)
        stacks.set(keyOf({ stack, folder: own }), { stack, folder: own, ...none });
    }
    if (one.line !== "begun" && one.line !== "ended") continue;
    const known = stacks.get(keyOf(one));
    if (!known) return refuse("names a stack that is not part of the run");
    const changes =
      one.line === "begun" ? { begunAt: new Date(one.at) } : { isEnded: true, backup: one.backup, record: one.record };
    stacks.set(keyOf(one), { ...known, ...changes });
  }
  if (!startedAt) throw new LayersError("record-invalid", `${file} is not the record of a run over several stacks.`);
  return { startedAt, stacks: [...stacks.values()] };
}

function keyOf({ stack, folder: own = "" }: { readonly stack: string; readonly folder?: string }): string {
  return `${own} ${stack}`;
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
