import { LayersError, unchanged } from "../../core/errors";
import { functionName, parseFunctionArn } from "../../core/function-arn";
import type { FunctionHistory } from "../../core/function-history";
import { type Goal, movedLayers } from "../../core/goal";
import type { AliasMove, FunctionOutcome, LiveFunction } from "../../core/live";
import { type LayerMove, layerName, reversed, stateOfMove } from "../../core/moves";
import { pooled } from "../../core/pool";
import { type FunctionFilter, selectFunctions, unknownFunctions, withoutQualifiers } from "../../core/selection";
import type { AwsPort, Ports } from "../../ports";
import { type Skipped, skipping } from "../plans";
import type { Where } from "./names";
import { liveChanges, movingTargets } from "./plan";
import type { AliasRollback, LiveRollback, LiveRollbackPlan } from "./plans";
import { refuseOtherRegions, whereOf } from "./read";
import { type LoadedRecord, type RecordedNow, readRecorded, sitesOf, warningsOf } from "./record";
import type { RunRecorder } from "./recorder";
import { elsewhere as whyElsewhere } from "./select";
import { sideBySide, withSession } from "./sessions";

const concurrency = 10;

/**
 * Plans to roll back what a run has changed. Layers that others have changed since are left alone. Functions whose
 * former layer version was deleted cannot be rolled back, because it cannot be attached again.
 * @throws LayersError `usage` for a name that the run has not changed, or if all are in other regions than `--region`; `aws-credentials`, `aws-permission`,
 * `aws-failed`, `interrupted`
 */
export async function planLiveRollback(
  ports: Ports,
  record: LoadedRecord,
  filter: FunctionFilter,
  retentionDays: number,
): Promise<LiveRollbackPlan> {
  const callsBefore = ports.aws.calls();
  const named = meantIn(record, filter);
  const { here: meant, elsewhere } = inRegions(named, whereOf(ports, undefined));
  const changed = meant.filter(({ moved }) => moved.length > 0);
  const byArn = new Map(changed.map((one) => [one.function, one]));
  // A function's layers from before the run, where they are still as the run left them.
  const goal: Goal = ({ arn, layers }) => movedLayers(layers, (byArn.get(arn)?.moved ?? []).map(reversed));
  const { visited, skipped } = await readRecorded(ports, record.history, changed, (now) => planSite(now, goal));
  const impossible = visited.flatMap((one) => one.impossible);
  const live = new Map(visited.flatMap((one) => one.live.map((fn) => [fn.arn, fn] as const)));
  const found = changed.map(({ function: arn }) => live.get(arn) ?? { arn, layers: [], revisionId: undefined });
  const aliasSites = sitesOf(record.history, meant)
    .map(({ functions, ...site }) => ({
      ...site,
      aliases: functions.flatMap((one) => one.aliases.map((move) => aliasRollback(one.function, move))),
    }))
    .filter(({ aliases }) => aliases.length > 0);
  return {
    stack: record.history.stack,
    looked: record.history.functions.map((one) => one.function),
    sites: visited.map(({ site }) => site).filter(({ functions }) => functions.length > 0),
    changes: visited.flatMap((one) => one.changes),
    skipped: [...elsewhere, ...skipped, ...visited.flatMap((one) => one.skipped)],
    warnings: [
      ...warningsOf(record),
      ...(changed.length + aliasSites.length === 0 && record.history.rolledBackAt !== undefined
        ? [`The run in ${record.file.shownPath} was already rolled back: nothing is left to do.`]
        : []),
      ...impossible.map(({ function: name, reason }) => `Function ${name} cannot be rolled back: ${reason}`),
    ],
    goal,
    aliases: [],
    publish: undefined,
    resumed: record.file,
    rollback: { impossible, found, sites: aliasSites },
    retentionDays,
    callsBefore,
  };
}

function meantIn({ history, file }: LoadedRecord, filter: FunctionFilter): FunctionHistory[] {
  const named = history.functions.map((one) => ({ name: functionName(one.function), arn: one.function, one }));
  const { functions, unknown } = selectFunctions(named, withoutQualifiers(filter));
  if (unknown.length > 0) {
    const names = named.map(({ name }) => name);
    throw unknownFunctions(unknown, `in ${file.shownPath}`, names).having(unchanged);
  }
  return functions.map(({ one }) => one);
}

/**
 * Keeps functions of the run's regions.
 * @throws LayersError `usage` if all that the run has changed are in others
 */
function inRegions(
  functions: readonly FunctionHistory[],
  { regions }: Where,
): { readonly here: readonly FunctionHistory[]; readonly elsewhere: readonly Skipped[] } {
  if (regions.length === 0) return { here: functions, elsewhere: [] };
  const changed = functions
    .filter(({ moved, aliases }) => moved.length + aliases.length > 0)
    .map(({ function: arn }) => ({ arn, name: functionName(arn), region: parseFunctionArn(arn)?.region }));
  const others = changed.filter(({ region = "" }) => !regions.includes(region));
  const skip = skipping(changed);
  const elsewhere = others.map((fn) => skip(fn, whyElsewhere(fn, regions)));
  if (others.length > 0) refuseOtherRegions(changed, { skipped: elsewhere });
  const isElsewhere = new Set(others.map(({ arn }) => arn));
  return { here: functions.filter((one) => !isElsewhere.has(one.function)), elsewhere };
}

async function planSite(
  { aws, site: { region, profile, functions: recorded }, live, histories }: RecordedNow,
  goal: Goal,
) {
  const skipped: Skipped[] = [];
  const impossible: FunctionOutcome[] = [];
  const gone = await goneVersions(aws, recorded);
  const functions: LiveFunction[] = [];
  for (const fn of live) {
    const moved = histories.get(fn.arn)?.moved ?? [];
    const reasons = moved.flatMap((move) => whyLeft(fn, move) ?? []);
    if (reasons.length > 0) skipped.push({ function: fn.name, reason: reasons.join("; ") });
    const missing = moved.filter(
      ({ layer, from, to, by = layer }) =>
        fn.layers.includes(`${by}:${to}`) && from !== null && gone.has(`${layer}:${from}`),
    );
    // All or nothing: a partly rolled-back function would have a combination of layers that it never had.
    if (missing.length === 0) functions.push(fn);
    else impossible.push(notPossible(fn, missing));
  }
  const targets = movingTargets(functions, goal);
  return {
    live,
    skipped,
    impossible,
    site: { region, ...(profile !== undefined && { profile }), functions: targets.map((one) => one.function) },
    changes: targets.flatMap((one) => liveChanges(one.function, one.layers)),
  };
}

function whyLeft(fn: LiveFunction, move: LayerMove): string | undefined {
  const state = stateOfMove(move, fn.layers);
  const name = layerName(move.by ?? move.layer);
  if (state.is !== "other") return undefined;
  if (state.now === null) return `someone else has since removed layer ${name}`;
  return `someone else has since changed layer ${name}: it is at version ${state.now}, and the run had set ${move.to ?? "none"}`;
}

function notPossible(fn: LiveFunction, missing: readonly LayerMove[]): FunctionOutcome {
  const { name, arn, layers } = fn;
  const versions = missing.map(({ layer, from }) => `${layer}:${from}`).join(", ");
  const reason = `${versions} no longer exists, and a deleted layer version cannot be attached again.`;
  return { function: name, arn, before: layers, after: layers, status: "failed", reason };
}

async function goneVersions(aws: AwsPort, functions: readonly FunctionHistory[]): Promise<Set<string>> {
  const former = new Set(
    functions.flatMap(({ moved }) => moved.flatMap(({ layer, from }) => (from === null ? [] : [`${layer}:${from}`]))),
  );
  const answers = await pooled([...former], concurrency, async (arn) => ({ arn, facts: await aws.layerVersion(arn) }));
  return new Set(answers.filter(({ facts }) => facts === "missing").map(({ arn }) => arn));
}

function aliasRollback(functionArn: string, { alias, from, to }: AliasMove): AliasRollback {
  return { function: functionName(functionArn), functionArn, alias, from: to, to: from };
}

/**
 * Moves aliases back, and records each before and after. One alias's failure does not affect the others, and is in the
 * result.
 * @throws LayersError `backup-folder`, `interrupted`
 */
export async function rollBackAliases(
  ports: Ports,
  { sites }: LiveRollback,
  recorder: RunRecorder,
): Promise<AliasRollback[]> {
  const done = await sideBySide(sites, (site) =>
    withSession(ports, site, (aws) => pooled(site.aliases, concurrency, (one) => moveBack(aws, one, recorder))),
  );
  return done.flat();
}

async function moveBack(aws: AwsPort, planned: AliasRollback, recorder: RunRecorder): Promise<AliasRollback> {
  const { functionArn, alias, from, to } = planned;
  await recorder.alias(functionArn, { alias, from, to });
  try {
    await aws.moveAlias(functionArn, { alias, from, to });
  } catch (error) {
    if (!(error instanceof LayersError) || error.code === "interrupted") throw error;
    return { ...planned, reason: error.message };
  }
  await recorder.alias(functionArn, { alias, from, to }, true);
  return planned;
}
