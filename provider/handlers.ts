// Called by the shim in a stack's state. The path `pulumi-lambda-layers/provider/handlers` and the signatures of the
// six functions are a permanent interface: shims of every published version stay in users' states.

import type { dynamic } from "@pulumi/pulumi";
import { checkTargets } from "../sdk/aws/preflight";
import { parseLayerVersionArn } from "../sdk/core/arn";
import { declaredAt } from "../sdk/core/config/declared";
import { LayersError } from "../sdk/core/errors";
import { declaredLayersOf, type Goal } from "../sdk/core/goal";
import type { LiveFunction } from "../sdk/core/live";
import { didYouMean } from "../sdk/core/nearest";
import { assessedLive } from "../sdk/core/recorded";
import { moveLine } from "../sdk/core/report";
import type { Lines } from "../sdk/core/text";
import type { AwsPort, TargetProblem } from "../sdk/ports";
import { host } from "./host/host";
import { cleanLines, say } from "./host/say";
import { reportStaleAliases } from "./reconcile/aliases";
import { apply } from "./reconcile/apply";
import { bothLines, type FunctionPlan, planFunctions, planRecord } from "./reconcile/function-plans";
import { useJournals } from "./reconcile/journal";
import { knownElsewhere } from "./reconcile/known-elsewhere";
import { ownFunctions } from "./reconcile/pinned";
import { claim, leavingLines, leftVersions, restore } from "./reconcile/restore";
import { orPlainError, withAws } from "./reconcile/session";
import { argumentProblems } from "./resource/arguments";
import { readNames, refuseEmpty, refuseOtherAccounts } from "./resource/names";
import { isNative, recordOf } from "./resource/native-record";
import { declaredNow, noValue, outputProblem, withPending } from "./resource/pending";
import {
  type Checked,
  type Recorded,
  type Request,
  type Settings,
  type StackRecords,
  sameTarget,
  settingsOf,
  type Versions,
} from "./resource/record";
import { hasUnknown, isEmpty, knownPart, noneSelected, unknown, unknownFunctions } from "./resource/selection";
import { isSettled, liveVersions, mergeVersions } from "./resource/versions";

const resourceId = "lambda-layer-versions";
const noRecords: StackRecords = { owned: [], others: [] };

/** What the program declares: settings that are recorded, and the request, which is not. */
type Declared = Omit<Settings, "before"> & { readonly request: Request };

/** Reads AWS, computes the plan, and prints it in a preview. The inputs that come back are what the engine compares. */
export async function check(was: Partial<Checked>, news: Declared): Promise<dynamic.CheckResult<object>> {
  const olds = recordOf(was);
  const { request, ...declared } = news;
  // A transformation of all resources may ignore whatever changes; the constructor only sees the program's own options.
  if (request === undefined)
    return {
      inputs: news,
      failures: [
        failure(
          "The program's request does not arrive, because the resource has `ignoreChanges` for it. Remove `*` and `request` from `ignoreChanges`, in transformations and transforms too.",
        ),
      ],
    };
  const before = olds.before ?? {};
  const settings = settingsOf({ ...declared, before });
  const selection = knownPart(request.selection);
  const refuse = (reasons: readonly Lines[]) => ({
    inputs: { ...settings, functions: {} },
    failures: reasons.map(failure),
  });
  const { region, profile, roleArn, onDelete } = declared;
  const wrong = argumentProblems({ region, profile, roleArn, onDelete, functions: request.selection });
  if (wrong.length > 0) return refuse(wrong);
  const withoutValue = (request.withoutValue ?? []).filter((path) => path !== "" && path !== unknown);
  if (withoutValue.length > 0) return refuse(withoutValue.map((path) => `${path} ${noValue}`));
  const refused = refuseEmpty(selection);
  if (refused.length > 0) return refuse([...refused, ...readNames(selection.names, news.region).refused]);
  const unusable = request.declared.layers.flatMap((entry) => outputProblem(entry) ?? []);
  if (unusable.length > 0) return refuse(unusable);
  const { targetOf, unplaced, pendingOf, missingOf } = declaredNow(request.declared);
  const isOpen = hasUnknown(request.selection) || hasUnknown(declared) || (unplaced.length > 0 && !isEmpty(selection));
  const unresolved = isOpen ? { unresolved: unknown } : {};
  const recorded = sameTarget(olds, news) ? olds : {};
  const reportLine = request.plan?.tell ?? (request.dryRun ? say : () => {});
  const tell = (lines: readonly string[]) => lines.map((line) => reportLine(line));
  const reportLeaving = (functions: Readonly<Record<string, object>>, moves?: Checked["moves"]) => {
    if (news.onDelete !== "restore" || "unresolved" in unresolved) return;
    // Functions of another region or account are different ones, whatever their names.
    tell(leavingLines(olds, sameTarget(olds, news) ? functions : {}, moves));
  };
  tell(unknownFunctions(request.selection, declared));
  if (isEmpty(selection) || hasUnknown(declared)) {
    if ("unresolved" in unresolved) return { inputs: { ...settings, functions: unknown, ...unresolved } };
    reportLeaving({});
    return { inputs: { ...settings, before: {}, functions: {} } };
  }
  try {
    return await withAws(
      news,
      async (aws) => {
        const names = readNames(selection.names, aws.region);
        if (names.refused.length > 0) return refuse(names.refused);
        const meant = { ...selection, names: [...new Set(names.named.map(({ name }) => name))] };
        const { functions, missing, listed } = await aws.listFunctions(meant);
        const elsewhere = await refuseOtherAccounts(aws, names.named, functions);
        if (elsewhere.length > 0) return refuse(elsewhere);
        const stack: StackRecords = request.stack === undefined ? noRecords : JSON.parse(request.stack);
        const isOwn = ownFunctions({ ...request, selection: meant }, stack.owned);
        const live = functions.filter((fn) => !isOwn(fn));
        const others = live.filter(({ name }) => recorded.functions?.[name] === undefined);
        const known = await knownElsewhere(others, stack.others, settings);
        const so = { ...recorded, before: mergeVersions(recorded.before, known.before) };
        const plans = planFunctions(live, targetOf, so, { declared: request.declared, accountId: request.accountId });
        const pending = pendingOf(live, recorded.functions);
        const planned = planRecord(plans, targetOf, so);
        const record = { ...planned, ...withPending(planned, pending, so) };
        tell(changeLines(plans));
        tell(
          pending.map(
            ({ function: name, layer }) =>
              `Function ${name}: Layer ${layer.name} version ${layer.version} -> what this update publishes`,
          ),
        );
        for (const { function: name, layer, entry } of missingOf(live))
          say(
            `Warning: Function ${name}: Layer ${layer.name} stays at version ${layer.version}, because the version that ${declaredAt(entry)} declares ${noValue}`,
          );
        tell(bothLines(plans, targetOf));
        tell(
          unplaced.map(
            (key) =>
              `The ARN of "${key}" is unknown until \`pulumi up\`, so functions that get this layer may be missing here.`,
          ),
        );
        if (functions.length === 0 && missing.length === 0) say(noneSelected(meant, aws.region));
        const there = listed ?? functions.map(({ name }) => name);
        for (const name of missing) {
          const hint = didYouMean(name, there);
          say(
            `Warning: Function ${name} does not exist in ${aws.region} yet, so it is skipped.${hint ? ` ${hint}` : ""}`,
          );
        }
        tell(known.lines);
        reportLeaving(record.functions, planned.moves);
        const failures = await findFailures(aws, plans, { ...request, selection: meant });
        if (failures.length > 0) return { inputs: { ...settings, ...record, ...unresolved }, failures };
        const moving = plans.filter(({ moves }) => moves.length > 0).map((plan) => plan.function);
        request.plan?.moving(moving);
        if (request.dryRun) {
          const goal: Goal = (fn) => declaredLayersOf(assessedLive(fn), fn.layers, targetOf);
          await reportStaleAliases(aws, moving, goal, { isPreview: true });
        } else {
          claim(live.filter(({ name }) => name in record.functions));
          useJournals(known.journals);
        }
        return { inputs: { ...settings, ...record, ...unresolved }, failures };
      },
      host().signal,
    );
  } catch (error) {
    return refuse([describe(error)]);
  }
}

/** Whether the records differ, or anything live differs from the record. */
export async function diff(_id: string, was: Partial<Recorded>, news: Partial<Checked>): Promise<dynamic.DiffResult> {
  const olds = recordOf(was);
  const settings = ["configFile", "region", "profile", "roleArn", "onDelete"] as const;
  return {
    changes:
      // A record of the plugin lacks the code to delete it.
      isNative(was) ||
      news.drift !== undefined ||
      news.lost !== undefined ||
      news.moves !== undefined ||
      "unresolved" in news ||
      settings.some((name) => olds[name] !== news[name]) ||
      !isSettled(olds.functions ?? {}, news.functions ?? {}),
  };
}

/** Moves the functions to their targets. */
export async function create(inputs: Checked): Promise<dynamic.CreateResult<Recorded>> {
  return { id: resourceId, outs: await apply(resourceId, inputs, undefined) };
}

/** Moves the functions to their targets; those already there take no update. */
export async function update(id: string, was: Recorded, news: Checked): Promise<dynamic.UpdateResult<Recorded>> {
  const olds = recordOf(was);
  return { outs: await apply(id, news, sameTarget(olds, news) ? olds : undefined) };
}

/** The live versions: as outputs, so that a refresh sees drift, and as inputs, so that the next preview shows it. */
export async function read(id: string, props: Recorded): Promise<dynamic.ReadResult<Recorded>> {
  const recorded = props.functions ?? {};
  const names = Object.keys(recorded);
  const functions = names.length === 0 ? {} : await orPlainError(() => readLive(props, names, recorded, props.before));
  const live = { ...settingsOf(props), functions };
  const left = leftVersions(props, functions);
  return { id, props: { ...live, ...(Object.keys(left).length > 0 && { left }) }, inputs: live };
}

/** Keeps the layers as they are, or restores the versions found before the first change. */
async function remove(_id: string, props: Recorded): Promise<void> {
  if (props.onDelete !== "restore" || Object.keys(props.before ?? {}).length === 0) return;
  const { functions = {} } = props;
  await orPlainError(() => withAws(props, (aws) => restore(aws, { ...props, functions }), host().signal));
}

export { remove as delete };

function changeLines(plans: readonly FunctionPlan[]): string[] {
  return plans.flatMap(({ function: { name }, moves }) => moves.map((move) => moveLine(name, move)));
}

/** Checks for anything that would make the update fail. Functions that do not change matter only if named. */
async function findFailures(
  aws: AwsPort,
  plans: readonly FunctionPlan[],
  { selection, validateLayerExists, dryRun, ownLayers = [] }: Request,
): Promise<dynamic.CheckFailure[]> {
  const isNamed = ({ name, arn }: LiveFunction) => [name, arn].some((text) => selection.names?.includes(text));
  const wanted = plans.filter(({ function: fn, moves }) => isNamed(fn) || moves.length > 0);
  const problems = await checkTargets(aws, wanted, { existence: validateLayerExists });
  // A layer's declared compatibility is only advice: Lambda attaches it anyway.
  const isAdvice = ({ code }: TargetProblem) => code === "layer-incompatible";
  for (const { message } of problems.filter(isAdvice)) say(`Warning: ${message}`);
  // A layer that the program publishes may exist by the time the update needs it.
  const isOwn = ({ code, layerVersionArn = "" }: TargetProblem) =>
    dryRun && code === "layer-version-missing" && ownLayers.includes(parseLayerVersionArn(layerVersionArn)?.name ?? "");
  for (const { layerVersionArn } of problems.filter(isOwn))
    say(
      `Warning: Whether ${layerVersionArn} will exist is unknown until \`pulumi up\`, because the program publishes the layer itself. It is checked then.`,
    );
  return problems.filter((problem) => !isAdvice(problem) && !isOwn(problem)).map(({ message }) => failure(message));
}

function readLive(settings: Settings, names: readonly string[], recorded: Versions, before: Versions | undefined) {
  return withAws(
    settings,
    async (aws) => liveVersions((await aws.listFunctions({ names })).functions, recorded, before),
    host().signal,
  );
}

/** Without a property, because the engine would print its value, which is not the cause here. */
function failure(reason: Lines): dynamic.CheckFailure {
  return { property: "", reason: cleanLines(reason) };
}

function describe(error: unknown): Lines {
  return error instanceof LayersError ? error.lines : String(error);
}
