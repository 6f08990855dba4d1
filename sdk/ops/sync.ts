import { declareFor, shortStackName } from "../core/config/declared";
import type { LayerConfig } from "../core/config/parse";
import { createMatcher } from "../core/match";
import { planLayer } from "../core/plan";
import type { Shard } from "../core/shard";
import { scanState } from "../core/state/scan";
import { findStaleAliases } from "./fleet/aliases";
import type { SyncPlan } from "./fleet/plan";
import { inspect, refuseUnfit } from "./fleet/preflight";
import { type FoundFunctions, findFleet } from "./fleet/select";
import { liveChanges, movingTargets, tagSets } from "./live-plan";
import type { LiveTarget } from "./plans";
import type { AwsPort, Ports } from "./ports";
import { loadState } from "./state";
import { during } from "./steps";
import { tellMatches } from "./tell";

export { executeSync, syncFailure } from "./fleet/execute";
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

/**
 * Plans what live functions need to be at the declared versions. Read-only: one pass through each account and region,
 * one request a distinct layer version. Needs Pulumi only where no functions are named, by name or by tag.
 * @throws LayersError `aws-credentials`, `aws-permission`, `aws-failed`, `layer-version-missing`, `layer-incompatible`,
 * `layer-ambiguous`, and what reading a stack's state throws
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
  const { visited, skipped } = await findFleet(ports, selection, isOld, (aws, found) =>
    examine(ports, aws, found, target, request),
  );
  const aliases = visited.flatMap((one) => one.aliases);
  tellMatches(ports.reporter, new Set(visited.flatMap((one) => one.layers)), matcher);
  const warnings = refuseUnfit(visited.flatMap(({ inspection }) => inspection ?? []));
  return {
    stack,
    dryRun,
    sites: visited.map(({ site }) => site).filter((site) => site.functions.length > 0),
    changes: visited.flatMap((one) => one.changes),
    skipped,
    warnings: [...warnings, ...visited.flatMap((one) => one.warnings)],
    aliases,
    publish: request.publish,
    target,
    resumed: undefined,
    retentionDays: settings.backupRetentionDays,
    callsBefore,
  };
}

async function readRecorded(ports: Ports, stack: string, { settings }: LayerConfig) {
  const scan = (bytes: Uint8Array) => scanState(bytes, { resourceTypes: settings.resourceTypes });
  return (await loadState(ports, { stack, scan })).facts.functions;
}

function isWrong(fn: Parameters<LiveTarget>[1], target: LiveTarget): boolean {
  return fn.layers.some((text) => target(text, fn) !== undefined);
}

/** Finds out all that there is to know of one account and region before its functions are changed. */
async function examine(ports: Ports, aws: AwsPort, found: FoundFunctions, target: LiveTarget, request: SyncRequest) {
  const { skipPreflight = false, publish, config } = request;
  const targets = movingTargets(found.functions, target);
  const moving = targets.map((one) => one.function);
  const existence = config.settings.validateLayerExists;
  const stale = await findStaleAliases(aws, found.withOldVersions, target);
  // With an alias also functions that need no update themselves, where the alias is behind.
  const behind = stale.aliases.filter(({ alias }) => alias === publish?.alias).map((one) => one.functionArn);
  const wanted = new Set([...moving.map(({ arn }) => arn), ...behind]);
  const published = publish && { ...publish, functions: [...wanted] };
  const [inspection, busy] = await Promise.all([
    skipPreflight ? undefined : inspect(ports, aws, targets, { existence, publish: published }),
    skipPreflight ? [] : (found.busy ?? aws.busyFunctions(moving.slice(0, mostAskedWhetherBusy).map(({ arn }) => arn))),
  ]);
  const inTheWay = new Set(busy);
  return {
    inspection,
    // What has an update in progress has to be waited for: its turn comes last.
    site: {
      region: found.region,
      profile: found.profile,
      functions: found.functions
        .filter(({ arn }) => wanted.has(arn))
        .sort((a, b) => Number(inTheWay.has(a.arn)) - Number(inTheWay.has(b.arn))),
    },
    layers: [...new Set(found.functions.flatMap((fn) => fn.layers))],
    changes: moving.flatMap((fn) => liveChanges(fn, found.region, target)),
    aliases: stale.aliases,
    warnings: [...imagesWarning(found), ...busyWarnings(moving, inTheWay), ...stale.warnings],
  };
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
