import { layerVersionArn } from "../../core/arn";
import { type AssessedFunction, assess } from "../../core/assess";
import type { LayerSettings } from "../../core/config/settings";
import { parseFunctionArn } from "../../core/function-arn";
import { declaredLayersOf, type Goal } from "../../core/goal";
import type { LiveFunction } from "../../core/live";
import { layerName, movesBetween, moveTarget } from "../../core/moves";
import { planList } from "../../core/plan";
import { assessedLive, type LayerHints } from "../../core/recorded";
import { isTarget, type TargetOf } from "../../core/target";
import { listNames } from "../../core/text";
import type { AwsPort, Ports } from "../../ports";
import { type LiveChange, type Skipped, skipping } from "../plans";
import { bothReason } from "../recorded/plan";
import { planPublish, readAliases } from "./aliases";
import type { LivePlan } from "./plans";
import { type Inspection, inspect, refuseUnfit, type Targets } from "./preflight";
import { type ReadFunctions, readFunctions } from "./read";
import type { FoundFunctions, LiveSelection } from "./select";

/** Which live functions to bring to what is declared, and what to check first. */
export interface LiveRequest {
  readonly stack: string;
  readonly selection: LiveSelection;
  readonly targetOf: TargetOf;
  readonly hints: LayerHints;
  readonly settings: LayerSettings;
  readonly dryRun: boolean;
  /** Only look: skip the checks before an update, and report what cannot be read. */
  readonly isLook: boolean;
  readonly skipPreflight: boolean;
  readonly skipAliases: boolean;
  /** Publishes a version of each function that was updated, or was named and is as declared, and moves an alias to it. */
  readonly publish: { readonly alias?: string } | undefined;
}

/** A plan, and its basis. */
export interface PlannedLive extends Pick<ReadFunctions<unknown>, "functions" | "failures" | "regions"> {
  readonly plan: LivePlan;
}

// As many as GetFunction's budget allows at once; the others are checked when their turn comes, rather than waited for
// now.
const mostAskedWhetherBusy = 30;
// Functions that are as declared are not moved and cost a request each; this many are enough to notice a misspelt
// alias.
const mostAskedForAlias = 50;

/**
 * Plans what live functions need to be as declared. Read-only: one pass through each account and region, one request
 * per distinct layer version. Checks in advance for anything that would make an update fail.
 * @throws LayersError `aws-credentials`, `aws-permission`, `aws-failed`, `layer-version-missing`, `layer-incompatible`,
 * `layer-ambiguous`
 */
export async function planLive(ports: Ports, request: LiveRequest): Promise<PlannedLive> {
  const { stack, selection, targetOf, hints, publish, isLook, skipAliases, settings } = request;
  const callsBefore = ports.aws.calls();
  const isOldVersion = (version: LiveFunction) =>
    assess([assessedLive(version)], targetOf).some(({ verdict }) => verdict === "drift");
  const found = await readFunctions(
    ports,
    selection,
    { hints, isLook, isOldVersion: skipAliases ? undefined : isOldVersion },
    (aws, here, subjects) => examine(ports, aws, here, subjects, request),
  );
  const { visited, functions } = found;
  const warnings = refuseUnfit(visited.flatMap(({ inspection }) => inspection ?? []));
  const subjects = new Map(functions.map((fn) => [fn.arn, fn]));
  const plan: LivePlan = {
    stack,
    looked: functions.flatMap(({ arn }) => arn ?? []),
    sites: visited.map(({ site }) => site).filter((site) => site.functions.length > 0),
    changes: visited.flatMap(({ changes }) => changes),
    skipped: [...found.skipped, ...bothSkipped(functions, targetOf)],
    warnings: [...warnings, ...visited.flatMap((one) => one.warnings)],
    goal: (fn) => declaredLayersOf(subjects.get(fn.arn) ?? assessedLive(fn), fn.layers, targetOf),
    aliases: visited.flatMap(({ aliases }) => aliases),
    publish,
    ...(publish && { toPublish: visited.flatMap(({ toPublish }) => toPublish) }),
    retentionDays: settings.backupRetentionDays,
    callsBefore,
  };
  return { plan, functions, failures: found.failures, regions: found.regions };
}

/** What a function's list of layers needs, layer by layer. */
export function liveChanges({ name, arn, layers }: LiveFunction, wanted: readonly string[]): LiveChange[] {
  const region = parseFunctionArn(arn)?.region ?? "";
  return movesBetween(layers, wanted).map((move) => {
    const { layer, from, to } = move;
    const target = moveTarget(move);
    return { function: name, functionArn: arn, region, layer: layerName(layer), arn: layer, from, to, target };
  });
}

/** The functions that differ from what is declared, with their target layers. */
export function movingTargets(functions: readonly LiveFunction[], goal: Goal): Targets {
  return functions
    .map((fn) => ({ function: fn, layers: goal(fn) }))
    .filter((one) => one.layers.join() !== one.function.layers.join());
}

/** Runs all checks of one account and region before its functions are changed. */
async function examine(
  ports: Ports,
  aws: AwsPort,
  found: FoundFunctions,
  subjects: ReadonlyMap<string, AssessedFunction>,
  request: LiveRequest,
) {
  const { targetOf, publish, dryRun, settings, skipAliases } = request;
  const skipPreflight = request.skipPreflight || request.isLook;
  const zipped = found.functions.filter(({ packageType }) => packageType !== "Image");
  const goal: Goal = (fn) => declaredLayersOf(subjects.get(fn.arn) ?? assessedLive(fn), fn.layers, targetOf);
  const targets = movingTargets(zipped, goal);
  const moving = targets.map((one) => one.function);
  const movingArns = moving.map(({ arn }) => arn);
  const isMoving = new Set(movingArns);
  const isDeclared = (fn: LiveFunction) => assess([assessedLive(fn)], targetOf).some(({ target }) => isTarget(target));
  const asDeclared = zipped.filter((fn) => !isMoving.has(fn.arn) && isDeclared(fn)).map(({ arn }) => arn);
  const alias = skipAliases ? undefined : publish?.alias;
  const asked = [
    ...found.withOldVersions,
    // A run checks these when it moves them; a dry run reports that.
    ...(alias !== undefined ? [...asDeclared.slice(0, mostAskedForAlias), ...(dryRun ? movingArns : [])] : []),
  ];
  // A published version cannot get a lost layer back.
  const asDeclaredNow: Goal = (fn) => declaredLayersOf(assessedLive(fn), fn.layers, targetOf);
  const { stale, known, warnings } = await readAliases(aws, [...new Set(asked)], asDeclaredNow);
  // With an alias, also functions that need no update themselves, if the alias is behind or missing.
  const behind = stale.filter((one) => one.alias === publish?.alias).map((one) => one.functionArn);
  const without =
    alias === undefined ? [] : asDeclared.filter((arn) => known.get(arn)?.every(({ name }) => name !== alias));
  // Named functions also if they are as declared, as after an update: Lambda does not publish unchanged functions
  // again.
  const isNamed = publish !== undefined && publish.alias === undefined && (request.selection.names ?? []).length > 0;
  const wanted = new Set([...movingArns, ...behind, ...without, ...(isNamed ? asDeclared : [])]);
  const published = publish && { ...publish, functions: [...wanted] };
  const [inspection, busy]: [Inspection | undefined, readonly string[]] = await Promise.all([
    skipPreflight
      ? undefined
      : inspect(ports, aws, targets, { existence: settings.validateLayerExists, publish: published }),
    skipPreflight ? [] : (found.busy ?? aws.busyFunctions(movingArns.slice(0, mostAskedWhetherBusy))),
  ]);
  const inTheWay = new Set(busy);
  const releasing = zipped.filter(({ arn }) => wanted.has(arn));
  return {
    inspection,
    // Functions with an update in progress must be waited for, so they come last.
    site: {
      region: found.region,
      ...(found.profile !== undefined && { profile: found.profile }),
      functions: releasing.toSorted((a, b) => Number(inTheWay.has(a.arn)) - Number(inTheWay.has(b.arn))),
    },
    changes: targets.flatMap((one) => liveChanges(one.function, one.layers)),
    aliases: stale,
    toPublish: publish ? planPublish(releasing, found.region, publish.alias, known) : [],
    warnings: [...imagesWarning(found), ...busyWarnings(moving, inTheWay), ...warnings],
  };
}

/** Layers that are left alone, because the function already has their replacements. */
function bothSkipped(functions: readonly AssessedFunction[], targetOf: TargetOf): Skipped[] {
  const skipped = skipping(functions);
  return functions.flatMap((fn) => {
    const layers = (fn.live?.layers ?? []).map(layerVersionArn);
    const { both } = planList(layers, targetOf, fn);
    return both.map((one) => skipped({ name: fn.name, ...(fn.region && { region: fn.region }) }, bothReason(one)));
  });
}

function imagesWarning({ functions }: FoundFunctions): string[] {
  const images = functions.filter(({ packageType }) => packageType === "Image").map(({ name }) => name);
  return images.length === 0
    ? []
    : [`Skipped, because functions deployed as container images cannot have layers: ${listNames(images)}.`];
}

function busyWarnings(moving: readonly LiveFunction[], busy: ReadonlySet<string>): string[] {
  return moving
    .filter(({ arn }) => busy.has(arn))
    .map(({ name }) => `Function ${name} has an update in progress. It will be updated once that has finished.`);
}
