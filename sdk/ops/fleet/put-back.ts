import { LayersError } from "../../core/errors";
import type { AliasMove, FunctionOutcome, LiveFunction } from "../../core/live";
import { pooled } from "../../core/pool";
import { type FunctionHistory, type LayerMove, versionsOf } from "../../core/run-record";
import { liveChanges } from "../live-plan";
import { movingFunctions } from "../live-sync";
import type { AwsPlan, AwsResult, FunctionFilter, LiveTarget, Skipped } from "../plans";
import type { AwsPort, Ports } from "../ports";
import { follow } from "./follow";
import { moveFunctions } from "./move";
import { isMeantIn, type LoadedRecord, nameIn, type RecordedNow, readRecorded, sitesOf } from "./recorded";
import { RunRecorder } from "./recorder";
import { withSession } from "./sites";

/** What it takes to put back what a run has changed. Nothing has been changed. */
export interface PutBackPlan extends AwsPlan {
  readonly record: LoadedRecord;
  readonly target: LiveTarget;
  /** Functions that cannot be put back, as outcomes. */
  readonly impossible: readonly FunctionOutcome[];
  /** Functions whose aliases the run has moved. */
  readonly aliases: readonly FunctionHistory[];
}

/** An alias that was to be put back. */
export interface AliasPutBack {
  readonly function: string;
  readonly functionArn: string;
  readonly alias: string;
  /** The version that the run has moved it to, and the one that it is to serve again. */
  readonly from: string;
  readonly to: string;
  /** Why it was not. */
  readonly reason?: string;
}

/** The aliases that a plan moves back, in its order. */
export function aliasesToPutBack({ aliases }: Pick<PutBackPlan, "aliases">): AliasPutBack[] {
  return aliases.flatMap((one) => one.aliases.map((move) => putBackOf(one.function, move)));
}

function putBackOf(functionArn: string, { alias, from, to }: AliasMove): AliasPutBack {
  return { function: nameIn(functionArn), functionArn, alias, from: to, to: from };
}

/** What was put back. */
export interface PutBackResult extends AwsResult {
  readonly aliases: readonly AliasPutBack[];
}

const concurrency = 10;

/**
 * Plans to put back what a run has changed. Layers that others have changed since are left alone. Functions whose former
 * layer version does not exist any more cannot be put back: a deleted version cannot be attached again.
 * @throws LayersError `aws-credentials`, `aws-permission`, `aws-failed`, `interrupted`
 */
export async function planPutBack(ports: Ports, record: LoadedRecord, filter: FunctionFilter): Promise<PutBackPlan> {
  const meant = record.history.functions.filter(isMeantIn(filter));
  const changed = meant.filter(({ moved }) => moved.length > 0);
  const { visited, skipped } = await readRecorded(ports, record.history, changed, planSite);
  const aliases = meant.filter((one) => one.aliases.length > 0);
  const moves = new Map(changed.map((one) => [one.function, one.moved]));
  const impossible = visited.flatMap((one) => one.impossible);
  return {
    record,
    impossible,
    regions: visited.map(({ region }) => region),
    changes: visited.flatMap((one) => one.changes),
    skipped: [...skipped, ...visited.flatMap((one) => one.skipped)],
    warnings: impossible.map(({ function: name, reason }) => `Function ${name} cannot be put back: ${reason}`),
    aliases,
    target: (text, fn) => formerVersion(text, moves.get(fn.arn) ?? []),
  };
}

async function planSite({ aws, site, live, histories }: RecordedNow) {
  const skipped: Skipped[] = [];
  const impossible: FunctionOutcome[] = [];
  const gone = await goneVersions(aws, site.functions);
  const functions: LiveFunction[] = [];
  for (const fn of live) {
    const moved = histories.get(fn.arn)?.moved ?? [];
    const reasons = moved.flatMap((move) => whyLeft(fn, move) ?? []);
    if (reasons.length > 0) skipped.push({ function: fn.name, reason: reasons.join("; ") });
    const missing = moved.filter(
      ({ layer, from, to }) => fn.layers.includes(`${layer}:${to}`) && gone.has(`${layer}:${from}`),
    );
    // All or nothing: with a part of its layers put back a function would be as it never was.
    if (missing.length === 0) functions.push(fn);
    else impossible.push(notPossible(fn, missing));
  }
  const target: LiveTarget = (text, fn) => formerVersion(text, histories.get(fn.arn)?.moved ?? []);
  const region = { region: site.region, ...(site.profile !== undefined && { profile: site.profile }), functions };
  return { region, skipped, impossible, changes: functions.flatMap((fn) => liveChanges(fn, site.region, target)) };
}

/** The version that a layer had before the run, where it has the run's version now. */
function formerVersion(layerVersionArn: string, moved: readonly LayerMove[]): number | undefined {
  return moved.find(({ layer, to }) => layerVersionArn === `${layer}:${to}`)?.from;
}

function whyLeft(fn: LiveFunction, { layer, from, to }: LayerMove): string | undefined {
  const now = versionsOf(fn.layers).get(layer);
  const name = nameIn(layer);
  if (now === undefined) return `somebody else has removed layer ${name} since`;
  if (now === from) return undefined;
  if (now !== to)
    return `somebody else has changed layer ${name} since: it is at version ${now}, and the run had set ${to}`;
  return undefined;
}

function notPossible(fn: LiveFunction, missing: readonly LayerMove[]): FunctionOutcome {
  const { name, arn, layers } = fn;
  const versions = missing.map(({ layer, from }) => `${layer}:${from}`).join(", ");
  const reason = `${versions} does not exist any more, and a deleted layer version cannot be attached again.`;
  return { function: name, arn, before: layers, after: layers, status: "failed", reason };
}

async function goneVersions(aws: AwsPort, functions: readonly FunctionHistory[]): Promise<Set<string>> {
  const former = new Set(functions.flatMap(({ moved }) => moved.map(({ layer, from }) => `${layer}:${from}`)));
  const answers = await pooled([...former], concurrency, async (arn) => ({ arn, facts: await aws.layerVersion(arn) }));
  return new Set(answers.filter(({ facts }) => facts === "missing").map(({ arn }) => arn));
}

/**
 * Puts back as planned: aliases first, because they are what callers get, then layers. The record notes it, so that a
 * second rollback of the run does only what is left.
 * @throws LayersError `backup-folder`, `interrupted`; a function's or alias's failure is in the result
 */
export async function executePutBack(ports: Ports, plan: PutBackPlan): Promise<PutBackResult> {
  const { record, changes, skipped, target } = plan;
  const moving = movingFunctions(plan);
  const recorder = await RunRecorder.reopen(ports, record.file, "rollback");
  const total = moving.reduce((sum, { functions }) => sum + functions.length, 0);
  for (const { region, functions } of moving) {
    ports.reporter.info(`Synchronizing ${functions.length} Lambda functions with AWS in ${region}`);
  }
  const { tell, end } = follow(ports.reporter, "Putting back Lambda functions", total, changes);
  try {
    const aliases = await putBackAliases(ports, plan, recorder);
    const outcomes = await moveFunctions(ports, moving, target, { recorder, onOutcome: tell });
    if (outcomes.some(({ status }) => status === "cancelled"))
      throw interrupted(outcomes, record.history.stack, recorder.file);
    await recorder.end();
    return { changes, outcomes: [...outcomes, ...plan.impossible], skipped, aliases, record: recorder.file };
  } finally {
    end();
    await recorder.close();
  }
}

function interrupted(outcomes: readonly FunctionOutcome[], stack: string, file: string): LayersError {
  const done = outcomes.filter(({ status }) => status === "updated" || status === "unchanged").length;
  return new LayersError("interrupted", `Interrupted. ${done} of ${outcomes.length} functions were put back in AWS.`, {
    next: `Put the others back: lambda-layers rollback --stack ${stack} --sync-aws ${file}`,
  });
}

async function putBackAliases(ports: Ports, plan: PutBackPlan, recorder: RunRecorder): Promise<AliasPutBack[]> {
  const results: AliasPutBack[] = [];
  for (const site of sitesOf(plan.record.history, plan.aliases)) {
    const moves = site.functions.flatMap(({ function: arn, aliases }) => aliases.map((move) => ({ arn, move })));
    const done = await withSession(ports, site, (aws) =>
      pooled(moves, concurrency, ({ arn, move }) => putBackAlias(aws, arn, move, recorder)),
    );
    results.push(...done);
  }
  return results;
}

async function putBackAlias(
  aws: AwsPort,
  functionArn: string,
  move: AliasMove,
  recorder: RunRecorder,
): Promise<AliasPutBack> {
  const result = putBackOf(functionArn, move);
  const back = { alias: result.alias, from: result.from, to: result.to };
  await recorder.alias(functionArn, back);
  try {
    await aws.moveAlias(functionArn, back);
  } catch (error) {
    if (!(error instanceof LayersError) || error.code === "interrupted") throw error;
    return { ...result, reason: error.message };
  }
  await recorder.alias(functionArn, back, true);
  return result;
}

/** What to do about functions that cannot be put back: running the rollback again does not help them. */
export const adviceOnGone =
  "What is gone cannot be attached again: publish that content as a new version, or choose a version that exists, and declare it in the config.";

/**
 * The error of a rollback in which something could not be put back; undefined where all was.
 * @param impossible those of the plan
 */
export function putBackFailure(
  { outcomes, aliases }: PutBackResult,
  impossible: PutBackPlan["impossible"] = [],
): LayersError | undefined {
  const failed = outcomes.filter(({ status }) => status === "failed");
  const stuck = aliases.filter(({ reason }) => reason !== undefined);
  if (failed.length + stuck.length === 0) return undefined;
  const lines = [
    ...failed.map(({ function: name, reason }) => `  Function ${name} was not put back: ${reason}`),
    ...stuck.map(({ function: name, alias, reason }) => `  Alias ${alias} of ${name} was not put back: ${reason}`),
  ];
  return new LayersError("aws-update-failed", ["Not everything was put back in AWS:", ...lines].join("\n"), {
    next: impossible.length > 0 ? adviceOnGone : undefined,
  });
}
