import type { Standing } from "../core/assess";
import type { LayerConfig } from "../core/config/parse";
import { countLayers, listNames } from "../core/text";
import { type Assessment, type AssessRequest, assessStack } from "../ops/assess";
import { failedReading, unexpected } from "../ops/expectation";
import { skippedName } from "../ops/plans";
import { type Repair, repairsOfAll } from "../ops/repairs";
import { labelsOfStandings, warningsOf } from "../ops/report-standings";
import { misspeltEntries, misspeltStacks } from "../ops/unused";
import type { Ports } from "../ports";
import { statusSummary } from "./ci";
import { assessmentDocument } from "./json";
import type { OptionValues } from "./options";
import { type Contradiction, configFile, placesTwice, refuse, selectionOf } from "./requests";
import type { StackOutcome, StackRun } from "./stacks";
import { planWords, runWords } from "./words";

// Shared code of the commands that look at functions and change nothing.

/**
 * What to look at in a stack. Loads the config.
 * @throws LayersError `usage` for options that exclude each other, `config-invalid`
 */
export function assessRequest({ configs }: Ports, options: OptionValues, stack: string): AssessRequest {
  const { stateFile, recordedOnly, allFunctions, tag } = options;
  const recorded = Object.entries({ "--state-file": stateFile !== undefined, "--recorded-only": recordedOnly });
  refuse([
    ...placesTwice(options),
    ...recorded.flatMap(([flag, isGiven]): Contradiction[] => [
      [isGiven && allFunctions, `${flag} and --all-functions cannot be combined.`],
      [isGiven && tag, `${flag} and --tag cannot be combined.`],
    ]),
  ]);
  return { stack, config: configs.load(configFile(options)), stateFile, recordedOnly, ...selectionOf(options) };
}

/** Warns of stacks that a config seems to misspell: once for the stacks of a project. */
export async function warnOfStacks({ context, ports, stack, isFirst }: StackRun, config: LayerConfig): Promise<void> {
  if (!isFirst || context.options.stateFile !== undefined) return;
  for (const line of await misspeltStacks(ports, config, stack)) context.reporter.warn(line);
}

/** Assesses a stack for a command that shows all of it, and warns of what its rows do not show. */
export async function look(run: StackRun): Promise<Assessment> {
  const { context, ports, stack } = run;
  const { options, reporter } = context;
  const request = assessRequest(ports, options, stack);
  await warnOfStacks(run, request.config);
  const assessment = await assessStack(ports, request);
  const { standings, skipped, live, where } = assessment;
  for (const line of misspeltEntries(request.config, stack, request, assessment)) reporter.warn(line);
  if (standings.length === 0) reporter.warn(`Nothing was compared: no function with layers was found in ${where}.`);
  const label = labelsOfStandings(standings);
  for (const one of skipped) reporter.warn(`Function ${skippedName(one)} is skipped: ${one.reason}.`);
  const failed = failedReading(live);
  if (failed) reporter.warn(`Not all live versions of stack ${stack} could be read: ${failed.reason}`);
  for (const line of warningsOf(standings)) reporter.warn(line);
  const lost = standings.filter(({ fn, isLost }) => isLost && !fn.isGone);
  // The stack that records the function restores a lost layer.
  const byCommand = Map.groupBy(lost, ({ fn }) =>
    fn.recordedBy === "resource"
      ? ports.advisePulumi(["up", "--stack", stack])
      : ports.advise(["--stack", stack, "--sync-aws"]),
  );
  for (const [again, own] of byCommand) reporter.warn(lostText(own, again, label));
  return assessment;
}

/** Names a single lost layer, and counts several: the rows show each. */
function lostText(lost: readonly Standing[], again: string, label: ReturnType<typeof labelsOfStandings>): string {
  const [one] = lost;
  if (one && lost.length === 1)
    return `Function ${label(one.fn)}: Layer ${one.layer?.name} is recorded at version ${one.recorded} but not attached in AWS. To attach it again: ${again}`;
  const functions = [...new Set(lost.map(({ fn }) => label(fn)))];
  return `${countLayers(lost.length)} are recorded but not attached in AWS (${listNames(functions)}). To attach them again: ${again}`;
}

/**
 * The outcome of looking.
 * @param rows the standings to show
 */
export function lookOutcome(
  { context: { options }, ports, folder }: StackRun,
  assessment: Assessment,
  rows?: readonly Standing[],
): StackOutcome {
  return {
    document: assessmentDocument(assessment, rows),
    error: options.expectNoChanges ? unexpected(ports, assessment, planCommand(ports, options, assessment)) : undefined,
    summary: statusSummary(assessment, folder),
  };
}

/** The commands that bring a stack's drifted layers back to what is declared; empty without drift. */
export function repairCommands({ context: { options }, ports }: StackRun, assessment: Assessment): string[] {
  const { stack, standings } = assessment;
  const pulumiUp = (...words: string[]) => ports.advisePulumi(["up", "--stack", stack, ...words]);
  const commands: Readonly<Record<Repair, () => string>> = {
    "program and refresh": () => pulumiUp("--refresh"),
    program: () => pulumiUp(),
    "update with AWS": () => ports.advise(runWords(options, stack, "state and AWS")),
    update: () => ports.advise(runWords(options, stack, "state")),
    sync: () => ports.advise(runWords(options, stack, "AWS")),
  };
  return repairsOfAll(standings).map((repair) => commands[repair]());
}

function planCommand({ advise }: Ports, options: OptionValues, { stack, recorded, live }: Assessment): string {
  const isAsked = live.read || live.code !== undefined;
  return advise(planWords(options, stack, recorded ? (isAsked ? "state and AWS" : "state") : "AWS"));
}
