import { shortStackName } from "../core/config/declared";
import { LayersError } from "../core/errors";
import { isLookedUp, type StackSite, stacksMeant } from "../core/estate";
import { fitsGlob, globOf, isGlob } from "../core/glob";
import { didYouMean } from "../core/nearest";
import { pooled } from "../core/pool";
import { compareTexts, count, listNames } from "../core/text";
import type { Ports, ProjectName } from "../ports";
import { checkpoint, ifPossible, withProgress } from "./steps";

/** The stacks to run on. */
export interface EstateRequest {
  /** Names and globs of stacks. */
  readonly stacks: readonly string[];
  /** Globs of projects' folders below the working directory; undefined: the project of the working directory. */
  readonly projects: readonly string[] | undefined;
  /** Only stacks with this tag of the backend's: `KEY=VALUE`, or `KEY` for any value. */
  readonly tag: string | undefined;
  /** How many projects to ask at a time. */
  readonly parallel: number;
  portsOf(folder: string): Promise<Ports>;
}

/** A project that could not be read, and why. */
export interface FailedProject {
  readonly folder: string;
  readonly error: LayersError;
}

/** The stacks of a run, and the projects whose stacks are unknown, in the order of their folders. */
export type EstateSite = StackSite | FailedProject;

/**
 * Finds the stacks of a run. Pulumi is asked once per project; an unreadable project is returned as such and does not
 * affect the others. Plain names in one project are not looked up.
 * @throws LayersError `stack-missing` if no stack matches, `usage` for a glob that matches no project, and for a single
 * project what the Pulumi port throws
 */
export async function findStacks(ports: Ports, request: EstateRequest): Promise<EstateSite[]> {
  const { stacks, projects, tag } = request;
  if (projects !== undefined) return ofProjects(ports, request, projects);
  if (!isLookedUp(stacks) && tag === undefined) return stacks.map((stack) => ({ stack }));
  const listed = await ports.stacks.list(tag, ports.signal);
  const { stacks: meant, missing } = stacksMeant(stacks, listed, (await ports.stacks.project())?.name);
  if (missing[0] === undefined && meant.length > 0) return meant.map((stack) => ({ stack }));
  const look = `See which there are: ${ports.advisePulumi(["stack", "ls"])}`;
  throw noStack(missing[0] ?? stacks.join(", "), listed, { tag, where: "in this project", look });
}

/** The names of the project's stacks; none if Pulumi cannot be asked. */
export function stacksIfKnown({ stacks, signal }: Ports): Promise<readonly string[]> {
  return ifPossible(
    () => stacks.list(undefined, signal),
    () => [],
  );
}

async function ofProjects(ports: Ports, request: EstateRequest, globs: readonly string[]): Promise<EstateSite[]> {
  const { stacks, tag, parallel, portsOf } = request;
  const { folders, unreadable } = await projectsMeant(ports, globs);
  const read = await withProgress(ports.reporter, "Listing the stacks of projects", async (progress) => {
    let done = 0;
    return pooled(folders, parallel, async (folder) => {
      await checkpoint(ports, "Nothing was changed.");
      const own = await listOf(await portsOf(folder), folder, tag);
      progress.update(++done, folders.length);
      return own;
    });
  });
  const readable = read.filter(isReadable);
  const known = readable.flatMap(({ listed }) => listed);
  const all = readable.map((one) => ({ ...one, ...stacksMeant(stacks, one.listed, one.project?.name) }));
  const missing = stacks.filter((pattern) => all.every((one) => one.missing.includes(pattern)));
  // An unreadable project may have it.
  const isOpen = read.length > readable.length || unreadable.length > 0;
  if (missing[0] !== undefined && !isOpen)
    throw noStack(missing[0], known, { tag, where: "in any of these projects", look: "They have no stacks." });
  const without = all.flatMap((one) => (one.stacks.length === 0 ? [one.folder] : []));
  if (without.length > 0)
    ports.reporter.info(`${count(without.length, "project")} without such a stack: ${listNames(without)}`);
  const runs = eachOnce(ports, all).flatMap((one) => one.stacks.map((stack) => ({ stack, folder: one.folder })));
  return [...runs, ...read.filter((one) => "error" in one), ...unreadable].toSorted((a, b) =>
    compareTexts(a.folder, b.folder),
  );
}

interface MeantProject extends ReadProject {
  readonly stacks: readonly string[];
}

/** Leaves out folders with the same project as an earlier one: Pulumi keeps one set of stacks for both. */
function eachOnce({ reporter }: Ports, projects: readonly MeantProject[]): MeantProject[] {
  const first = new Map<string, string>();
  return projects.filter(({ folder, project, stacks }) => {
    if (project === undefined || stacks.length === 0) return true;
    const key = JSON.stringify([project.backend, project.name]);
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, folder);
      return true;
    }
    reporter.warn(
      `The folders ${other} and ${folder} both contain the Pulumi project ${project.name}, so their stacks are the same. They are used once, with the config and backups of ${other}. To use those of ${folder}, name only that folder with --projects.`,
    );
    return false;
  });
}

/**
 * Finds the stacks that have backups, whether or not they still exist: Pulumi is asked only for a tag.
 * @throws LayersError as {@link findStacks} does; but an unknown name just matches none
 */
export async function findBackedUp(ports: Ports, request: EstateRequest): Promise<EstateSite[]> {
  const { stacks, projects, tag, parallel, portsOf } = request;
  const { folders, unreadable } =
    projects === undefined ? { folders: [undefined], unreadable: [] } : await projectsMeant(ports, projects);
  const sites = await pooled<string | undefined, EstateSite[]>(folders, parallel, async (folder) => {
    await checkpoint(ports, "Nothing was changed.");
    const where = folder === undefined ? {} : { folder };
    try {
      const own = folder === undefined ? ports : await portsOf(folder);
      const names = (await own.backups.list()).map(({ stack }) => stack.replaceAll("+", "/"));
      const meant = stacksMeant(stacks, [...new Set(names)]).stacks;
      if (tag === undefined || meant.length === 0) return meant.map((stack) => ({ stack, ...where }));
      const tagged = new Set((await own.stacks.list(tag, own.signal)).map(shortStackName));
      return meant.flatMap((stack) => (tagged.has(shortStackName(stack)) ? { stack, ...where } : []));
    } catch (error) {
      if (folder === undefined || !concernsProject(error)) throw error;
      return [{ folder, error }];
    }
  });
  return [...sites.flat(), ...unreadable];
}

/**
 * The projects that globs match, and unreadable folders.
 * @throws LayersError `usage` for a glob that matches none
 */
async function projectsMeant(ports: Ports, globs: readonly string[]) {
  const found = await ports.projects.find();
  const unreadable = found.unreadable.map(({ folder, reason }) => ({
    folder,
    error: new LayersError("project-missing", `The folder ${folder} could not be searched for projects: ${reason}.`),
  }));
  const unused = globs.find((glob) => !found.folders.some((folder) => fitsGlob(folder, globOfFolder(glob))));
  if (unused !== undefined) throw noProject(unused, found.folders);
  return {
    folders: found.folders.filter((folder) => globs.some((glob) => fitsGlob(folder, globOfFolder(glob)))),
    unreadable,
  };
}

/** Shells complete a folder to `services/`, and people write `./services`. */
function globOfFolder(glob: string) {
  return globOf(glob.replace(/^(?:\.\/+)+(?=.)/, "").replace(/(?<=.)\/+$/, ""));
}

/** Whether an error concerns one project and so does not affect the others. */
function concernsProject(error: unknown): error is LayersError {
  return error instanceof LayersError && error.code !== "interrupted" && error.code !== "pulumi-missing";
}

interface ReadProject {
  readonly folder: string;
  readonly listed: readonly string[];
  readonly project: ProjectName | undefined;
}

function isReadable(one: ReadProject | FailedProject): one is ReadProject {
  return "listed" in one;
}

async function listOf(
  { stacks, signal }: Ports,
  folder: string,
  tag: string | undefined,
): Promise<ReadProject | FailedProject> {
  try {
    return { folder, listed: await stacks.list(tag, signal), project: await stacks.project() };
  } catch (error) {
    if (!concernsProject(error)) throw error;
    return { folder, error };
  }
}

function noProject(glob: string, folders: readonly string[]): LayersError {
  const next =
    folders.length === 0
      ? "Projects are folders with a Pulumi.yaml below the working directory. To search another one, name it with --cwd."
      : (didYouMean(glob, folders) ?? `Folders with a project: ${listNames(folders)}.`);
  return new LayersError("usage", `${isGlob(glob) ? "No project's folder matches" : "No project is in"} ${glob}.`, {
    next,
    changed: "Nothing was changed.",
  });
}

interface Looked {
  readonly tag: string | undefined;
  readonly where: string;
  /** The error if no stack is known. */
  readonly look: string;
}

function noStack(pattern: string, known: readonly string[], { tag, where, look }: Looked): LayersError {
  const tagged = tag === undefined ? "" : ` with the tag ${tag}`;
  const names = [...new Set(known)];
  return new LayersError("stack-missing", `No stack ${where} matches ${pattern}${tagged}.`, {
    next: didYouMean(pattern, names) ?? (names.length > 0 ? `Existing stacks${tagged}: ${listNames(names)}.` : look),
    changed: "Nothing was changed.",
  });
}
