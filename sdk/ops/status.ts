import { layerArn, parseLayerVersionArn } from "../core/arn";
import { declareFor, shortStackName } from "../core/config/declared";
import type { LayerConfig } from "../core/config/parse";
import { type ErrorCode, LayersError } from "../core/errors";
import type { LiveFunction } from "../core/live";
import { createMatcher, type Matcher } from "../core/match";
import { planLayer } from "../core/plan";
import type { FunctionFacts } from "../core/state/facts";
import { scanState } from "../core/state/scan";
import { readLive, recordedFunctionsOnly } from "./live-plan";
import type { FunctionFilter, Skipped, StateChange, StatusReport, StatusRow } from "./plans";
import type { Ports } from "./ports";
import { loadState } from "./state";
import { byName, everyFunction, isMeant, isOwned, planState, recordedLayers } from "./state-plan";
import { tellMatches } from "./tell";
import { warningsOfUnmatched } from "./unmatched";

/** Whose layers are looked at. */
export interface StatusRequest {
  readonly stack: string;
  readonly config: LayerConfig;
  /** An exported state instead of the stack's own; AWS is not asked then. */
  readonly stateFile?: string;
  readonly filter?: FunctionFilter;
}

/**
 * Reads where each layer of each function of a stack stands: declared, recorded, and live where AWS can be asked.
 * @throws LayersError what the stack and file ports throw; not being able to ask AWS is in the report
 */
export async function readStatus(ports: Ports, request: StatusRequest): Promise<StatusReport> {
  const { stack, config, stateFile, filter = everyFunction } = request;
  const { resourceTypes, region, tagKey } = config.settings;
  const matcher = createMatcher(declareFor(config, stack));
  const { facts, file } = await loadState(ports, {
    stack,
    file: stateFile,
    scan: (bytes) => scanState(bytes, { resourceTypes }),
  });
  const recorded = facts.functions.filter((fn) => isOwned(fn) && isMeant(fn.name, filter));
  const plan = planState(recorded, (text) => planLayer(text, matcher)?.to, filter);
  tellMatches(ports.reporter, recorded.flatMap(recordedLayers), matcher);
  const selection = { stack: shortStackName(stack), recorded, filter, region, tagKey, scope: recordedFunctionsOnly };
  const { functions, skipped, live } = await readLiveIfPossible(ports, selection, stateFile);
  const changes = Map.groupBy(plan.changes, ({ urn }) => urn);
  const rows = recorded
    .toSorted(byName)
    .flatMap((fn) => rowsOf(fn, changes.get(fn.urn) ?? [], functions.get(fn.arn ?? fn.name), matcher));
  if (rows.length > 0) {
    const all = { stack, file, recorded: facts.functions, live: live.read ? [...functions.values()] : undefined };
    for (const line of warningsOfUnmatched(all, matcher, config.file)) ports.reporter.warn(line);
  }
  return { stack, rows, skipped: [...plan.skipped, ...skipped], live };
}

/** Live functions by ARN and by name; none, with the reason, where AWS cannot be asked. */
async function readLiveIfPossible(
  ports: Ports,
  selection: Parameters<typeof readLive>[1],
  stateFile: string | undefined,
): Promise<{ functions: Map<string, LiveFunction>; skipped: readonly Skipped[]; live: StatusReport["live"] }> {
  const unread = (reason: string, code?: ErrorCode) => ({
    ...{ functions: new Map(), skipped: [] },
    live: { read: false as const, reason, ...(code && { code }) },
  });
  if (stateFile !== undefined) return unread("a state file was given");
  try {
    const { regions, skipped } = await readLive(ports, selection);
    const all = regions.flatMap(({ functions }) => functions);
    // By name for functions whose state records no ARN.
    const functions = new Map(all.flatMap((fn) => [[fn.name, fn] as const, [fn.arn, fn] as const]));
    return { functions, skipped, live: { read: true } };
  } catch (error) {
    if (!(error instanceof LayersError) || error.code === "interrupted") throw error;
    return unread(error.message, isWithoutAws(error) ? undefined : error.code);
  }
}

/** Whether AWS could not be asked because this machine is not set up for it, which is no failure of AWS's. */
function isWithoutAws({ code, message }: LayersError): boolean {
  // No region, or no credentials. Those that AWS refuses have the same code and other words.
  return code === "usage" || (code === "aws-credentials" && message.startsWith("AWS credentials not configured"));
}

/** One row a layer: first those recorded, in their order, then those that only run. */
function rowsOf(
  fn: FunctionFacts,
  changes: readonly StateChange[],
  live: LiveFunction | undefined,
  matcher: Matcher,
): StatusRow[] {
  const recorded = versions(recordedLayers(fn));
  const running = versions(live?.layers ?? []);
  return [...new Set([...recorded.keys(), ...running.keys()])].map((arn) => {
    const change = changes.find((one) => one.arn === arn);
    const version = running.get(arn);
    const sample = parseLayerVersionArn(`${arn}:${recorded.get(arn) ?? version}`);
    const declared = sample && matcher(sample)?.declared;
    const liveDrift = version !== undefined && planLayer(`${arn}:${version}`, matcher) !== undefined;
    const isDetached = declared !== undefined && live !== undefined && version === undefined;
    return {
      function: fn.name,
      urn: fn.urn,
      layer: sample?.name ?? arn,
      arn,
      declared: declared?.version,
      enforce: declared?.enforce,
      recorded: change?.from ?? recorded.get(arn),
      live: version,
      drift: change !== undefined || liveDrift || isDetached,
      ...(isDetached && { detached: true }),
    };
  });
}

/** Versions by the layer's ARN. */
function versions(layers: readonly string[]): Map<string, number> {
  return new Map(
    layers.flatMap((text) => {
      const parsed = parseLayerVersionArn(text);
      return parsed ? [[layerArn(parsed), parsed.version] as const] : [];
    }),
  );
}
