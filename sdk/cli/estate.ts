import { LayersError } from "../core/errors";
import { isLookedUp, type StackSite, siteLabel } from "../core/estate";
import { type EstateSite, type FailedProject, findBackedUp, findStacks } from "../ops/estate";
import type { Ports, Progress } from "../ports";
import type { Context } from "./context";
import { type HeldOutput, holdOutput } from "./held-output";
import { allFlags } from "./options";
import { refuse } from "./requests";

/** The stack if none is named. */
export const defaultStack = "dev";

/** How many stacks are read or planned at a time, unless `--parallel` says otherwise. */
export const defaultParallel = 4;

/** One stack of a run, with its environment. */
export interface StackRun extends StackSite {
  /** Its index in the run, from 0. */
  readonly index: number;
  /** How messages name it. */
  readonly label: string;
  /** Whether it is the first stack of its project in the run. */
  readonly isFirst: boolean;
  /** Whether the run is about several stacks. */
  readonly isOneOfSeveral: boolean;
  /** The command's context in the stack's project. */
  readonly context: Context;
  readonly ports: Ports;
}

/** One item of a run: a stack, or a project whose stacks are unknown. */
export interface Place {
  readonly site: EstateSite;
  readonly label: string;
  /** Undefined if output is printed immediately, as in a run on one stack. */
  readonly held: HeldOutput | undefined;
  /**
   * Opens the stack's environment.
   * @param asks whether the user may be asked
   * @param isHeaded whether its output has its name as a heading, so that warnings need not name it
   * @throws LayersError why the project's stacks are unknown
   */
  open(how: { readonly asks: boolean; readonly isHeaded?: boolean }): Promise<StackRun>;
}

/** Everything that a run covers. */
export interface Estate {
  /** In the order of output. */
  readonly places: readonly Place[];
  /**
   * Whether several stacks were asked for, however many there are: the output is then one table and an array of
   * documents.
   */
  readonly isSeveral: boolean;
  /** Set if no stack was named, so that the default one was meant: in each of several projects, only that one. */
  readonly isDefault?: true;
}

/** Whether a place is a project whose stacks are unknown. */
export function isFailedProject(site: EstateSite): site is FailedProject {
  return "error" in site;
}

/**
 * Finds the stacks of a run.
 * @throws LayersError `usage`, `stack-missing`, and what the Pulumi port throws
 */
export async function openEstate(context: Context): Promise<Estate> {
  const { options } = context;
  const { projects, stackTag, parallel = defaultParallel } = options;
  const stacks = options.stack ?? [stackTag === undefined ? defaultStack : "*"];
  const isFound = projects !== undefined || stackTag !== undefined || isLookedUp(stacks);
  refuse([
    [
      isFound && options.stateFile !== undefined,
      "--state-file holds one stack. Name that stack, without --projects, --stack-tag or *.",
    ],
  ]);
  const isSeveral = isFound || stacks.length > 1;
  const ports = await context.openPorts();
  const portsOf = (folder: string) => inFolder(context, ports, folder).openPorts();
  const isDefault = options.stack === undefined && stackTag === undefined && ({ isDefault: true } as const);
  try {
    const sites = await findStacks(ports, { stacks, projects, tag: stackTag, parallel, portsOf });
    const estate = isSeveral ? estateOf(context, ports, sites) : single(context, ports, sites[0] as StackSite);
    return { ...estate, ...isDefault };
  } catch (error) {
    if (!(error instanceof LayersError)) throw error;
    throw isDefault && error.code === "stack-missing" ? notNamed(error) : withoutProject(error, context, ports);
  }
}

/**
 * Finds the stacks that have backups, for a run over several projects or by tag.
 * @throws LayersError as {@link openEstate} does
 */
export async function openBackedUp(context: Context): Promise<Estate> {
  const { stacks = ["*"], projects, stackTag: tag, parallel = defaultParallel } = context.options;
  const ports = await context.openPorts();
  const portsOf = (folder: string) => inFolder(context, ports, folder).openPorts();
  return estateOf(context, ports, await findBackedUp(ports, { stacks, projects, tag, parallel, portsOf }));
}

/** An estate of one stack, which prints and asks as it goes. */
function single(context: Context, ports: Ports, site: StackSite): Estate {
  const label = siteLabel(site);
  const run = { ...site, index: 0, label, isFirst: true, isOneOfSeveral: false, context, ports };
  return { places: [{ site, label, held: undefined, open: async () => run }], isSeveral: false };
}

/** An estate of several stacks, or of one that is treated as several. */
export function estateOf(context: Context, ports: Ports, sites: readonly EstateSite[]): Estate {
  const places = sites.map((site, index): Place => {
    const { folder } = site;
    const label = siteLabel(site);
    const held = holdOutput(context.stdout, context.stderr, context.env);
    return {
      ...{ site, label, held },
      async open({ asks, isHeaded = false }) {
        if (isFailedProject(site)) throw site.error;
        const base = folder === undefined ? context : inFolder(context, ports, folder);
        const own = base.derive({
          ...{ stdout: held.stdout, stderr: held.stderr },
          ...(!asks && { ask: undefined }),
          progress: (title, how) => (held.isOpen ? context.reporter.progress(title, how) : noProgress),
          about: namingStack({ site, label }, isHeaded),
        });
        const isFirst = sites.findIndex((one) => one.folder === folder) === index;
        return { ...site, index, label, isFirst, isOneOfSeveral: true, context: own, ports: await own.openPorts() };
      },
    };
  });
  return { places, isSeveral: true };
}

/** Lets warnings and errors begin with a stack's name, unless it is the heading of its output or they name it. */
export function namingStack({ site, label }: Pick<Place, "site" | "label">, isHeaded: boolean) {
  const isNamed = (text: string) => site.folder === undefined && (isHeaded || text.includes(`stack ${label}`));
  return (text: string): string => (isNamed(text) ? text : `${label}: ${text}`);
}

const noProgress: Progress = { update() {}, end() {} };

/**
 * The context in a project's folder: with its nearest config, and with advised commands that work from the user's
 * folder.
 */
function inFolder(context: Context, { projects }: Ports, folder: string): Context {
  const { cwd, config } = context.options;
  const file = config === undefined ? projects.nearestConfig(folder) : projects.pathFrom(folder, config);
  const path = folder === "." ? cwd : [cwd, folder].filter((part) => part !== undefined).join("/");
  return context.derive({ options: { ...context.options, cwd: path, config: file } });
}

// Flags that depend on where an advised command runs, and are added to it.
const addedToAdvice: ReadonlySet<string> = new Set(["--cwd", "--config", "--backup-dir", "--region", "--profile"]);
// Those, and flags that select stacks.
const choosing: ReadonlySet<string> = new Set([
  ...["--stack", "--projects", "--stack-tag", "--parallel", "--failure-tolerance"],
  ...addedToAdvice,
]);

/** The words of a run over many stacks, for one stack alone. */
function wordsAlone(words: readonly string[], stack: string): string[] {
  return [...wordsWithout(words, choosing), "--stack", stack];
}

/** The words of a run without some of its flags. */
function wordsWithout(words: readonly string[], without: ReadonlySet<string>): string[] {
  const flags = allFlags();
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const [flag = ""] = word.split("=", 1);
    if (!without.has(flag)) kept.push(word);
    else if (flag === word && flags.get(flag)) at++;
  }
  return kept;
}

/**
 * The error for a folder that is in no project, with what else the command can look at: projects below the folder, or
 * functions in AWS alone.
 */
function withoutProject(error: LayersError, { options, args, words, table }: Context, ports: Ports): LayersError {
  const { projects, resume } = options;
  // A file of one project means nothing to the others.
  const isOfFile = resume !== undefined || (words.includes("rollback") && args.length > 0);
  if (error.code !== "project-missing" || projects !== undefined || isOfFile) return error;
  const own = wordsWithout(words, addedToAdvice);
  const command = table.commands.find(({ name }) => words.includes(name));
  const isForLive = command?.options.includes("allFunctions") ?? false;
  const next = [
    ...(ports.projects.areBelow()
      ? [`There are projects below this folder. To run in all of them: ${ports.advise([...own, "--projects", "*"])}`]
      : []),
    ...(isForLive
      ? [`Without Pulumi, choose functions in AWS by tag or name: ${ports.advise([...own, "--all-functions"])}`]
      : []),
    ...error.nextLines,
  ];
  return new LayersError(error.code, error.what.split("\n"), { next, changed: error.changed, cause: error });
}

/** The error for a stack that does not exist, saying that nobody named it. */
function notNamed(error: LayersError): LayersError {
  const next = [...error.nextLines, `No --stack was given, so the default, ${defaultStack}, was used.`];
  return new LayersError(error.code, error.what.split("\n"), { next, changed: error.changed, cause: error });
}

/**
 * A stack's error with what the run knows about it: that nobody named the stack; that there are projects below; and in a run over many, one line if it
 * only needs another passphrase.
 */
export function errorInRun(error: LayersError, context: Context, estate: Estate, run: StackRun): LayersError {
  const { words } = context;
  if (estate.isDefault && error.code === "stack-missing") return notNamed(error);
  if (error.code === "project-missing") return withoutProject(error, context, run.ports);
  if (error.code !== "passphrase" || !estate.isSeveral) return error;
  const alone = run.ports.advise(wordsAlone(words, run.stack));
  const message = `The secrets of stack ${run.label} need a different passphrase or key. Run it on its own with that: ${alone}`;
  return new LayersError("passphrase", message, { cause: error });
}
