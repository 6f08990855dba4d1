import type { Backup } from "../../core/backup";
import { LayersError } from "../../core/errors";
import type { AliasMove, FunctionOutcome, LiveFunction } from "../../core/live";
import { formatRunLine, type LayerMove, type RunAim, type RunLine, type RunSite, runLine } from "../../core/run-record";
import type { LiveChange, RegionPlan } from "../plans";
import type { LineWriter, Ports } from "../ports";

/** What a run is about to do, as its record begins. */
export interface RecordedPlan {
  readonly stack: string;
  readonly sites: readonly RunSite[];
  readonly publish?: { readonly alias?: string };
  /** Functions by their ARNs. */
  readonly functions: readonly { readonly function: string; readonly changes: readonly LayerMove[] }[];
}

/** The beginning of the record of a run that makes these changes. */
export function recordedPlan(
  stack: string,
  sites: readonly RegionPlan[],
  changes: readonly LiveChange[],
  publish?: { readonly alias?: string },
): RecordedPlan {
  const byFunction = Map.groupBy(changes, ({ functionArn }) => functionArn);
  return {
    stack,
    sites: sites.map(({ region, profile, functions }) => ({
      region,
      account: functions[0]?.arn.split(":")[4] ?? "",
      ...(profile !== undefined && { profile }),
    })),
    publish,
    functions: sites.flatMap(({ functions }) =>
      functions.map(({ arn }) => ({
        function: arn,
        changes: (byFunction.get(arn) ?? []).map(({ arn: layer, from, to }) => ({ layer, from, to })),
      })),
    ),
  };
}

/** A run record that is open: each line is on disk before the request that it announces is sent. */
export class RunRecorder {
  /** The file as messages name it. */
  readonly file: string;
  readonly #aim: RunAim;
  readonly #lines: LineWriter;
  readonly #now: () => Date;

  private constructor(file: string, aim: RunAim, lines: LineWriter, now: () => Date) {
    this.file = file;
    this.#aim = aim;
    this.#lines = lines;
    this.#now = now;
  }

  /**
   * Begins the record of a new run.
   * @param sameRunAs a backup that the run has written before
   * @throws LayersError `backup-folder`
   */
  static async create({ backups, clock }: Ports, plan: RecordedPlan, sameRunAs?: string): Promise<RunRecorder> {
    const now = clock.now();
    const { stack, sites, publish, functions } = plan;
    const first = runLine({ stack, at: now, sites: [...sites], ...(publish && { publish }) });
    const planned = functions.map(
      ({ function: arn, changes }): RunLine => ({ line: "planned", function: arn, changes: [...changes] }),
    );
    const content = [...lines([first, ...planned, { line: "begun", aim: "sync", at: now.toISOString() }])];
    const [written] = await backups.write(stack, [{ kind: "sync", content }], now, sameRunAs);
    if (!written) throw new LayersError("internal", "The run record was not written. Nothing was changed.");
    const writer = await backups.openForLines(written.path);
    return new RunRecorder(written.shownPath, "sync", writer, () => clock.now());
  }

  /**
   * Goes on with the record of an earlier run.
   * @throws LayersError `backup-folder`
   */
  static async reopen(
    { backups, clock }: Ports,
    file: Pick<Backup, "path" | "shownPath">,
    aim: RunAim,
  ): Promise<RunRecorder> {
    const writer = await backups.openForLines(file.path);
    const recorder = new RunRecorder(file.shownPath, aim, writer, () => clock.now());
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

  /** A function has come out. */
  after({ arn, before, after, revisionId, status, reason }: FunctionOutcome): Promise<void> {
    return this.#append({
      line: "after",
      aim: this.#aim,
      function: arn,
      layersBefore: [...before],
      layersAfter: [...after],
      revision: revisionId,
      outcome: status,
      reason,
    });
  }

  /** An alias is about to be moved, or has been. */
  alias(functionArn: string, move: AliasMove, done = false): Promise<void> {
    return this.#append({ line: "alias", aim: this.#aim, function: functionArn, ...move, ...(done && { done }) });
  }

  /** All that was to be done has been attempted. */
  end(): Promise<void> {
    return this.#append({ line: "ended", aim: this.#aim, at: this.#now().toISOString() });
  }

  close(): Promise<void> {
    return this.#lines.close();
  }

  #append(line: RunLine): Promise<void> {
    return this.#lines.append(formatRunLine(line));
  }
}

function* lines(all: readonly RunLine[]): Generator<Uint8Array> {
  for (const line of all) yield Buffer.from(`${formatRunLine(line)}\n`);
}
