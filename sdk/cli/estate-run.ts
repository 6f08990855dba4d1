import { parseBackupName } from "../core/backup";
import { LayersError, unchanged } from "../core/errors";
import { type StackSite, siteLabel } from "../core/estate";
import type { StackHistory } from "../core/estate-record";
import { executePrune, planPrune } from "../ops/backups";
import { EstateRecorder, estateName, type LeftOfStack, leftOf, loadEstateRecord } from "../ops/estate-record";
import type { RunResult } from "../ops/plans";
import type { Context } from "./context";
import { type Estate, estateOf } from "./estate";
import { retentionDays } from "./requests";

/** How the record of a run is used. */
export interface RecordOptions {
  /** Whether the run changes AWS too, so that rolling it back does. */
  readonly isLive: boolean;
}

/** Starts the record of a run over several stacks, from which the whole run can be rolled back, and says how. */
export async function recordRun(context: Context, { isLive }: RecordOptions, sites: readonly StackSite[]) {
  const ports = await context.openPorts();
  const { reporter } = context;
  const prune = { stack: estateName, retentionDays: retentionDays(ports, context.options) };
  const recorder = await EstateRecorder.create(ports, sites);
  await executePrune(ports, await planPrune(ports, prune));
  reporter.info(`Record of the run: ${recorder.file}`);
  return {
    stackBegins: (site: StackSite) => recorder.begun(site),
    stackEnded(site: StackSite, document: unknown) {
      const { backup, aws } = document as Partial<RunResult>;
      return recorder.ended(site, { backup: backup ?? undefined, record: aws?.record });
    },
    async end() {
      await recorder.finish();
      const words = ["rollback", recorder.file, ...(isLive ? ["--sync-aws"] : [])];
      reporter.info(`To roll all of it back: ${ports.advise(words)}`);
    },
  };
}

/** Whether a file's name is that of the record of a run over several stacks. */
export function isEstateRecord(file: string): boolean {
  return parseBackupName(file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1))?.kind === "run";
}

/** What to roll back of a run over several stacks. */
export interface RunToRollBack {
  readonly estate: Estate;
  /** By the place in the estate. */
  readonly left: readonly NonNullable<LeftOfStack>[];
}

/**
 * Reads what can be rolled back of a run, last stack first.
 * @throws LayersError `backup-missing`, `backup-folder`, `record-invalid`, `usage` if the run changed nothing
 */
export async function openRun(context: Context, named: string): Promise<RunToRollBack> {
  const ports = await context.openPorts();
  const { stacks } = await loadEstateRecord(ports, named);
  const { syncAws } = context.options;
  const found: { site: StackSite; left: RunToRollBack["left"][number] }[] = [];
  const unfinished: StackHistory[] = [];
  for (const history of stacks.toReversed()) {
    const { stack, folder } = history;
    const site = { stack, folder };
    const [place] = estateOf(context, ports, [site]).places;
    const run = await place?.open({ asks: false });
    const left = run && (await leftOf(run.ports, history));
    if (left && "record" in left && !syncAws) {
      context.reporter.warn(
        `In stack ${siteLabel(site)}, the run changed only live functions. Rolling those back needs --sync-aws.`,
      );
      continue;
    }
    if (left) found.push({ site, left });
    if (!history.isEnded && history.begunAt) unfinished.push(history);
  }
  for (const { stack, folder } of unfinished)
    context.reporter.warn(
      `Stack ${siteLabel({ stack, folder })} failed or was interrupted. Its own backups and run records say what was done.`,
    );
  if (found.length === 0)
    throw new LayersError("usage", `Nothing is left to roll back from the run in ${named}.`, { changed: unchanged });
  const sites = found.map(({ site }) => site);
  return { estate: estateOf(context, ports, sites), left: found.map(({ left }) => left) };
}
