import type { Backup } from "../core/backup";
import { fitsGlob, globOf, isGlob } from "../core/glob";
import type { Ports } from "../ports";
import type { Context } from "./context";
import { defaultParallel, isFailedProject, openBackedUp, type StackRun } from "./estate";
import { errorDocument } from "./json";
import type { OptionValues } from "./options";
import { reportNotBegun, runStacks } from "./run-stacks";

/** Where backups are looked at. */
interface BackupPlace {
  readonly ports: Ports;
  readonly options: OptionValues;
  /** Whose backups; undefined: those of all stacks. */
  readonly stacks: readonly (string | undefined)[];
}

/** What was found in one place. */
interface FoundBackups<T> {
  /** The project's folder, if the run covers several projects. */
  readonly where: { readonly folder?: string };
  /** Undefined for what was found in the working directory, of whichever stacks. */
  readonly stack?: string;
  readonly value: T;
}

/**
 * Looks at the backups in the working directory; in a run over several projects or by tag, at those of each stack that
 * has any. One that cannot be read is then reported and does not affect the others.
 * @returns what was found, in order; documents of the stacks that failed, and the first exit status that is not 0
 */
export async function readBackups<T>(context: Context, work: (place: BackupPlace) => Promise<T>) {
  const { options } = context;
  const isSeveral = (options.projects ?? options.stackTag) !== undefined;
  if (!isSeveral) {
    const ports = await context.openPorts();
    const value = await work({ ports, options, stacks: await stacksMeant(ports, options.stacks) });
    const read: FoundBackups<T>[] = [{ where: {}, value }];
    return { isSeveral, read, failed: [], status: 0 };
  }
  const estate = await openBackedUp(context);
  const workOn = ({ ports, stack, context: own }: StackRun) => work({ ports, options: own.options, stacks: [stack] });
  const how = { title: "Reading backups", parallel: options.parallel ?? defaultParallel, headings: false };
  const done = await runStacks(context, estate, estate.places, workOn, how);
  const all = [...done].map(([{ site, label }, one]) => {
    const where = site.folder === undefined ? {} : { folder: site.folder };
    return { where, label, stack: isFailedProject(site) ? null : site.stack, ...one };
  });
  const failed = all.flatMap((one) => ("error" in one ? one : []));
  reportNotBegun(
    context,
    failed.flatMap(({ error, label }) => (error.code === "not-begun" ? label : [])),
  );
  return {
    isSeveral,
    read: all.flatMap((one): FoundBackups<T>[] => ("value" in one ? [{ ...one, stack: one.stack ?? "" }] : [])),
    failed: failed.map(({ where, stack, error }) => ({ ...where, stack, error: errorDocument(error) })),
    status: failed[0]?.error.exitStatus ?? 0,
  };
}

/** Names as given, and for a glob the stacks that have backups; undefined means all. */
async function stacksMeant({ backups }: Ports, patterns: readonly string[] | undefined) {
  if (patterns === undefined) return [undefined];
  const known = patterns.some(isGlob) ? (await backups.list()).map(({ stack }) => stack.replaceAll("+", "/")) : [];
  const meant = patterns.flatMap((one) => (isGlob(one) ? known.filter((name) => fitsGlob(name, globOf(one))) : [one]));
  return [...new Set(meant)];
}

/** A backup as it is named from the run's working directory. */
export function shownFrom(folder: string | undefined, backup: Backup): Backup {
  const { shownPath } = backup;
  const isThere = folder === undefined || folder === "." || shownPath === backup.path;
  return isThere ? backup : { ...backup, shownPath: `${folder}/${shownPath}` };
}
