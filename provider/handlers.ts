// What the shim in a stack's state calls. The path `pulumi-lambda-layers/provider/handlers` and the signatures of the
// six functions are a permanent interface: shims of every published version stay in users' states.

import type { dynamic } from "@pulumi/pulumi";
import { checkTargets } from "../sdk/aws/preflight";
import { connectAws } from "../sdk/aws/session";
import { declaredTargets } from "../sdk/core/assess";
import { LayersError } from "../sdk/core/errors";
import type { FunctionOutcome, LiveFunction } from "../sdk/core/live";
import { createMatcher } from "../sdk/core/match";
import { layerName } from "../sdk/core/moves";
import { changeLine } from "../sdk/core/report";
import type { AwsPort, TargetProblem } from "../sdk/ports";
import { isPinned } from "./pinned";
import {
  type Checked,
  type FunctionPlan,
  isSettled,
  liveVersions,
  mergeVersions,
  movingFunctions,
  planFunctions,
  planRecord,
  type Recorded,
  type Request,
  type Settings,
  sameTarget,
  withTargets,
} from "./record";
import { hasUnknown, isEmpty, knownPart, unknown } from "./selection";

const resourceId = "lambda-layer-versions";

/** What the program declares: settings that are recorded, and the request, which is not. */
type Declared = Omit<Settings, "before"> & { readonly request: Request };

/** Reads AWS, computes the plan, and prints it in a preview. The inputs that come back are what the engine compares. */
export async function check(olds: Partial<Checked>, news: Declared): Promise<dynamic.CheckResult<object>> {
  const { request, ...declared } = news;
  const before = olds.before ?? {};
  const settings = settingsOf({ ...declared, before });
  const selection = knownPart(request.selection);
  const unresolved = hasUnknown(request.selection) || hasUnknown(declared) ? { unresolved: unknown } : {};
  if (isEmpty(selection) || hasUnknown(declared)) {
    return { inputs: { ...settings, functions: "unresolved" in unresolved ? unknown : {}, ...unresolved } };
  }
  try {
    return await withAws(news, async (aws) => {
      const { functions, missing } = await aws.listFunctions(selection);
      const live = functions.filter(({ name }) => !isPinned(request, name));
      const targetOf = declaredTargets(createMatcher(request.declared));
      const recorded = sameTarget(olds, news) ? olds : {};
      const plans = planFunctions(live, targetOf, recorded, {
        declared: request.declared,
        accountId: request.accountId,
      });
      if (request.dryRun) {
        for (const { function: fn, moves } of plans) {
          for (const move of moves)
            console.log(changeLine({ function: fn.name, ...move, layer: layerName(move.layer) }));
        }
      }
      for (const name of missing) console.log(`Function ${name} does not exist in ${aws.region} yet: it is left out.`);
      const record = planRecord(plans, targetOf, recorded);
      const failures = await findFailures(aws, plans, request);
      return { inputs: { ...settings, ...record, ...unresolved }, failures };
    });
  } catch (error) {
    return { inputs: { ...settings, functions: {} }, failures: [failure(describe(error))] };
  }
}

/** Whether anything that is recorded differs, or anything live from what was recorded. */
export async function diff(_id: string, olds: Partial<Recorded>, news: Partial<Checked>): Promise<dynamic.DiffResult> {
  const settings = ["configFile", "region", "profile", "roleArn", "onDelete"] as const;
  return {
    changes:
      news.drift !== undefined ||
      news.lost !== undefined ||
      "unresolved" in news ||
      settings.some((name) => olds[name] !== news[name]) ||
      !isSettled(olds.functions ?? {}, news.functions ?? {}),
  };
}

/** Moves the functions to their targets. */
export async function create(inputs: Checked): Promise<dynamic.CreateResult<Recorded>> {
  return { id: resourceId, outs: await apply(resourceId, inputs, undefined) };
}

/** Moves the functions to their targets; those that are there already cost nothing. */
export async function update(id: string, olds: Recorded, news: Checked): Promise<dynamic.UpdateResult<Recorded>> {
  return { outs: await apply(id, news, sameTarget(olds, news) ? olds : undefined) };
}

/** What is live now: as outputs, so that a refresh sees drift, and as inputs, so that the next preview shows it. */
export async function read(id: string, props: Recorded): Promise<dynamic.ReadResult<Recorded>> {
  const recorded = props.functions ?? {};
  const names = Object.keys(recorded);
  const functions = names.length === 0 ? {} : await orPlainError(() => readLive(props, names, recorded));
  const live = { ...settingsOf(props), functions };
  return { id, props: live, inputs: live };
}

/** Keeps the layers as they are, or puts back the versions found before the first change. */
async function remove(_id: string, props: Recorded): Promise<void> {
  const names = Object.keys(props.before ?? {});
  if (props.onDelete !== "restore" || names.length === 0) return;
  await orPlainError(() =>
    withAws(props, async (aws) => {
      const { functions } = await aws.listFunctions({ names });
      const outcomes = await aws.reconcile(functions, (fn) => withTargets(fn, props.before[fn.name] ?? {}));
      const reasons = failureReasons(outcomes);
      if (reasons.length === 0) return;
      throw new LayersError("aws-update-failed", `Not every function was restored:\n${reasons.join("\n")}`, {
        next: "The functions not named here have the layers that they had at first. Run `pulumi destroy` again, or set onDelete to keep.",
      });
    }),
  );
}

export { remove as delete };

async function apply(id: string, inputs: Checked, olds: Recorded | undefined): Promise<Recorded> {
  const settings = { ...settingsOf(inputs), before: mergeVersions(olds?.before, inputs.before) };
  // `check` has just seen the others at their targets: reading them again would double the calls.
  const lastSeen = olds?.functions ?? inputs.before;
  const moving = movingFunctions(inputs, lastSeen);
  const settled = Object.fromEntries(
    Object.entries(lastSeen).filter(([name]) => name in inputs.functions && !moving.has(name)),
  );
  if (moving.size === 0) return { ...settings, functions: settled };
  return orPlainError(() =>
    withAws(settings, async (aws) => {
      const { functions, missing } = await aws.listFunctions({ names: [...moving] });
      const outcomes = await aws.reconcile(functions, (fn) =>
        withTargets(fn, inputs.functions[fn.name] ?? {}, inputs.lost?.[fn.name]),
      );
      const after = outcomes.map(({ function: name, after: layers }) => ({ name, layers }));
      const outs = { ...settings, functions: { ...settled, ...liveVersions(after, inputs.functions) } };
      const reasons = [...failureReasons(outcomes), ...missing.map((name) => `Function ${name} no longer exists`)];
      if (reasons.length > 0) throw new PartialFailure(id, outs, reasons);
      return outs;
    }),
  );
}

/** The shape by which Pulumi records what was done although something failed. */
class PartialFailure extends Error {
  override stack = "";
  constructor(
    readonly id: string,
    readonly properties: Recorded,
    readonly reasons: string[],
  ) {
    super(`${reasons.length} functions were not updated`);
  }
}

function failureReasons(outcomes: readonly FunctionOutcome[]): string[] {
  return outcomes
    .filter(({ status }) => status === "failed" || status === "cancelled")
    .map(({ function: name, reason }) => `Function ${name} was not updated: ${reason ?? "the run was cancelled"}`);
}

/** What would make the update fail, found before it begins. Functions that stay as they are matter only when named. */
async function findFailures(
  aws: AwsPort,
  plans: readonly FunctionPlan[],
  { selection, validateLayerExists }: Request,
): Promise<dynamic.CheckFailure[]> {
  const isNamed = ({ name, arn }: LiveFunction) => [name, arn].some((text) => selection.names?.includes(text));
  const wanted = plans.filter(({ function: fn, moves }) => isNamed(fn) || moves.length > 0);
  const problems = await checkTargets(aws, wanted, { existence: validateLayerExists });
  // What a publisher declares a layer to be compatible with is advice: Lambda attaches it all the same.
  const isAdvice = ({ code }: TargetProblem) => code === "layer-incompatible";
  for (const { message } of problems.filter(isAdvice)) console.log(`Warning: ${message}`);
  return problems.filter((problem) => !isAdvice(problem)).map(({ message }) => failure(message));
}

function readLive(settings: Settings, names: readonly string[], recorded: Recorded["functions"]) {
  return withAws(settings, async (aws) => liveVersions((await aws.listFunctions({ names })).functions, recorded));
}

/** Runs with a session of the recorded account and region. */
async function withAws<T>(
  { region, profile, roleArn }: Pick<Settings, "region" | "profile" | "roleArn">,
  work: (aws: AwsPort) => Promise<T>,
): Promise<T> {
  const aws = await connectAws({ region, profile, roleArn });
  try {
    return await work(aws);
  } finally {
    aws.close();
  }
}

/** Pulumi prints the stack of what a handler throws; our errors say all there is to say in their message. */
async function orPlainError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LayersError)) throw error;
    throw Object.assign(new Error(error.describe()), { stack: "" });
  }
}

/** Without a property: the engine would print its value, which here is what the program knows and not what is wrong. */
function failure(reason: string): dynamic.CheckFailure {
  return { property: "", reason };
}

function describe(error: unknown): string {
  return error instanceof LayersError ? error.describe() : String(error);
}

/** Just what is recorded, without what is undefined, which a state cannot hold. */
function settingsOf({ configFile, region, profile, roleArn, onDelete, before }: Settings): Settings {
  const settings = { configFile, region, profile, roleArn, onDelete, before: before ?? {} };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as unknown as Settings;
}
