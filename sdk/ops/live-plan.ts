import { layerArn, parseLayerVersionArn } from "../core/arn";
import type { LiveFunction, TagSet } from "../core/live";
import { atVersion } from "../core/plan";
import type { FunctionFacts } from "../core/state/facts";
import { type Inspection, inspect, refuseUnfit, type Targets } from "./fleet/preflight";
import { withSession } from "./fleet/sites";
import type { AwsPlan, FunctionFilter, LiveChange, LiveScope, LiveTarget, RegionPlan, Skipped } from "./plans";
import type { AwsPort, Ports } from "./ports";
import { byName, isMeant, isOwned } from "./state-plan";

/** Which live functions are meant. */
export interface LiveSelection {
  /** The last part of the stack's name. */
  readonly stack: string;
  /** The functions of the stack's state. */
  readonly recorded: readonly FunctionFacts[];
  readonly filter: FunctionFilter;
  readonly scope: LiveScope;
  /** The region of functions that record none; undefined: that of the environment. */
  readonly region: string | undefined;
  /** The tag whose value names a function's stack. */
  readonly tagKey: string;
}

/** Which live functions are brought to which versions. */
export interface LiveRequest extends LiveSelection {
  readonly target: LiveTarget;
  /** Whether AWS is asked if layer versions exist. */
  readonly validateLayerExists: boolean;
}

/** Only the functions of the stack's state. */
export const recordedFunctionsOnly: LiveScope = { allFunctions: false, tags: {} };

/**
 * Reads the live functions of a stack, in each region that it has functions in, and plans what they need. Finds out
 * beforehand what would make an update fail.
 * @throws LayersError `aws-credentials`, `aws-permission`, `aws-failed`, `layer-version-missing`, `layer-incompatible`
 */
export async function planLive(ports: Ports, request: LiveRequest): Promise<AwsPlan> {
  const { target, validateLayerExists } = request;
  const inspections: Inspection[] = [];
  const { regions, skipped } = await readLive(ports, request, async (aws, functions) => {
    const targets = movingTargets(functions, target);
    inspections.push(await inspect(ports, aws, targets, { existence: validateLayerExists }));
  });
  const warnings = refuseUnfit(inspections);
  const changes = regions.flatMap(({ region, functions }) =>
    functions.flatMap((fn) => liveChanges(fn, region, target)),
  );
  return { regions, changes, skipped, warnings };
}

/**
 * Reads the live functions of a stack, in each region that it has functions in.
 * @param visit called with each region's session and functions while the session is open
 * @throws LayersError `aws-credentials`, `aws-permission`, `aws-failed`
 */
export async function readLive(
  ports: Ports,
  selection: LiveSelection,
  visit: (aws: AwsPort, functions: readonly LiveFunction[]) => Promise<void> = async () => {},
): Promise<Pick<AwsPlan, "regions" | "skipped">> {
  const skipped: Skipped[] = [];
  const regions: RegionPlan[] = [];
  for (const [region, names] of await namesByRegion(ports, selection, skipped)) {
    await withSession(ports, { region }, async (aws) => {
      const functions = await readFunctions(aws, names, selection, skipped);
      regions.push({ region: aws.region, functions });
      await visit(aws, functions);
    });
  }
  return { regions, skipped };
}

/** The layers that a function is to have, in the order in which it has them. */
export function desiredLayers(fn: LiveFunction, target: LiveTarget): string[] {
  return fn.layers.map((text) => {
    const to = target(text, fn);
    return to === undefined ? text : atVersion(text, to);
  });
}

/** The functions that are not as they are to be, with the layers that they are to have. */
export function movingTargets(functions: readonly LiveFunction[], target: LiveTarget): Targets {
  return functions
    .map((fn) => ({ function: fn, layers: desiredLayers(fn, target) }))
    .filter((one) => one.layers.some((layer, i) => layer !== one.function.layers[i]));
}

/** Names or ARNs of the stack's functions by region, with a place for those that the scope adds. */
async function namesByRegion(
  ports: Ports,
  { recorded, filter, scope, region: fallback }: LiveSelection,
  skipped: Skipped[],
) {
  const meant = recorded.filter((fn) => isOwned(fn) && isMeant(fn.name, filter));
  const home = ports.aws.region ?? fallback ?? (await regionOfEnvironment(ports, meant, scope));
  const names = new Map<string, string[]>();
  if (home !== undefined && isWidened(scope)) names.set(home, []);
  for (const fn of meant.toSorted(byName)) {
    const region = fn.region ?? home;
    if (region === undefined) continue;
    if (ports.aws.region !== undefined && region !== ports.aws.region) {
      skipped.push({ function: fn.name, reason: `it is in ${region}, and this run is for ${ports.aws.region}` });
      continue;
    }
    names.set(region, [...(names.get(region) ?? []), fn.arn ?? fn.name]);
  }
  return names;
}

/** The region of the environment, where one is needed. */
async function regionOfEnvironment(
  ports: Ports,
  meant: readonly FunctionFacts[],
  scope: LiveScope,
): Promise<string | undefined> {
  if (!isWidened(scope) && meant.every(({ region }) => region !== undefined)) return undefined;
  return withSession(ports, { region: undefined }, async (aws) => aws.region);
}

function isWidened({ allFunctions, tags }: LiveScope): boolean {
  return allFunctions || Object.keys(tags).length > 0;
}

async function readFunctions(
  aws: AwsPort,
  names: readonly string[],
  { stack, filter, scope, tagKey }: LiveSelection,
  skipped: Skipped[],
): Promise<LiveFunction[]> {
  const found = await aws.listFunctions({ names, tags: tagSets(scope, tagKey, stack) });
  for (const name of found.missing) {
    skipped.push({
      function: name.slice(name.lastIndexOf(":") + 1),
      reason: `AWS has no such function in ${aws.region}`,
    });
  }
  return found.functions.filter((fn) => isMeant(fn.name, filter));
}

/** The tags of functions that are meant beside those which are named: all tags of any one set. */
export function tagSets(scope: LiveScope, tagKey: string, stack: string): TagSet[] {
  return [
    ...(scope.allFunctions ? [{ [tagKey]: stack }, { "pulumi:stack": stack }] : []),
    ...(Object.keys(scope.tags).length > 0 ? [scope.tags] : []),
  ];
}

/** One layer of a function, or of a version of it, that is not as it is to be. */
export interface LayerDifference {
  /** The layer's name in AWS. */
  readonly layer: string;
  /** The layer's ARN, without version. */
  readonly arn: string;
  readonly from: number;
  readonly to: number;
}

/** What of a function's layers is not as it is to be, in their order. */
export function differences(fn: LiveFunction, target: LiveTarget): LayerDifference[] {
  return fn.layers.flatMap((text) => {
    const parsed = parseLayerVersionArn(text);
    const to = parsed && target(text, fn);
    if (!parsed || to === undefined || to === parsed.version) return [];
    return [{ layer: parsed.name, arn: layerArn(parsed), from: parsed.version, to }];
  });
}

/** What a function needs, layer by layer. */
export function liveChanges(fn: LiveFunction, region: string, target: LiveTarget): LiveChange[] {
  return differences(fn, target).map((one) => ({ function: fn.name, functionArn: fn.arn, region, ...one }));
}
