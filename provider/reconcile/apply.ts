import { unchanged } from "../../sdk/core/errors";
import type { Goal } from "../../sdk/core/goal";
import { hasFailed, type LiveFunction } from "../../sdk/core/live";
import { during } from "../../sdk/ops/steps";
import type { AwsPort, SelectedFunctions } from "../../sdk/ports";
import { host } from "../host/host";
import { cleanLines } from "../host/say";
import { type Checked, type Recorded, settingsOf } from "../resource/record";
import {
  isFunctionSettled,
  liveVersions,
  movingFunctions,
  openTargets,
  targetVersions,
  withTargets,
} from "../resource/versions";
import { reportStaleAliases } from "./aliases";
import { forgetUsedJournals, keepJournal } from "./journal";
import { CredentialsWatch, reasonsByFunction, reasonsOf } from "./outcomes";
import { reportProgress } from "./progress";
import { orPlainError, withAws } from "./session";

/**
 * Moves the functions to their targets; those already there take no update.
 * @param olds what was recorded of the same account and region
 * @throws PartialFailure some functions were not moved; what was done is recorded all the same
 */
export async function apply(id: string, inputs: Checked, olds: Recorded | undefined): Promise<Recorded> {
  const settings = settingsOf(inputs);
  // `check` has just seen the others at their targets; reading them again would double the calls.
  const lastSeen = olds?.functions ?? inputs.before;
  const moving = movingFunctions(inputs, lastSeen);
  const isSettled = ([name]: [string, object]) => name in inputs.functions && !moving.has(name);
  const settled = Object.fromEntries(Object.entries(lastSeen).filter(isSettled));
  const left = Object.fromEntries(Object.entries(olds?.left ?? {}).filter(isSettled));
  const unmoved = { ...settings, ...(Object.keys(left).length > 0 && { left }) };
  if (moving.size === 0) {
    await forgetUsedJournals();
    return { ...unmoved, functions: settled };
  }
  const goal: Goal = (fn) =>
    withTargets(fn, inputs.functions[fn.name] ?? {}, inputs.lost?.[fn.name], inputs.moves?.[fn.name]);
  // Published versions cannot get a lost layer back.
  const published: Goal = (fn) => withTargets(fn, inputs.functions[fn.name] ?? {}, {}, inputs.moves?.[fn.name]);
  const work = async (aws: AwsPort): Promise<Recorded> => {
    const isOldVersion = (fn: LiveFunction) => published(fn).join() !== fn.layers.join();
    const found = await during(unchanged, () => aws.listFunctions({ names: [...moving] }, { isOldVersion }));
    const outcomes = await move(aws, found, goal, inputs);
    const after = outcomes.map(({ function: name, after: layers }) => ({ name, layers }));
    const now = liveVersions(after, inputs.functions, inputs.before);
    // A change that may have been applied must be restored later, if it was.
    const perhaps = outcomes
      .filter((one) => one.revisionId === undefined && (hasFailed(one) || one.status === "cancelled"))
      .map(({ function: name }) => [name, openTargets(now[name], inputs.functions[name])] as const);
    const all = { ...left, ...Object.fromEntries(perhaps) };
    const outs = { ...settings, ...(Object.keys(all).length > 0 && { left: all }), functions: { ...settled, ...now } };
    const gone = found.missing.map((name) => [name, `Function ${name} no longer exists`] as const);
    const reasons = [...reasonsOf(outcomes, "updated"), ...gone.map(([, reason]) => reason)];
    const updated = outcomes.filter(({ status, arn }) => status === "updated" && found.withOldVersions?.includes(arn));
    if (!host().signal.aborted) await reportStaleAliases(aws, updated, published, { isPreview: false });
    if (reasons.length > 0) {
      const byFunction = { ...reasonsByFunction(outcomes, "updated"), ...Object.fromEntries(gone) };
      throw new PartialFailure(id, outs, reasons, byFunction);
    }
    return outs;
  };
  return orPlainError(() => withAws(settings, work, host().signal));
}

/** Reports at preview which aliases of moving functions will keep serving the old layers. */
export async function previewAliases(inputs: Checked, moving: readonly Pick<LiveFunction, "arn">[]): Promise<void> {
  if (moving.length === 0) return;
  const goal: Goal = (fn) => withTargets(fn, inputs.functions[fn.name] ?? {}, {}, inputs.moves?.[fn.name]);
  await withAws(inputs, (aws) => reportStaleAliases(aws, moving, goal, { isPreview: true }));
}

/** Moves the functions found. Meanwhile a journal keeps their original layers. */
async function move(aws: AwsPort, { functions }: SelectedFunctions, goal: Goal, inputs: Checked) {
  const first = functions.filter(({ name }) => !isFunctionSettled(inputs.before[name], inputs.functions[name]));
  const forget = await keepJournal({
    before: Object.fromEntries(first.map(({ name, arn }) => [arn, inputs.before[name] ?? {}])),
    after: Object.fromEntries(first.map(({ name, arn }) => [arn, targetVersions(inputs.functions[name])])),
  });
  const progress = reportProgress("Functions updated", functions.length);
  try {
    const credentials = new CredentialsWatch();
    const outcomes = await aws.reconcile(functions, goal, {
      signal: credentials.signal,
      onOutcome(outcome) {
        progress.step();
        credentials.note(outcome);
      },
    });
    await forget();
    await forgetUsedJournals();
    return outcomes;
  } finally {
    progress.end();
  }
}

/** The error shape with which Pulumi records the outputs of a partial failure. */
class PartialFailure extends Error {
  override stack = "";
  readonly reasons: readonly string[];
  /** For rows of functions. */
  readonly byFunction: Readonly<Record<string, string>>;
  constructor(
    readonly id: string,
    readonly properties: Recorded,
    reasons: readonly string[],
    byFunction: Readonly<Record<string, string>>,
  ) {
    super(`${reasons.length} functions were not updated`);
    this.reasons = reasons.map((reason) => cleanLines(reason));
    this.byFunction = Object.fromEntries(
      Object.entries(byFunction).map(([name, reason]) => [name, cleanLines(reason)]),
    );
  }
}
