import { defaultSettings } from "../../core/config/settings";
import { LayersError, unchanged } from "../../core/errors";
import { isLookedUp } from "../../core/estate";
import { labelsOf } from "../../core/function-arn";
import { changeLine } from "../../core/report";
import type { FunctionFilter } from "../../core/selection";
import { count, countLayers, listNames } from "../../core/text";
import { executeInit, type InitChange, type InitPlan, planInit, refuseToReplace } from "../../ops/init";
import { type InitState, type LiveFunctions, readInitState, type TaggedFunctions } from "../../ops/init-uses";
import { documentFormat } from "../../ops/plans";
import type { Ports } from "../../ports";
import type { Context } from "../context";
import { defaultParallel, isFailedProject, openEstate, type Place, type StackRun } from "../estate";
import { errorDocument, printJson } from "../json";
import type { OptionValues } from "../options";
import { configFile, placesTwice, refuse } from "../requests";
import { runStacks } from "../run-stacks";
import { flagWords, selectionWords } from "../words";

export async function run(context: Context): Promise<number> {
  const { options, stdout, reporter } = context;
  const { dryRun = false, stateFiles = [], live = false, allFunctions, tag, regions } = options;
  const isLiveOnly = (allFunctions ?? tag ?? regions) !== undefined;
  refuse([[!live && isLiveOnly, "--all-functions, --tag and --regions choose live functions: add --live."]], unchanged);
  const liveFunctions = live ? chosenLive(context) : undefined;
  const ports = await context.openPorts();
  const file = configFile(options);
  // A draft that is only printed replaces nothing.
  const force = (options.force || dryRun) ?? false;
  refuseToReplace(ports, file, force);
  const filter = { functions: options.function ?? [], exclude: options.exclude ?? [] };
  const { states, failed } = live
    ? { states: [], failed: [] }
    : stateFiles.length > 0
      ? await readFiles(context, ports, filter)
      : await readStacks(context, filter);
  const request = { file, states, filter, force, live: liveFunctions };
  const plan = await planInit(ports, request);
  for (const [reason, own] of Map.groupBy(plan.skipped, (one) => one.reason)) {
    const names = own.map((one) => one.function);
    const which =
      names.length === 1 ? `Function ${names[0]} is` : `${names.length} functions (${listNames(names)}) are`;
    reporter.warn(`${which} skipped: ${reason}.`);
  }
  if (dryRun && !options.json) stdout.write(plan.text);
  if (!dryRun) {
    await executeInit(ports, plan);
    tell(context, ports, plan);
    await offerIgnoring(context, ports, plan);
  }
  if (failed.length > 0)
    reporter.warn(
      `What ${listNames(failed.map(({ label }) => label))} ${failed.length === 1 ? "uses" : "use"} is not in it: that could not be read.`,
    );
  if (options.json) {
    const { stacks, layers, changes, skipped } = plan;
    const missing = failed.map(({ site, error }) => ({
      ...(site.folder !== undefined && { folder: site.folder }),
      ...{ stack: isFailedProject(site) ? null : site.stack, error: errorDocument(error) },
    }));
    const document = { format: documentFormat, file, dryRun, stacks, layers, changes, skipped };
    printJson(stdout, { ...document, ...(missing.length > 0 && { failed: missing }) });
  }
  return failed[0]?.error.exitStatus ?? 0;
}

interface Read {
  readonly states: readonly InitState[];
  /** What could not be read, already reported. */
  readonly failed: readonly (Place & { readonly error: LayersError })[];
}

/** Reads the states of the selected stacks. Of several, one that cannot be read does not affect the others. */
async function readStacks(context: Context, filter: FunctionFilter): Promise<Read> {
  const estate = await openEstate(context);
  const read = ({ ports, stack }: StackRun) => readInitState(ports, { stack, filter });
  if (!estate.isSeveral) {
    const [place] = estate.places;
    return { states: place ? [await read(await place.open({ asks: false }))] : [], failed: [] };
  }
  const { parallel = defaultParallel } = context.options;
  const done = await runStacks(context, estate, estate.places, (run) => read(run).catch(partly), {
    title: "Reading stacks",
    parallel,
    headings: false,
  });
  const failed = [...done].flatMap(([place, one]) => ("error" in one ? [{ ...place, error: one.error }] : []));
  const [first] = failed;
  if (first && failed.length === estate.places.length) throw first.error.having(unchanged);
  return { states: [...done.values()].flatMap((one) => ("value" in one ? [one.value] : [])), failed };
}

/** An error of one stack of several says nothing of what was changed: the file is written without the stack. */
function partly(error: unknown): never {
  if (!(error instanceof LayersError)) throw error;
  throw new LayersError(error.code, error.what.split("\n"), { next: error.nextLines, cause: error });
}

async function readFiles(context: Context, ports: Ports, filter: FunctionFilter): Promise<Read> {
  const states: InitState[] = [];
  const { stack: [stack = "dev"] = [], stateFiles = [], projects, stackTag } = context.options;
  refuse([
    [
      (projects ?? stackTag) !== undefined,
      "A state file is one stack's: name that one, without --projects and --stack-tag.",
    ],
  ]);
  for (const file of stateFiles) states.push(await readInitState(ports, { stack, file, filter }));
  return { states, failed: [] };
}

/** The selected live functions, and their owners. */
function chosenLive({ options }: Context): LiveFunctions {
  const { stack: stacks = ["dev"], stateFiles = [], projects, stackTag, allFunctions, tag: tags, regions } = options;
  const areLookedUp = isLookedUp(stacks) || (projects ?? stackTag) !== undefined;
  refuse(
    [
      ...placesTwice(options),
      [areLookedUp, "--live takes stacks by their names, without globs, --projects and --stack-tag."],
      [stateFiles.length > 0, "--live cannot be combined with --state-file."],
      [
        stacks.length > 1 && !allFunctions,
        "--live takes one stack. For several, add --all-functions: the functions that are tagged as each stack's.",
      ],
    ],
    unchanged,
  );
  return { stacks, allFunctions, tags, regions };
}

/** Backups hold whole states, which must not end up in a repository by accident. */
async function offerIgnoring({ ask, reporter }: Context, { backups }: Ports, { ignoreLine }: InitPlan): Promise<void> {
  if (ignoreLine === undefined) return;
  if (ask === undefined) {
    reporter.info(`State backups are written to ${ignoreLine}. To keep them out of git, add this line to .gitignore:`);
    reporter.item(ignoreLine);
  } else if (await ask(`State backups are written to ${ignoreLine}. Add it to .gitignore to keep them out of git?`)) {
    await backups.addIgnoreLine(ignoreLine);
    reporter.info(`${ignoreLine} added to .gitignore`);
  }
}

function tell(context: Context, { advise }: Ports, plan: InitPlan): void {
  const { options, reporter } = context;
  const { file, layers, changes, stacks, skipped } = plan;
  reporter.info(`${file} written: ${count(layers.length, "layer")} of ${stacks.join(", ")}`);
  reporter.info(
    changes.length > 0
      ? `Not as declared, so an update would change: ${countLayers(changes.length)}`
      : `All ${skipped.length > 0 ? "other " : ""}functions are as declared`,
  );
  const named = ({ function: name, region, account }: InitChange) => ({ name, region, account });
  const label = labelsOf(changes.map(named));
  for (const change of changes) reporter.item(changeLine({ ...change, function: label(named(change)) }));
  reporter.info("Next steps:");
  const which = plan.tagged ? liveWords(options, plan.tagged, stacks) : stateWords(options, stacks);
  if (which === undefined) {
    const tag = `--tag ${defaultSettings.tagKey}=${stacks[0]}`;
    reporter.item(`tag these functions, so that commands find them (${tag}, or --all-functions), or name them with -f`);
    return;
  }
  const update = plan.tagged ? ["sync"] : [];
  reporter.item(`see the current versions: ${advise(["status", ...which])}`);
  reporter.item(`see what an update would change: ${advise([...update, ...which, "--dry-run"])}`);
  reporter.item(`see what is out of date: ${advise(["outdated", ...which])}`);
}

/** The words that select the states of the config for the next commands. */
function stateWords({ stateFiles = [], projects, stackTag, stack }: OptionValues, stacks: readonly string[]): string[] {
  const [stateFile, ...others] = stateFiles;
  return flagWords({
    ...{ "--projects": projects, "--stack-tag": stackTag },
    "--stack": (projects ?? stackTag) === undefined ? stacks.join(",") : stack?.join(","),
    "--state-file": others.length > 0 ? undefined : stateFile,
  });
}

/** A command with more names is unreadable. */
const mostNames = 10;

/** The words that select the live functions of the config without a Pulumi project; undefined for too many names. */
function liveWords(
  options: OptionValues,
  { names, areAll }: TaggedFunctions,
  stacks: readonly string[],
): string[] | undefined {
  const isChosen = options.allFunctions || options.tag !== undefined || options.function !== undefined;
  if (!isChosen && !areAll && names.length > mostNames) return undefined;
  const which = isChosen ? options : { ...options, ...(areAll ? { allFunctions: true } : { function: [...names] }) };
  return ["--stack", stacks.join(","), ...selectionWords(which)];
}
