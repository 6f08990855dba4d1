import { type LayerVersionArn, layerArn } from "./arn";
import type { NoTarget } from "./form";
import { type DeclaredTarget, isAsDeclared, isTarget, type TargetOf, targetArnOf } from "./target";

// The single source of drift: every view, count and exit status is derived from it.

/** The layers that a function has in one place: in Pulumi's state, or in AWS. */
export interface SeenLayers {
  /** In merge order. */
  readonly layers: readonly LayerVersionArn[];
  /** Recorded besides those that count, as inputs are besides outputs; they matter if they are not as declared. */
  readonly others?: readonly LayerVersionArn[];
  /** False if there may be layers that could not be read: a secret, or no response from AWS. */
  readonly complete: boolean;
}

/** A function, as far as it is known. */
export interface AssessedFunction {
  /** Its name in AWS. */
  readonly name: string;
  /** Its ARN; undefined if unknown. */
  readonly arn: string | undefined;
  readonly region: string | undefined;
  /** Twelve digits. */
  readonly account: string | undefined;
  /** The resource that records it; undefined if none does. */
  readonly urn: string | undefined;
  /** Whether it is the function's own resource, or a `LayerVersions` resource that reconciles it. */
  readonly recordedBy: "function" | "resource" | undefined;
  /** Undefined if not requested, as for a function that nothing records. */
  readonly recorded: SeenLayers | undefined;
  /** Undefined if not requested. */
  readonly live: SeenLayers | undefined;
  /** Whether AWS was asked and has no such function, or another one that cannot have layers. */
  readonly isGone?: true;
  /** Whether AWS has a container image in its place. */
  readonly isImage?: true;
  /** As live, otherwise as recorded; undefined if neither is known. */
  readonly runtime?: string | undefined;
  /** The same; empty if none is given, which means x86_64. */
  readonly architectures?: readonly string[] | undefined;
}

/** A layer version in one place. `absent`: known not to be attached. `unknown`: it could not be read. */
export type KnownVersion = number | "absent" | "unknown";

/** The places that a layer of a function can have a version in, in the order of views. */
export const places = ["recorded", "live"] as const;

/** One of {@link places}. */
export type Place = (typeof places)[number];

/** The status of one layer of one function. */
export type Verdict = "as-declared" | "drift" | "unknown" | "undeclared";

/** What is declared, recorded and live for one layer of one function, and the verdict. */
export interface Standing {
  readonly fn: AssessedFunction;
  /** The layer; undefined for layers of the function that could not be read at all. */
  readonly layer: LayerVersionArn | undefined;
  /** Undefined if no entry covers the layer, or its target cannot be determined: see `noTarget`. */
  readonly target: DeclaredTarget | undefined;
  /** Set if an entry covers the layer, but its target cannot be determined. */
  readonly noTarget?: NoTarget;
  /** Undefined if not requested. */
  readonly recorded: KnownVersion | undefined;
  /** Undefined if not requested. */
  readonly live: KnownVersion | undefined;
  readonly verdict: Verdict;
  /** Whether the function has lost the layer in AWS: it is recorded and declared, but known not to be attached. */
  readonly isLost: boolean;
  /** Whether the function has the layer twice or more in one place. */
  readonly isTwice: boolean;
}

/** The totals of standings. A layer of two functions counts twice. */
export interface Totals {
  /** Functions with layers. */
  readonly functions: number;
  readonly layersOfFunctions: number;
  readonly drift: number;
  readonly unknown: number;
}

/** The standings of functions, in the order of the functions; for each, the recorded layers first. */
export function assess(functions: Iterable<AssessedFunction>, targetOf: TargetOf): Standing[] {
  return [...functions].flatMap((fn) => standingsOf(fn, targetOf));
}

function standingsOf(fn: AssessedFunction, targetOf: TargetOf): Standing[] {
  const { layers: counting = [], others = [] } = fn.recorded ?? {};
  const attached = fn.live?.layers ?? [];
  // A layer is not lost if its successor is attached, or if it is to become one that is attached.
  const isAttached = (arn: string) =>
    attached.some((layer) => layerArn(layer) === arn || successorOf(layer, fn, targetOf) === arn);
  const standings: Standing[] = [];
  for (const arn of new Set([...counting, ...others, ...attached].map(layerArn))) {
    const isIts = (layer: LayerVersionArn) => layerArn(layer) === arn;
    const [own, running, its] = [counting.filter(isIts), attached.filter(isIts), others.filter(isIts)];
    const layer = own[0] ?? running[0] ?? its[0];
    if (!layer) continue;
    const found = targetOf(layer, fn);
    const target = isTarget(found) ? found : undefined;
    const noTarget = isTarget(found) ? undefined : found;
    const isWrong = ({ version }: LayerVersionArn) => target !== undefined && !isAsDeclared(version, target);
    // Layers that do not count matter only if they are wrong.
    const beside = its.filter(isWrong);
    if (own.length + running.length + beside.length === 0) continue;
    const recorded = versionIn([...own, ...beside], fn.recorded, isWrong);
    const live = versionIn(running, fn.live, isWrong);
    const isLost = target !== undefined && own.length > 0 && live === "absent" && !isAttached(target.by ?? arn);
    const isTwice = own.length > 1 || running.length > 1;
    const verdict = verdictOf({ recorded, live, target, noTarget, isLost });
    standings.push({ fn, layer, target, recorded, live, verdict, isLost, isTwice, ...(noTarget && { noTarget }) });
  }
  if (fn.recorded?.complete === false && !standings.some((one) => one.recorded === "unknown")) {
    const live = fn.live && (fn.live.complete ? "absent" : "unknown");
    const nothing = { layer: undefined, target: undefined, isLost: false, isTwice: false };
    standings.push({ fn, ...nothing, recorded: "unknown", live, verdict: "unknown" });
  }
  // Without this, a function that nothing records and AWS did not describe would be skipped, as after an update with an
  // unknown outcome.
  if (fn.recorded === undefined && fn.live?.complete === false && !standings.some((one) => one.live === "unknown")) {
    const nothing = { layer: undefined, target: undefined, isLost: false, isTwice: false };
    standings.push({ fn, ...nothing, recorded: undefined, live: "unknown", verdict: "unknown" });
  }
  return standings;
}

/** The layer that replaces another one, as an ARN without version; undefined if none does. */
function successorOf(layer: LayerVersionArn, fn: AssessedFunction, targetOf: TargetOf): string | undefined {
  const target = targetOf(layer, fn);
  return isTarget(target) ? target.by : undefined;
}

/** If a layer is present more than once, the version that is not as declared decides. */
function versionIn(
  found: readonly LayerVersionArn[],
  seen: SeenLayers | undefined,
  isWrong: (layer: LayerVersionArn) => boolean,
): KnownVersion | undefined {
  if (seen === undefined) return undefined;
  const shown = found.find(isWrong) ?? found[0];
  return shown?.version ?? (seen.complete ? "absent" : "unknown");
}

/** What a verdict depends on. */
type Found = Pick<Standing, "target" | "isLost" | Place>;

function verdictOf(standing: Found & { readonly noTarget: NoTarget | undefined }): Verdict {
  if (standing.noTarget) return "unknown";
  if (standing.target === undefined) return "undeclared";
  if (places.some((place) => isDrifted(standing, place))) return "drift";
  return places.some((place) => standing[place] === "unknown") ? "unknown" : "as-declared";
}

/** Whether one of the two places is not as declared: another version, or none although one is recorded. */
export function isDrifted(found: Found, place: Place): boolean {
  const { target, isLost, [place]: version } = found;
  if (typeof version !== "number") return place === "live" && isLost;
  return target !== undefined && !isAsDeclared(version, target);
}

/** The totals of standings. */
export function totalsOf(standings: readonly Standing[]): Totals {
  const number = (verdict: Verdict) => standings.filter((one) => one.verdict === verdict).length;
  return {
    functions: new Set(standings.map(({ fn }) => fn)).size,
    layersOfFunctions: standings.length,
    drift: number("drift"),
    unknown: number("unknown"),
  };
}

/** The totals of several stacks together. */
export function sumOf(totals: readonly Totals[]): Totals {
  const sum = (key: keyof Totals) => totals.reduce((all, one) => all + one[key], 0);
  return {
    functions: sum("functions"),
    layersOfFunctions: sum("layersOfFunctions"),
    drift: sum("drift"),
    unknown: sum("unknown"),
  };
}

/**
 * The full ARN that restores a lost layer: the recorded version if that is as declared, otherwise the declared one.
 * Undefined if the layer is not lost.
 */
export function lostLayerArn({ isLost, recorded, target, layer }: Standing): string | undefined {
  if (!isLost || target === undefined || layer === undefined) return undefined;
  const isFine = typeof recorded === "number" && isAsDeclared(recorded, target);
  return targetArnOf(layer, isFine ? { ...target, version: recorded } : target);
}

/** The target of a standing as a full layer version ARN; undefined if there is none. */
export function targetArn({ layer, target }: Pick<Standing, "layer" | "target">): string | undefined {
  return layer && target && targetArnOf(layer, target);
}
