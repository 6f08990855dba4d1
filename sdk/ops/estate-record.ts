import { ChainWriter, chainStart } from "../core/chain";
import { LayersError, unchanged } from "../core/errors";
import type { StackSite } from "../core/estate";
import {
  type EstateHistory,
  type EstateLine,
  estateLine,
  formatEstateLine,
  readEstateRecord,
  type StackHistory,
} from "../core/estate-record";
import type { LineWriter, Ports } from "../ports";
import { sha256 } from "./live/record";

/** The name in place of a stack's for the record of a run over several stacks. */
export const estateName = "stacks";

/** The record of a run over several stacks: each line is on disk before the action that it announces. */
export class EstateRecorder {
  /** The file as messages name it. */
  readonly file: string;
  readonly #lines: LineWriter;
  readonly #chain: ChainWriter;
  readonly #now: () => Date;

  private constructor(file: string, lines: LineWriter, chain: ChainWriter, now: () => Date) {
    this.file = file;
    this.#lines = lines;
    this.#chain = chain;
    this.#now = now;
  }

  /**
   * Starts the record of a run, in the backup folder of its working directory.
   * @throws LayersError `backup-folder`
   */
  static async create({ backups, clock }: Ports, stacks: readonly StackSite[]): Promise<EstateRecorder> {
    const now = clock.now();
    const chain = new ChainWriter(chainStart, sha256);
    const content = [Buffer.from(`${chain.seal(formatEstateLine(estateLine(stacks, now)))}\n`)];
    const [written] = await backups.write(estateName, [{ kind: "run", content }], now);
    if (!written) throw new LayersError("internal", "The record of the run was not written.", { changed: unchanged });
    const lines = await backups.openForLines(written.path);
    return new EstateRecorder(written.shownPath, lines, chain, () => clock.now());
  }

  begun({ stack, folder }: StackSite): Promise<void> {
    return this.#append({ line: "begun", stack, folder, at: this.#now().toISOString() });
  }

  ended({ stack, folder }: StackSite, left: Pick<StackHistory, "backup" | "record">): Promise<void> {
    return this.#append({ line: "ended", stack, folder, backup: left.backup, record: left.record });
  }

  async finish(): Promise<void> {
    await this.#append({ line: "finished", at: this.#now().toISOString() });
    await this.#lines.close();
  }

  #append(line: EstateLine): Promise<void> {
    return this.#lines.append(this.#chain.seal(formatEstateLine(line)));
  }
}

/**
 * Reads the record of a run over several stacks.
 * @param named its path, or its name in the backup folder
 * @throws LayersError `backup-missing`, `backup-folder`, `record-invalid`
 */
export async function loadEstateRecord({ backups }: Ports, named: string): Promise<EstateHistory> {
  const file = await backups.find(named);
  const content = Buffer.from(await backups.read(file)).toString("utf8");
  return readEstateRecord(content, file.shownPath, sha256);
}

/**
 * The files that a run left for rolling back one stack: its backup, and whether the run may have changed AWS too; or,
 * if only AWS was changed, the record of that.
 */
export type LeftOfStack =
  | { readonly backup: string; readonly isLive: boolean }
  | { readonly record: string }
  | undefined;

/**
 * What rolls a stack back to its state before the run. For an interrupted turn, the files written since are used;
 * undefined if the run did not change the stack.
 */
export async function leftOf({ backups }: Ports, history: StackHistory): Promise<LeftOfStack> {
  const { stack, begunAt, isEnded, backup, record } = history;
  if (backup !== undefined) return { backup, isLive: true };
  if (record !== undefined) return { record };
  if (isEnded || begunAt === undefined) return undefined;
  // Names are precise to the second.
  const since = Math.floor(begunAt.getTime() / 1000) * 1000;
  const files = (await backups.list(stack)).filter(({ time }) => time.getTime() >= since);
  const oldest = (kind: "state" | "sync") => files.findLast((one) => one.kind === kind);
  const state = oldest("state");
  const sync = oldest("sync");
  // Changes in AWS are recorded before they are made: without a record there are none to roll back.
  if (state) return { backup: state.shownPath, isLive: sync !== undefined };
  return sync && { record: sync.shownPath };
}
