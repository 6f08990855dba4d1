import { parseLayerVersionArn } from "../core/arn";
import { declareFor, shortStackName } from "../core/config/declared";
import type { LayerConfig } from "../core/config/parse";
import { LayersError } from "../core/errors";
import type { TagSet } from "../core/live";
import { createMatcher, type Matcher } from "../core/match";
import { planLayer } from "../core/plan";
import type { Shard } from "../core/shard";
import { scanState } from "../core/state/scan";
import { planPublish, readAliases } from "./fleet/aliases";
import type { SyncPlan } from "./fleet/plan";
import { inspect, refuseUnfit } from "./fleet/preflight";
import { type FoundFunctions, findFleet } from "./fleet/select";
import { liveChanges, movingTargets, tagSets } from "./live-plan";
import type { LiveTarget, Skipped } from "./plans";
import type { AwsPort, Ports } from "./ports";
import { loadState } from "./state";
import { during } from "./steps";
import { tellMatches } from "./tell";

export { executeSync } from "./fleet/execute";
export { syncFailure } from "./fleet/failure";
export type { SyncPlan, SyncResult } from "./fleet/plan";

/** What a sync is asked to do. */
export interface SyncRequest {
  readonly stack: string;
  readonly config: LayerConfig;
  readonly dryRun?: boolean;
  /** Names or ARNs of live functions: only these. Pulumi is not asked then. */
  readonly functions?: readonly string[];
  /** Names or ARNs of functions that are left out in any case. */
  readonly exclude?: readonly string[];
  /** Live functions that are tagged as the stack's. Pulumi is not asked then. */
  readonly allFunctions?: boolean;
  /** Live functions that carry all of these tags. Pulumi is not asked then. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Only these regions. Default: those of the functions, else the run's, the settings', the environment's. */
  readonly regions?: readonly string[];
  /** The accounts of these profiles. Default: the run's own. */
  readonly profiles?: readonly string[];
  /** Only this part of the functions. */
  readonly shard?: Shard;
  /** Looks neither at permissions nor at layer versions beforehand. */
  readonly skipPreflight?: boolean;
  /** Does not look at aliases. */
  readonly skipAliases?: boolean;
  /** Publishes a version of each function that was updated, and moves an alias to it. */
  readonly publish?: { readonly alias?: string };
}

const unchanged = "Nothing was changed.";
// Beyond a second of GetFunction's budget a run finds out when a function's turn comes.
const mostAskedWhetherBusy = 100;
// Functions that are as declared have nothing moved, and cost a request each: enough to see that an alias is misspelt.
const mostAskedForAlias = 50;

/**
 * Plans what live functions need to be at the declared versions. Read-only: one pass through each account and region,
 * one request a distinct layer version. Needs Pulumi only where no functions are named, by name or by tag.
 * @throws LayersError `aws-credentials`, `aws-permission`, `aws-failed`, `layer-version-missing`, `layer-incompatible`,
 * `layer-ambiguous`, `usage` where a function that is named does not exist, and what reading a stack's state throws
 */
export async function planSync(ports: Ports, request: SyncRequest): Promise<SyncPlan> {
  return during(unchanged, () => plan(ports, request));
}

async function plan(ports: Ports, request: SyncRequest): Promise<SyncPlan> {
  const { stack, config, dryRun = false, functions = [], exclude = [], regions = [], profiles = [] } = request;
  const { settings } = config;
  const callsBefore = ports.aws.calls();
  const matcher = createMatcher(declareFor(config, stack));
  const target: LiveTarget = (text) => planLayer(text, matcher)?.to;
  const scope = { allFunctions: request.allFunctions ?? false, tags: request.tags ?? {} };
  const sets = tagSets(scope, settings.tagKey, shortStackName(stack));
  const isLive = functions.length > 0 || sets.length > 0;
  const selection = {
    recorded: isLive ? undefined : await readRecorded(ports, stack, config),
    filter: { functions, exclude },
    tagSets: sets,
    regions: regions.length > 0 || ports.aws.region === undefined ? regions : [ports.aws.region],
    profiles,
    home: settings.region,
    shard: request.shard,
  };
  const isOld = request.skipAliases
    ? undefined
    : (version: Parameters<typeof liveChanges>[0]) => isWrong(version, target);
  const { visited, skipped, gone } = await findFleet(ports, selection, isOld, (aws, found) =>
    examine(ports, aws, found, { matcher, target }, request),
  );
  if (functions.length > 0) refuseUnknown(gone);
  const aliases = visited.flatMap((one) => one.aliases);
  tellMatches(ports.reporter, new Set(visited.flatMap((one) => one.layers)), matcher);
  const warnings = refuseUnfit(visited.flatMap(({ inspection }) => inspection ?? []));
  return {
    stack,
    dryRun,
    sites: visited.map(({ site }) => site).filter((site) => site.functions.length > 0),
    changes: visited.flatMap((one) => one.changes),
    skipped: [...skipped, ...gone],
    warnings: [
      ...warnings,
      ...(sets.length > 0 && visited.every(({ found }) => found === 0) ? [noneSelected(request, sets, visited)] : []),
      ...visited.flatMap((one) => one.warnings),
    ],
    aliases,
    publish: request.publish,
    ...(request.publish && { toPublish: visited.flatMap((one) => one.toPublish) }),
    target,
    resumed: undefined,
    retentionDays: settings.backupRetentionDays,
    callsBefore,
  };
}

/** A name that somebody has written and that nothing has: what else was meant by it is not known. */
function refuseUnknown(gone: readonly Skipped[]): void {
  if (gone.length === 0) return;
  const lines = gone.map(({ function: name, reason }) => `Function ${name}: ${reason}.`);
  throw new LayersError("usage", [...lines, unchanged].join("\n"), {
    next: "Look at the name, and at the region (--region) and account (--profile) that were asked.",
  });
}

function noneSelected(
  { functions = [], shard }: SyncRequest,
  sets: readonly TagSet[],
  visited: readonly { readonly site: { readonly region: string } }[],
): string {
  const tags = sets.map((set) =>
    Object.entries(set)
      .map(([key, value]) => `${key}=${value}`)
      .join(" and "),
  );
  const regions = [...new Set(visited.map(({ site }) => site.region))].join(", ");
  const part = shard ? `, shard ${shard.index}/${shard.count}` : "";
  const which = functions.length > 0 ? `None of the functions ${functions.join(", ")} has` : "No function has";
  return `${which} the tag ${tags.join(" or ")} in ${regions}${part}.`;
}

async function readRecorded(ports: Ports, stack: string, { settings }: LayerConfig) {
  const scan = (bytes: Uint8Array) => scanState(bytes, { resourceTypes: settings.resourceTypes });
  return (await loadState(ports, { stack, scan })).facts.functions;
}

function isWrong(fn: Parameters<LiveTarget>[1], target: LiveTarget): boolean {
  return fn.layers.some((text) => target(text, fn) !== undefined);
}

/** Finds out all that there is to know of one account and region before its functions are changed. */
async function examine(
  ports: Ports,
  aws: AwsPort,
  found: FoundFunctions,
  { matcher, target }: { readonly matcher: Matcher; readonly target: LiveTarget },
  request: SyncRequest,
) {
  const { skipPreflight = false, skipAliases = false, dryRun = false, publish, config } = request;
  const targets = movingTargets(found.functions, target);
  const moving = targets.map((one) => one.function);
  const existence = config.settings.validateLayerExists;
  const movingArns = moving.map(({ arn }) => arn);
  const isMoving = new Set(movingArns);
  const asDeclared = found.functions
    .filter((fn) => !isMoving.has(fn.arn) && hasDeclared(fn, matcher))
    .map(({ arn }) => arn);
  const alias = skipAliases ? undefined : publish?.alias;
  const asked = [
    ...found.withOldVersions,
    // A run asks for these when it moves them: a dry run tells of it instead.
    ...(alias !== undefined ? [...asDeclared.slice(0, mostAskedForAlias), ...(dryRun ? movingArns : [])] : []),
  ];
  const { stale, known, warnings } = await readAliases(aws, [...new Set(asked)], target);
  // With an alias also functions that need no update themselves, where the alias is behind, or there is none.
  const behind = stale.filter((one) => one.alias === publish?.alias).map((one) => one.functionArn);
  const without =
    alias === undefined ? [] : asDeclared.filter((arn) => known.get(arn)?.every(({ name }) => name !== alias));
  const wanted = new Set([...movingArns, ...behind, ...without]);
  const published = publish && { ...publish, functions: [...wanted] };
  const [inspection, busy] = await Promise.all([
    skipPreflight ? undefined : inspect(ports, aws, targets, { existence, publish: published }),
    skipPreflight ? [] : (found.busy ?? aws.busyFunctions(movingArns.slice(0, mostAskedWhetherBusy))),
  ]);
  const inTheWay = new Set(busy);
  const releasing = found.functions.filter(({ arn }) => wanted.has(arn));
  return {
    inspection,
    found: found.functions.length,
    // What has an update in progress has to be waited for: its turn comes last.
    site: {
      region: found.region,
      profile: found.profile,
      functions: releasing.toSorted((a, b) => Number(inTheWay.has(a.arn)) - Number(inTheWay.has(b.arn))),
    },
    layers: [...new Set(found.functions.flatMap((fn) => fn.layers))],
    changes: moving.flatMap((fn) => liveChanges(fn, found.region, target)),
    aliases: stale,
    toPublish: publish ? planPublish(releasing, found.region, publish.alias, known) : [],
    warnings: [...imagesWarning(found), ...busyWarnings(moving, inTheWay), ...warnings],
  };
}

function hasDeclared(fn: FoundFunctions["functions"][number], matcher: Matcher): boolean {
  return fn.layers.some((text) => {
    const parsed = parseLayerVersionArn(text);
    return parsed !== undefined && matcher(parsed) !== undefined;
  });
}

const namesShown = 5;

function imagesWarning({ functions }: FoundFunctions): string[] {
  const images = functions.filter(({ packageType }) => packageType === "Image").map(({ name }) => name);
  if (images.length === 0) return [];
  const more = images.length > namesShown ? ` and ${images.length - namesShown} more` : "";
  const names = `${images.slice(0, namesShown).join(", ")}${more}`;
  return [`Deployed as container images, which cannot have layers: ${names}.`];
}

function busyWarnings(moving: readonly { name: string; arn: string }[], busy: ReadonlySet<string>): string[] {
  return moving
    .filter(({ arn }) => busy.has(arn))
    .map(({ name }) => `Function ${name} has an update in progress: its turn comes when that has ended.`);
}
