import type { Backup } from "../../core/backup";
import { ChainWriter, chainStart } from "../../core/chain";
import { LayersError, unchanged } from "../../core/errors";
import { parseFunctionArn } from "../../core/function-arn";
import type { PlannedMove } from "../../core/function-history";
import type { AliasMove, FunctionOutcome, LiveFunction } from "../../core/live";
import { movesBetween } from "../../core/moves";
import { formatRunLine, type RunAim, type RunLine, type RunSite, runLine } from "../../core/run-line";
import type { LineWriter, Ports } from "../../ports";
import type { Site } from "../plans";
import type { LivePlan } from "./plans";
import { readRecord, sha256 } from "./record";

/** What a run is about to do, for the start of its record. */
type RecordedPlan = Pick<LivePlan, "stack" | "sites" | "goal" | "publish">;

/** An open run record: each line is on disk before the request that it announces is sent. */
export class RunRecorder {
  /** The file as messages name it. */
  readonly file: string;
  readonly #aim: RunAim;
  readonly #lines: LineWriter;
  readonly #chain: ChainWriter;
  readonly #now: () => Date;

  private constructor(file: string, aim: RunAim, lines: LineWriter, chain: ChainWriter, now: () => Date) {
    this.file = file;
    this.#aim = aim;
    this.#lines = lines;
    this.#chain = chain;
    this.#now = now;
  }

  /**
   * Starts the record of a new run.
   * @param sameRunAs a backup that the run has written before
   * @throws LayersError `backup-folder`
   */
  static async create({ backups, clock }: Ports, plan: RecordedPlan, sameRunAs?: string): Promise<RunRecorder> {
    const now = clock.now();
    const { stack, sites, publish } = plan;
    const planned = sites.flatMap(({ functions }) =>
      functions.map((fn) => ({
        ...{ line: "planned" as const, function: fn.arn },
        changes: plannedMoves(fn, plan.goal(fn)),
      })),
    );
    const hasMoves = planned.some(({ changes }) => changes.some(({ by }) => by !== undefined));
    const run = { stack, at: now, sites: sites.map(recordedSite), ...(publish && { publish }) };
    const first = runLine(run, hasMoves);
    const chain = new ChainWriter(chainStart, sha256);
    const begun: RunLine = { line: "begun", aim: "sync", at: now.toISOString() };
    const content = [first, ...planned, begun].map((line) => Buffer.from(`${chain.seal(formatRunLine(line))}\n`));
    const [written] = await backups.write(stack, [{ kind: "sync", content }], now, sameRunAs);
    if (!written) throw new LayersError("internal", "The run record was not written.", { changed: unchanged });
    const writer = await backups.openForLines(written.path);
    return new RunRecorder(written.shownPath, "sync", writer, chain, () => clock.now());
  }

  /**
   * Continues the record of an earlier run.
   * @throws LayersError `backup-folder`, `record-invalid`
   */
  static async reopen(
    { backups, clock }: Ports,
    file: Pick<Backup, "path" | "shownPath">,
    aim: RunAim,
  ): Promise<RunRecorder> {
    const { point } = await readRecord(backups, file);
    const writer = await backups.openForLines(file.path);
    const recorder = new RunRecorder(file.shownPath, aim, writer, new ChainWriter(point, sha256), () => clock.now());
    await recorder.#append({ line: "begun", aim, at: clock.now().toISOString() });
    return recorder;
  }

  /** An update is about to be sent. */
  before(fn: LiveFunction, layersAfter: readonly string[], instead: boolean): Promise<void> {
    return this.#append({
      line: "before",
      aim: this.#aim,
      function: fn.arn,
      layersBefore: [...fn.layers],
      layersAfter: [...layersAfter],
      revision: fn.revisionId,
      ...(instead && { instead }),
    });
  }

  /** The outcome of a function is known. */
  after({ arn, before, after, revisionId, status, reason }: FunctionOutcome): Promise<void> {
    return this.#append({
      line: "after",
      aim: this.#aim,
      function: arn,
      layersBefore: [...before],
      layersAfter: [...after],
      revision: revisionId,
      outcome: status === "unknown" ? "failed" : status,
      ...(status === "unknown" && { unknown: true as const }),
      reason,
    });
  }

  /** An alias is about to be moved, or has been. */
  alias(functionArn: string, move: AliasMove, done = false): Promise<void> {
    return this.#append({ line: "alias", aim: this.#aim, function: functionArn, ...move, ...(done && { done }) });
  }

  /** Everything that was planned has been attempted. */
  end(): Promise<void> {
    return this.#append({ line: "ended", aim: this.#aim, at: this.#now().toISOString() });
  }

  close(): Promise<void> {
    return this.#lines.close();
  }

  #append(line: RunLine): Promise<void> {
    return this.#lines.append(this.#chain.seal(formatRunLine(line)));
  }
}

function recordedSite({ region, profile, functions }: Site): RunSite {
  const account = parseFunctionArn(functions[0]?.arn ?? "")?.account ?? "";
  return { region, account, ...(profile !== undefined && { profile }) };
}

function plannedMoves({ layers }: LiveFunction, wanted: readonly string[]): PlannedMove[] {
  return movesBetween(layers, wanted).map((move) =>
    move.from === null ? { ...move, at: wanted.indexOf(`${move.layer}:${move.to}`) } : move,
  );
}
