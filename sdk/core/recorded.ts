import { type LayerVersionArn, parseLayerVersionArn, partitionOf } from "./arn";
import type { AssessedFunction, SeenLayers } from "./assess";
import type { DeclaredLayers } from "./config/declared";
import type { TargetFacts } from "./form";
import { parseFunctionArn } from "./function-arn";
import type { LiveFunction } from "./live";
import type { FunctionFacts, RecordedLayers, StateFacts } from "./state/facts";

/** A function that a state records, by its own resource or by a `LayerVersions` resource that reconciles it. */
export interface RecordedFunction {
  /** The function's name in AWS. */
  readonly name: string;
  /** Undefined if not recorded. */
  readonly arn: string | undefined;
  readonly region: string | undefined;
  /** The resource that records it. */
  readonly urn: string;
  readonly by:
    | { readonly kind: "function"; readonly facts: FunctionFacts }
    /** `layers`: layer to version, see `ReconciledFacts`. */
    | { readonly kind: "resource"; readonly layers: Readonly<Record<string, number | string>> };
}

/**
 * The functions that a state records and that have standings: not those pending deletion or replacement, only read by
 * the stack, or container images. If a function is recorded twice, its own resource counts.
 */
export function recordedFunctions({ functions, reconciled }: StateFacts): RecordedFunction[] {
  const own = functions
    .filter((fn) => isOwned(fn) && fn.packageType !== "Image")
    .map((facts): RecordedFunction => ({ ...facts, by: { kind: "function", facts } }));
  const regions = Map.groupBy(own, ({ name }) => name);
  const isKnown = (name: string, region: string | undefined) =>
    regions.get(name)?.some((fn) => fn.region === undefined || region === undefined || fn.region === region) ?? false;
  const others = reconciled.flatMap(({ urn, region, functions: known = {} }) =>
    Object.entries(known).flatMap(([key, layers]): RecordedFunction[] => {
      const arn = parseFunctionArn(key);
      const name = arn?.name ?? key;
      const where = arn?.region ?? region;
      if (isKnown(name, where)) return [];
      return [{ name, arn: arn && key, region: where, urn, by: { kind: "resource", layers } }];
    }),
  );
  return [...own, ...others];
}

/** Whether a recorded function belongs to the stack as it stands. */
export function isOwned(fn: FunctionFacts): boolean {
  return whyNotOwned(fn) === undefined;
}

/** Why a recorded function has no standing, as the end of a sentence; undefined if it belongs to the stack. */
export function whyNotOwned(fn: FunctionFacts): string | undefined {
  if (fn.deleted) return "it was replaced and is pending deletion";
  if (fn.replaced) return "it was deleted, and the next `pulumi up` recreates it";
  if (fn.external) return "the stack only reads it and does not manage it";
  return undefined;
}

/** What is known for finding the layers of a `LayerVersions` record, which contains names but no accounts. */
export interface LayerHints {
  readonly declared: DeclaredLayers;
  /** The account of the settings. */
  readonly accountId: string | undefined;
  /** Layers of other functions in the region, by name. Default: none. */
  readonly known?: ReadonlyMap<string, LayerVersionArn>;
}

/**
 * A recorded function, as input for the assessment.
 * @param live undefined if AWS was not asked
 */
export function assessedFunction(
  fn: RecordedFunction,
  live: LiveFunction | "gone" | "unread" | undefined,
  hints: LayerHints,
): AssessedFunction {
  const running = typeof live === "object" ? live : undefined;
  const isImage = running?.packageType === "Image";
  const arn = running?.arn ?? fn.arn;
  const where = parseFunctionArn(arn ?? "");
  const region = where?.region ?? fn.region;
  const recorded =
    fn.by.kind === "function"
      ? layersOfFunction(fn.by.facts)
      : layersOfResource(fn.by.layers, { region, account: where?.account }, running?.layers ?? [], hints);
  return {
    ...{ name: fn.name, arn, region, account: where?.account, urn: fn.urn, recordedBy: fn.by.kind, recorded },
    live: seenLive(live),
    ...((live === "gone" || isImage) && { isGone: true }),
    ...(isImage && { isImage }),
    ...(running ? runsOn(running) : fn.by.kind === "function" && recordedOn(fn.by.facts)),
  };
}

/** The layers of a function that was only read from AWS. */
export function assessedLive(fn: LiveFunction): AssessedFunction {
  const { region, account } = parseFunctionArn(fn.arn) ?? {};
  const nothing = { urn: undefined, recordedBy: undefined, recorded: undefined };
  return { name: fn.name, arn: fn.arn, region, account, ...nothing, live: seenLive(fn), ...runsOn(fn) };
}

/** Lambda always returns a function's runtime; a response without it was incomplete. */
function runsOn({ runtime, architectures }: Pick<LiveFunction, "runtime" | "architectures">) {
  return { runtime, architectures: architectures.length > 0 ? architectures : undefined };
}

/** What the targets of a recorded function depend on. */
export function factsOf({ name, arn, region, runtime, architectures }: FunctionFacts): TargetFacts {
  const where = parseFunctionArn(arn ?? "");
  return { name, region: where?.region ?? region, account: where?.account, runtime, architectures };
}

function recordedOn({ runtime, architectures }: FunctionFacts) {
  return { runtime, architectures };
}

function seenLive(live: LiveFunction | "gone" | "unread" | undefined): SeenLayers | undefined {
  if (live === undefined) return undefined;
  if (live === "unread") return { layers: [], complete: false };
  return { layers: live === "gone" ? [] : parsed(live.layers), complete: true };
}

function layersOfFunction(fn: FunctionFacts): SeenLayers {
  const [counting, others] = countingFirst(fn);
  return { layers: parsed(counting), others: parsed(others), complete: whyHidden(fn) === undefined };
}

function layersOfResource(
  layers: Readonly<Record<string, number | string>>,
  where: { readonly region: string | undefined; readonly account: string | undefined },
  live: readonly string[],
  { declared, accountId, known: others }: LayerHints,
): SeenLayers {
  const region = where.region ?? "?";
  const running = parsed(live);
  const literal = declared.layers.flatMap(({ arn }) => (arn === undefined ? [] : parsed([`${arn}:1`])));
  const toArn = (key: string, version: number | string): LayerVersionArn[] => {
    if (typeof version === "string") return parsed([version]);
    const full = parsed([`${key}:${version}`]);
    if (full.length > 0) return full;
    const known =
      running.find(({ name }) => name === key) ??
      others?.get(key) ??
      literal.find((one) => one.name === key && one.region === region);
    const { account = "?" } = where;
    const place = known ?? { partition: partitionOf(region), region, account: accountId ?? account };
    return [{ ...place, name: key, version }];
  };
  return { layers: Object.entries(layers).flatMap(([key, version]) => toArn(key, version)), complete: true };
}

/**
 * The layers that count, and the others: outputs come first, except after a failed update, whose outputs were never
 * applied.
 */
function countingFirst(fn: FunctionFacts): readonly [counting: string[], others: string[]] {
  const [first, second] = sidesOf(fn).map((side) => fn[side]);
  if (first?.kind === "list" && second) return [layerTexts(first), layerTexts(second)];
  return [second ? layerTexts(second) : [], []];
}

/** The sides of a recorded function, the one that counts first. */
export function sidesOf(fn: FunctionFacts): readonly ("inputs" | "outputs")[] {
  return fn.initErrors.length > 0 ? ["inputs", "outputs"] : ["outputs", "inputs"];
}

/** The texts of a list of layers; empty if there is no list. */
export function layerTexts(recorded: RecordedLayers): string[] {
  if (recorded.kind !== "list") return [];
  return recorded.layers.flatMap((layer) => (layer.kind === "text" ? [layer.text] : []));
}

/** The texts of the layers that count. */
export function recordedLayers(fn: FunctionFacts): string[] {
  return countingFirst(fn)[0];
}

/**
 * Why not all of a function's layers are known: one is a secret, or else is no text, as while it is not known yet.
 * Undefined if all are known.
 */
export function whyHidden({ inputs, outputs }: FunctionFacts): "secret" | "other" | undefined {
  const kinds = [inputs, outputs].flatMap((side) =>
    side.kind === "list" ? side.layers.map(({ kind }) => kind) : [side.kind],
  );
  return (["secret", "other"] as const).find((kind) => kinds.includes(kind));
}

function parsed(texts: readonly string[]): LayerVersionArn[] {
  return texts.flatMap((text) => parseLayerVersionArn(text) ?? []);
}
