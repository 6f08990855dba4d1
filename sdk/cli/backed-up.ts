import type { Backup } from "../core/backup";
import type { Context } from "./context";
import { defaultParallel, isFailedProject, openBackedUp, type StackRun } from "./estate";
import { errorDocument } from "./json";
import { reportNotBegun, runStacks } from "./run-stacks";

/** Where a backup is: in its project's folder, if the run covers several projects. */
interface Where {
  readonly folder?: string;
}

/**
 * Does the same for each stack that has backups, in a run over several projects. An unreadable one is reported and does
 * not affect the others.
 * @returns the outcome of each, in order; documents of those that failed, and the first exit status that is not 0
 */
export async function readBackedUp<T>(context: Context, work: (run: StackRun) => Promise<T>) {
  const estate = await openBackedUp(context);
  const { parallel = defaultParallel } = context.options;
  const how = { title: "Reading backups", parallel, headings: false };
  const done = [...(await runStacks(context, estate, estate.places, work, how))].map(([{ site }, one]) => {
    const { folder } = site;
    const where: Where = folder === undefined ? {} : { folder };
    return { where, stack: isFailedProject(site) ? null : site.stack, ...one };
  });
  const failed = done.flatMap((one) => ("error" in one ? one : []));
  const isNotBegun = (index: number) => {
    const one = done[index];
    return one !== undefined && "error" in one && one.error.code === "not-begun";
  };
  reportNotBegun(
    context,
    estate.places.filter((_, index) => isNotBegun(index)),
  );
  return {
    read: done.flatMap((one) => ("value" in one ? { where: one.where, stack: one.stack ?? "", value: one.value } : [])),
    failed: failed.map(({ where, stack, error }) => ({ ...where, stack, error: errorDocument(error) })),
    status: failed[0]?.error.exitStatus ?? 0,
  };
}

/** A backup as it is named from the run's working directory. */
export function shownFrom(folder: string | undefined, backup: Backup): Backup {
  const { shownPath } = backup;
  const isThere = folder === undefined || folder === "." || shownPath === backup.path;
  return isThere ? backup : { ...backup, shownPath: `${folder}/${shownPath}` };
}
