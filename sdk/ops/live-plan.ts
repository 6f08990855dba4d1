import { layerArn, parseLayerVersionArn } from "../core/arn";
import { type ErrorCode, LayersError } from "../core/errors";
import type { LiveFunction } from "../core/live";
import { atVersion } from "../core/plan";
import type { FunctionFacts } from "../core/state/facts";
import type { AwsPlan, FunctionFilter, LiveChange, LiveScope, LiveTarget, RegionPlan, Skipped } from "./plans";
import type { AwsPort, Ports, TargetProblem } from "./ports";
import { isMeant, isOwned } from "./state-plan";

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
  const problems: TargetProblem[] = [];
  const { regions, skipped } = await readLive(ports, request, async (aws, functions) => {
    const targets = functions
      .map((fn) => ({ function: fn, layers: desiredLayers(fn, target) }))
      .filter((one) => one.layers.some((layer, i) => layer !== one.function.layers[i]));
    problems.push(...(await ports.aws.checkTargets(aws, targets, { existence: validateLayerExists })));
  });
  if (problems.length > 0) throw unreachable(problems);
  const changes = regions.flatMap(({ region, functions }) =>
    functions.flatMap((fn) => liveChanges(fn, region, target)),
  );
  return { regions, changes, skipped };
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
    await withSession(ports, region, async (aws) => {
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

/** Works with a session, and closes it. */
export async function withSession<T>(
  ports: Ports,
  region: string | undefined,
  work: (aws: AwsPort) => Promise<T>,
): Promise<T> {
  const aws = await ports.aws.connect(region);
  try {
    return await work(aws);
  } finally {
    aws.close();
  }
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
  for (const fn of meant) {
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
  return withSession(ports, undefined, async (aws) => aws.region);
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
  const found = await aws.listFunctions({ names });
  for (const name of found.missing) {
    skipped.push({
      function: name.slice(name.lastIndexOf(":") + 1),
      reason: `AWS has no such function in ${aws.region}`,
    });
  }
  const tagged = [
    ...(scope.allFunctions ? [{ [tagKey]: stack }, { "pulumi:stack": stack }] : []),
    ...(Object.keys(scope.tags).length > 0 ? [scope.tags] : []),
  ];
  const functions = new Map(found.functions.map((fn) => [fn.arn, fn]));
  for (const tags of tagged) {
    for (const fn of (await aws.listFunctions({ tags })).functions) functions.set(fn.arn, fn);
  }
  return [...functions.values()].filter((fn) => isMeant(fn.name, filter));
}

function liveChanges(fn: LiveFunction, region: string, target: LiveTarget): LiveChange[] {
  return fn.layers.flatMap((text) => {
    const parsed = parseLayerVersionArn(text);
    const to = parsed && target(text, fn);
    if (!parsed || to === undefined || to === parsed.version) return [];
    return [{ function: fn.name, region, layer: parsed.name, arn: layerArn(parsed), from: parsed.version, to }];
  });
}

const problemCodes: Readonly<Record<string, ErrorCode>> = {
  "layer-version-missing": "layer-version-missing",
  "layer-unreadable": "aws-permission",
};

function unreachable(problems: readonly TargetProblem[]): LayersError {
  const code = problemCodes[problems[0]?.code ?? ""] ?? "layer-incompatible";
  const messages = problems.map(({ message }) => message);
  return new LayersError(code, [...messages, "Nothing was changed."].join("\n"), {
    next:
      code === "layer-version-missing"
        ? "Verify that the target version exists in AWS: it may not be published yet, or deleted."
        : undefined,
  });
}
