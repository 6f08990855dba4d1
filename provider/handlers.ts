// What the shim in a stack's state calls. The path `pulumi-lambda-layers/provider/handlers` and the signatures of the
// six functions are a permanent interface: shims of every published version stay in users' states.
import type { dynamic } from "@pulumi/pulumi";
import { checkTargets } from "../sdk/aws/preflight";
import { type Aws, connectAws } from "../sdk/aws/session";
import { LayersError } from "../sdk/core/errors";
import type { FunctionOutcome, FunctionSelection, LiveFunction } from "../sdk/core/live";
import { createMatcher } from "../sdk/core/match";
import { planLayers } from "../sdk/core/plan";
import { changeLine } from "../sdk/core/report";
import { isPinned } from "./pinned";
import {
  type Checked,
  liveVersions,
  mergeVersions,
  planRecord,
  type Recorded,
  type Request,
  sameTarget,
  sameVersions,
  withVersions,
} from "./record";

/** What Pulumi's engine sends in place of a value that is not known yet, in previews. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const resourceId = "lambda-layer-versions";

/** What the program declares: settings that are recorded, and the request, which is not. */
type Declared = Omit<Recorded, "functions" | "before"> & { readonly request: Request };

/** Reads AWS, computes the plan, and prints it in a preview. Inputs that come back are what the engine compares. */
export async function check(olds: Partial<Checked>, news: Declared): Promise<dynamic.CheckResult<unknown>> {
  const { request, configFile, region, profile, roleArn, onDelete } = news;
  const settings = { configFile, region, profile, roleArn, onDelete };
  const { selection, unresolved } = knownSelection(request.selection);
  const pending = unresolved || [region, profile, roleArn].includes(unknown);
  const inputs = (rest: object) =>
    withoutUndefined({ ...settings, ...rest, unresolved: pending ? unknown : undefined });
  if (isEmpty(selection) || [region, profile, roleArn].includes(unknown)) {
    return { inputs: inputs({ functions: pending ? unknown : {}, before: olds.before ?? {} }) };
  }
  try {
    return await withAws(news, async (aws) => {
      const matcher = createMatcher(request.declared);
      const { functions, missing } = await aws.listFunctions(selection);
      const live = functions.filter(({ name }) => !isPinned(request, name));
      const plans = live.map((fn) => ({ function: fn, changes: planLayers(fn.layers, matcher) }));
      const record = planRecord(live, matcher, sameTarget(olds, news) ? olds : {});
      if (request.dryRun) {
        for (const plan of plans) {
          for (const change of plan.changes) console.log(changeLine({ function: plan.function.name, ...change }));
        }
      }
      for (const name of missing) console.log(`Function ${name} does not exist in ${aws.region} yet: it is left out.`);
      const failures = await findFailures(aws, plans, record.functions, request);
      return { inputs: inputs(record), failures };
    });
  } catch (error) {
    return {
      inputs: inputs({ functions: {}, before: {} }),
      failures: [failure(describe(error))],
    };
  }
}

/** Whether anything that is recorded differs, or anything live from what was recorded. */
export async function diff(_id: string, olds: Partial<Recorded>, news: Partial<Checked>): Promise<dynamic.DiffResult> {
  const settings = ["configFile", "region", "profile", "roleArn", "onDelete"] as const;
  return {
    changes:
      news.drift !== undefined ||
      "unresolved" in news ||
      settings.some((name) => olds[name] !== news[name]) ||
      !sameVersions(olds.functions, news.functions),
  };
}

/** Moves the functions to their recorded targets. */
export async function create(inputs: Checked): Promise<dynamic.CreateResult<Recorded>> {
  return { id: resourceId, outs: await apply(resourceId, inputs, undefined) };
}

/** Moves the functions to their recorded targets; those that are there already cost nothing. */
export async function update(id: string, olds: Recorded, news: Checked): Promise<dynamic.UpdateResult<Recorded>> {
  return { outs: await apply(id, news, sameTarget(olds, news) ? olds : undefined) };
}

/** What is live now: as outputs, so that a refresh sees drift, and as inputs, so that the next preview shows it. */
export async function read(id: string, props: Recorded): Promise<dynamic.ReadResult<Recorded>> {
  const recorded = withoutDrift(props);
  const names = Object.keys(recorded.functions ?? {});
  if (names.length === 0) return { id, props: recorded, inputs: recorded };
  return orPlainError(() =>
    withAws(recorded, async (aws) => {
      const { functions } = await aws.listFunctions({ names });
      const live = { ...recorded, functions: liveVersions(functions, recorded.functions) };
      return { id, props: live, inputs: live };
    }),
  );
}

/** Keeps the layers as they are, or puts back the versions found before the first change. */
async function remove(_id: string, props: Recorded): Promise<void> {
  if (props.onDelete !== "restore") return;
  await orPlainError(() =>
    withAws(props, async (aws) => {
      const { functions } = await aws.listFunctions({ names: Object.keys(props.before) });
      const outcomes = await aws.reconcile(functions, ({ name, layers }) =>
        withVersions(layers, props.before[name] ?? {}),
      );
      const reasons = failureReasons(outcomes);
      if (reasons.length > 0) {
        throw new LayersError("aws-update-failed", `Not every function was restored:\n${reasons.join("\n")}`, {
          next: "The functions not named here have the layers that they had at first. Run `pulumi destroy` again, or set onDelete to keep.",
        });
      }
    }),
  );
}

export { remove as delete };

async function apply(id: string, inputs: Checked, olds: Recorded | undefined): Promise<Recorded> {
  const recorded = withoutDrift(inputs);
  const before = mergeVersions(olds?.before, recorded.before);
  const names = Object.keys(recorded.functions);
  if (names.length === 0) return { ...recorded, before };
  return orPlainError(() =>
    withAws(recorded, async (aws) => {
      const { functions } = await aws.listFunctions({ names });
      const outcomes = await aws.reconcile(functions, ({ name, layers }) =>
        withVersions(layers, recorded.functions[name] ?? {}),
      );
      const after = outcomes.map(({ function: name, after: layers }) => ({ name, layers }));
      const outs = { ...recorded, before, functions: liveVersions(after, recorded.functions) };
      const reasons = failureReasons(outcomes);
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

/** Runs with a session of the recorded account and region. */
async function withAws<T>(
  settings: Pick<Recorded, "region" | "profile" | "roleArn">,
  work: (aws: Aws) => Promise<T>,
): Promise<T> {
  const aws = await connectAws(settings);
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

async function findFailures(
  aws: Aws,
  plans: readonly { readonly function: LiveFunction; readonly changes: readonly { readonly index: number }[] }[],
  targets: Recorded["functions"],
  request: Request,
): Promise<dynamic.CheckFailure[]> {
  const named = new Set(request.selection.names);
  const moving = plans.filter((plan) => plan.changes.length > 0 || named.has(plan.function.name));
  const desired = moving.map(({ function: fn }) => ({
    function: fn,
    layers: withVersions(fn.layers, targets[fn.name] ?? {}),
  }));
  const problems = await checkTargets(aws, desired, { existence: request.validateLayerExists });
  return problems.map(({ message }) => failure(message));
}

/** The part of the selection that is known; in a preview, names may be outputs of functions that do not exist yet. */
function knownSelection(selection: FunctionSelection): { selection: FunctionSelection; unresolved: boolean } {
  const isUnknown = (value: unknown): boolean =>
    value === unknown || (typeof value === "object" && value !== null && Object.values(value).some(isUnknown));
  const { names, prefix, tags, all } = selection;
  const known = {
    names: Array.isArray(names) ? names.filter((name) => name !== unknown) : [],
    ...(!isUnknown(prefix) && { prefix }),
    // Half of the tags would mean more functions than all of them.
    ...(!isUnknown(tags) && { tags }),
    ...(all !== undefined && { all }),
  };
  return { selection: known, unresolved: isUnknown(selection) };
}

function isEmpty({ names, prefix, tags, all }: FunctionSelection): boolean {
  return !names?.length && prefix === undefined && tags === undefined && !all;
}

function withoutDrift({ configFile, region, profile, roleArn, onDelete, functions, before }: Recorded): Recorded {
  return withoutUndefined({ configFile, region, profile, roleArn, onDelete, functions, before });
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

/** Without a property: the engine would print its value, which here is what the program knows and not what is wrong. */
function failure(reason: string): dynamic.CheckFailure {
  return { property: "", reason };
}

function describe(error: unknown): string {
  return error instanceof LayersError ? error.describe() : String(error);
}
