import { LayersError, unchanged } from "../../core/errors";
import { isLookedUp } from "../../core/estate";
import { count, countLayers } from "../../core/text";
import { unexpected } from "../../ops/expectation";
import { liveFailure } from "../../ops/live/failure";
import { executeSync, planResumed, planSync, type SyncPlan } from "../../ops/sync";
import type { Ports } from "../../ports";
import { runSummary } from "../ci";
import { needYes } from "../confirm";
import type { Context } from "../context";
import { warnOfStacks } from "../looked";
import type { OptionName, OptionValues } from "../options";
import { planStacks } from "../plan-stacks";
import {
  type Contradiction,
  configFile,
  isLookOnly,
  placesTwice,
  recordSettings,
  refuse,
  runOptions,
  selectionOf,
} from "../requests";
import { forEachStack, type StackOutcome, type StackRun } from "../stacks";
import { planWords } from "../words";

export async function run(context: Context): Promise<number> {
  const { options } = context;
  refuse(contradictions(options), unchanged);
  if (!options.expectNoChanges) needYes(context);
  if (options.resume !== undefined) return resume(context);
  const isLook = isLookOnly(options);
  return planStacks(context, (run) => planOf(run, isLook), { verb: "Update", isLook, record: { isLive: true } });
}

/**
 * Finishes interrupted runs, whichever command started them.
 * @param isUpdate whether the user runs an update, and would start anew with one
 */
export function resume(context: Context, isUpdate = false): Promise<number> {
  return forEachStack(context, (run) => resumeRun(run, isUpdate), { writes: !isLookOnly(context.options) });
}

async function planOf(run: StackRun, dryRun: boolean) {
  const { stack, label, context, ports } = run;
  const { options } = context;
  const { expectNoChanges, skipPreflight, shard, skipAliases, publish, alias } = options;
  const config = ports.configs.load(configFile(options));
  await warnOfStacks(run, config);
  const plan = await planSync(ports, {
    ...{ stack, ...selectionOf(options), dryRun, expectNoChanges, skipPreflight, shard, skipAliases },
    config,
    publish: publish ? { alias } : undefined,
  });
  return { changes: [], live: plan.changes, carryOut: () => carryOut(context, ports, plan, label) };
}

async function resumeRun({ context, ports, stack }: StackRun, isUpdate: boolean): Promise<StackOutcome> {
  const { options } = context;
  const { skipPreflight, resume } = options;
  const plan = await planResumed(ports, {
    ...{ stack, dryRun: isLookOnly(options), skipPreflight, record: resume === true ? undefined : resume },
    isUpdate,
    ...recordSettings(ports, options),
  });
  return carryOut(context, ports, plan);
}

async function carryOut(context: Context, ports: Ports, plan: SyncPlan, label = plan.stack): Promise<StackOutcome> {
  const { expectNoChanges } = context.options;
  const how = runOptions(context, question);
  const result = await executeSync(ports, plan, { ...how, expectNoChanges });
  const error = expectNoChanges
    ? unexpectedChanges(context, ports, plan, result)
    : liveFailure(ports, plan, result.aws, how);
  return { document: result, error, summary: runSummary(result, label) };
}

/** Of a resumed run, only what is left to do is known. */
function unexpectedChanges(
  { options }: Context,
  ports: Ports,
  { stack, changes, publish, assessed }: SyncPlan,
  { totals }: Awaited<ReturnType<typeof executeSync>>,
): LayersError | undefined {
  if (totals)
    return unexpected(ports, { stack, totals, live: assessed?.live }, ports.advise(planWords(options, stack, "AWS")));
  if (changes.length === 0 && publish)
    return new LayersError("not-known", "What is left to publish is known only once the run continues.");
  if (changes.length === 0) return undefined;
  return new LayersError("changes-found", `The run still has ${countLayers(changes.length)} to change.`, {
    changed: unchanged,
  });
}

function question({ sites, changes, publish }: SyncPlan): string {
  const functions = sites.reduce((sum, site) => sum + site.functions.length, 0);
  const regions = [...new Set(sites.map(({ region }) => region))].join(", ");
  const what = `Update ${countLayers(changes.length)}, in ${count(functions, "function")} in ${regions}`;
  if (!publish) return `${what}?`;
  return `${what}, and publish them${publish.alias === undefined ? "" : ` as ${publish.alias}`}?`;
}

// What a record already says.
const notWithResume: readonly OptionName[] = [
  ...(["function", "exclude", "allFunctions", "tag", "regions", "profiles", "region", "profile"] as const),
  ...(["shard", "publish", "alias", "skipAliases"] as const),
];

function contradictions(options: OptionValues): Contradiction[] {
  const { alias, publish, resume, stack = [] } = options;
  return [
    ...placesTwice(options),
    [alias !== undefined && !publish, "--alias needs --publish: the alias moves to the version that is published."],
    [
      resume !== undefined && notWithResume.some((name) => options[name] !== undefined),
      "--resume cannot be combined with options that choose functions, places or what to publish: the run record holds these.",
    ],
    [
      typeof resume === "string" && (isLookedUp(stack) || stack.length > 1 || options.projects !== undefined),
      "A run record belongs to one stack. Name one stack, or leave the record out.",
    ],
  ];
}
