import { closest } from "fastest-levenshtein";
import { layerArn, parseLayerVersionArn } from "../core/arn";
import { type DeclaredLayer, declareFor, shortStackName } from "../core/config/declared";
import type { LayerConfig } from "../core/config/parse";
import { LayersError } from "../core/errors";
import type { LiveFunction } from "../core/live";
import { createMatcher, type Matcher, type MatchRule } from "../core/match";
import { planLayer } from "../core/plan";
import type { FunctionFacts } from "../core/state/facts";
import { scanState } from "../core/state/scan";
import { withSession } from "./fleet/sites";
import { readLive, recordedFunctionsOnly } from "./live-plan";
import type { StatusReport } from "./plans";
import type { Ports } from "./ports";
import { loadState } from "./state";
import { everyFunction, isOwned, planState, recordedLayers } from "./state-plan";

/** Which function is explained. */
export interface ExplainRequest {
  readonly stack: string;
  readonly config: LayerConfig;
  /** The function's name in AWS, its ARN, its URN, or its name in the Pulumi program. */
  readonly function: string;
  /** An exported state instead of the stack's own; AWS is not asked then. */
  readonly stateFile?: string;
}

/** A move from one version to another. */
interface Move {
  readonly from: number;
  readonly to: number;
}

/** Why a layer of a function is, or is to be, at its version. */
export interface ExplainedLayer {
  /** The layer's name in AWS. */
  readonly layer: string;
  /** The layer's ARN, without version. */
  readonly arn: string;
  /** The entry that declares it; undefined where none does, and the layer is left alone. */
  readonly entry: ExplainedEntry | undefined;
  /** Undefined where the state does not have it. */
  readonly recorded: number | undefined;
  /** Undefined where AWS does not have it, or was not asked. */
  readonly live: number | undefined;
  /** What an update would do to the state, and with --sync-aws to the live function. */
  readonly changes: { readonly recorded?: Move; readonly live?: Move };
}

/** An entry of the config, and how it came to be the one. */
export interface ExplainedEntry {
  readonly key: string;
  readonly rule: MatchRule;
  readonly version: number;
  readonly enforce: DeclaredLayer["enforce"];
  /** Whether the stack's override gives the version. */
  readonly overridden: boolean;
  /** Where the version is declared: `layer_config.yaml:3`. */
  readonly at: string;
}

/** All about the layers of one function. */
export interface Explanation {
  readonly stack: string;
  readonly function: string;
  /** Undefined for a function that the stack's state does not have. */
  readonly urn: string | undefined;
  readonly layers: readonly ExplainedLayer[];
  /** Why an update leaves the function alone; undefined where it does not. */
  readonly skipped: string | undefined;
  readonly live: StatusReport["live"];
}

/**
 * Explains each layer of a function: which entry declares it and why that one, what is recorded and live, and what an
 * update would do.
 * @throws LayersError `usage` where neither the state nor AWS has the function; `layer-ambiguous`; what the ports throw
 */
export async function explain(ports: Ports, request: ExplainRequest): Promise<Explanation> {
  const { stack, config, stateFile } = request;
  const { resourceTypes } = config.settings;
  const matcher = createMatcher(declareFor(config, stack));
  const { facts } = await loadState(ports, {
    stack,
    file: stateFile,
    scan: (bytes) => scanState(bytes, { resourceTypes }),
  });
  const functions = facts.functions.filter(isOwned);
  const fn = find(functions, request.function);
  const { found, live } = await readIfPossible(ports, request, fn);
  if (!fn && !found) throw unknown(request.function, stack, functions);
  const plan = fn && planState([fn], (text) => planLayer(text, matcher)?.to);
  const recorded = fn ? recordedLayers(fn) : [];
  const changes = new Map(plan?.changes.map(({ arn, from, to }) => [arn, { from, to }]));
  return {
    stack,
    function: fn?.name ?? found?.name ?? request.function,
    urn: fn?.urn,
    layers: explainLayers(recorded, found?.layers ?? [], changes, matcher),
    skipped: plan?.skipped[0]?.reason,
    live,
  };
}

function explainLayers(
  recorded: readonly string[],
  live: readonly string[],
  changes: ReadonlyMap<string, Move>,
  matcher: Matcher,
): ExplainedLayer[] {
  const parsed = (texts: readonly string[]) =>
    new Map(
      texts.flatMap((text) => {
        const layer = parseLayerVersionArn(text);
        return layer ? [[layerArn(layer), layer] as const] : [];
      }),
    );
  const [inState, inAws] = [parsed(recorded), parsed(live)];
  return [...new Map([...inAws, ...inState])].map(([arn, layer]) => {
    const match = matcher(layer);
    const version = inAws.get(arn)?.version;
    const moveLive = version === undefined ? undefined : planLayer(`${arn}:${version}`, matcher);
    const moveRecorded = changes.get(arn);
    return {
      layer: layer.name,
      arn,
      entry: match && { rule: match.rule, ...entryOf(match.declared) },
      recorded: moveRecorded?.from ?? inState.get(arn)?.version,
      live: version,
      changes: {
        ...(moveRecorded && { recorded: moveRecorded }),
        ...(moveLive && { live: { from: moveLive.from, to: moveLive.to } }),
      },
    };
  });
}

function entryOf({ key, version, enforce, overridden, source }: DeclaredLayer) {
  return { key, version, enforce, overridden, at: `${source.file}:${source.line}` };
}

function find(functions: readonly FunctionFacts[], name: string): FunctionFacts | undefined {
  const ways: ((fn: FunctionFacts) => boolean)[] = [
    (fn) => fn.name === name || fn.arn === name || fn.urn === name,
    (fn) => fn.urn.endsWith(`::${name}`),
  ];
  return ways.map((way) => functions.find(way)).find((fn) => fn !== undefined);
}

/** The function as it runs; undefined where AWS has none of the name, or cannot be asked. */
async function readIfPossible(
  ports: Ports,
  { stack, config, stateFile, function: name }: ExplainRequest,
  fn: FunctionFacts | undefined,
): Promise<{ found?: LiveFunction; live: StatusReport["live"] }> {
  if (stateFile !== undefined) return { live: { read: false, reason: "a state file was given" } };
  const { region, tagKey } = config.settings;
  try {
    if (!fn) {
      const found = await withSession(ports, { region }, (aws) => aws.listFunctions({ names: [name] }));
      return { found: found.functions[0], live: { read: true } };
    }
    const selection = { stack: shortStackName(stack), recorded: [fn], filter: everyFunction, region, tagKey };
    const { regions } = await readLive(ports, { ...selection, scope: recordedFunctionsOnly });
    return { found: regions.flatMap(({ functions }) => functions)[0], live: { read: true } };
  } catch (error) {
    if (!(error instanceof LayersError) || error.code === "interrupted") throw error;
    return { live: { read: false, reason: error.message } };
  }
}

function unknown(name: string, stack: string, functions: readonly FunctionFacts[]): LayersError {
  const names = functions.map((fn) => fn.name);
  return new LayersError("usage", `Neither the state of stack ${stack} nor AWS has a function ${name}.`, {
    next: names.length > 0 ? `Did you mean ${closest(name, names)}?` : undefined,
  });
}
