import { layerArn, parseLayerVersionArn } from "../../sdk/core/arn";
import { declaredLayersOf } from "../../sdk/core/goal";
import type { LiveFunction } from "../../sdk/core/live";
import { assessedLive } from "../../sdk/core/recorded";
import { isAsDeclared, type LayerTarget, type TargetOf } from "../../sdk/core/target";
import type { Checked, RecordedVersion, Target, Targets, Versions } from "./record";

// Compares recorded versions and targets with the layers of functions.

/** One function's layers by record key. */
export function layersByKey(layers: readonly string[]): ReadonlyMap<string, string> {
  const parsed = layers.flatMap((text) => {
    const arn = parseLayerVersionArn(text);
    return arn ? [{ text, arn }] : [];
  });
  const twice = new Set(
    parsed.map(({ arn }) => arn.name).filter((name, index, names) => names.indexOf(name) !== index),
  );
  return new Map(parsed.map(({ text, arn }) => [twice.has(arn.name) ? layerArn(arn) : arn.name, text]));
}

/**
 * The live value for a layer's key: the layer's version, or the full ARN of a layer that it may have replaced;
 * undefined if there is none.
 * @param hints what is recorded under the key
 */
export function liveVersion(
  layers: readonly string[],
  key: string,
  hints: readonly (RecordedVersion | undefined)[] = [],
): RecordedVersion | undefined {
  const version = parseLayerVersionArn(layersByKey(layers).get(key) ?? "")?.version;
  if (version !== undefined) return version;
  const others = hints.flatMap((hint) => (typeof hint === "string" ? hint.slice(0, hint.lastIndexOf(":") + 1) : []));
  return layers.find((text) => others.some((layer) => text.startsWith(layer)));
}

/** Whether a live version is as recorded. */
export function satisfies(live: RecordedVersion | undefined, target: Target | RecordedVersion | undefined): boolean {
  if (live === undefined || target === undefined) return false;
  const rule = ruleOf(target);
  if (typeof live === "string") return live === rule.arn;
  return rule.arn === undefined && isAsDeclared(live, rule);
}

/** The rule of a target. @returns `arn` if it belongs to a layer other than the key's */
export function ruleOf(target: Target | RecordedVersion): LayerTarget & { readonly arn?: string } {
  if (typeof target === "number") return { version: target, enforce: "exact" };
  if (target.startsWith(">=")) return { version: Number(target.slice(">=".length)), enforce: "minimum" };
  return { version: parseLayerVersionArn(target)?.version ?? 0, enforce: "exact", arn: target };
}

/** Layer to its new version, for layers that must move. */
export function targetVersions(targets: Targets[string] = {}): Record<string, number> {
  return Object.fromEntries(Object.entries(targets).map(([layer, target]) => [layer, ruleOf(target).version]));
}

/** The targets that a function is not known to have reached, as the versions that it may have been moved to. */
export function openTargets(live: Versions[string] = {}, targets: Targets[string] = {}): Record<string, number> {
  return targetVersions(Object.fromEntries(Object.entries(targets).filter(([key, to]) => !satisfies(live[key], to))));
}

/** Whether these live versions cover exactly these layers and match their targets. */
export function isSettled(live: Versions, targets: Targets): boolean {
  const names = Object.keys(targets);
  return (
    names.length === Object.keys(live).length && names.every((name) => isFunctionSettled(live[name], targets[name]))
  );
}

/** The same for one function. */
export function isFunctionSettled(live: Versions[string] = {}, targets: Targets[string] = {}): boolean {
  const keys = Object.keys(targets);
  return keys.length === Object.keys(live).length && keys.every((key) => satisfies(live[key], targets[key]));
}

/** The functions that are not known to have their targets. */
export function movingFunctions(
  { functions, drift, lost, moves: comes }: Checked,
  lastSeen: Versions,
): ReadonlySet<string> {
  const moves = (name: string) =>
    drift?.[name] || lost?.[name] || comes?.[name] || !isFunctionSettled(lastSeen[name], functions[name]);
  return new Set(Object.keys(functions).filter(moves));
}

/**
 * The live versions of recorded layers; layers and functions that are gone are left out.
 * @param before their original versions, to recognise a layer that has been restored
 */
export function liveVersions(
  live: readonly Pick<LiveFunction, "name" | "layers">[],
  recorded: Targets | Versions,
  before: Versions = {},
): Versions {
  const result: Record<string, Record<string, RecordedVersion>> = {};
  for (const { name, layers } of live) {
    for (const [key, target] of Object.entries(recorded[name] ?? {})) {
      const version = liveVersion(layers, key, [target, before[name]?.[key]]);
      if (version !== undefined) set(result, name, key, version);
    }
  }
  return result;
}

/**
 * A function's list with recorded layers at their targets, and lost ones appended: order kept, others untouched.
 * @param lost layer version ARNs by the keys of their targets
 * @param moves new layer version ARNs, by the ARNs of the layers to replace
 */
export function withTargets(
  fn: LiveFunction,
  targets: Readonly<Record<string, Target | RecordedVersion>>,
  lost: Readonly<Record<string, string>> = {},
  moves: Readonly<Record<string, string>> = {},
): string[] {
  const layers = Object.values(lost).flatMap((text) => parseLayerVersionArn(text) ?? []);
  const keys = new Map(
    [...layersByKey([...fn.layers, ...Object.values(lost)])].map(([key, text]) => [text.replace(/:\d+$/, ""), key]),
  );
  const targetOf: TargetOf = (layer) => {
    const arn = layerArn(layer);
    const comes = moves[arn];
    if (comes !== undefined) return movedTo(arn, comes);
    const target = targets[keys.get(arn) ?? ""];
    if (target === undefined) return undefined;
    const rule = ruleOf(target);
    return rule.arn === undefined ? rule : movedTo(arn, rule.arn);
  };
  const recorded = { layers, complete: true };
  return declaredLayersOf({ ...assessedLive(fn), recordedBy: "resource", recorded }, fn.layers, targetOf);
}

/** The target for this layer version. */
function movedTo(arn: string, text: string): LayerTarget {
  const by = text.slice(0, text.lastIndexOf(":"));
  return { version: parseLayerVersionArn(text)?.version ?? 0, enforce: "exact", ...(by !== arn && { by }) };
}

/** `first`, completed from `second`. */
export function mergeVersions(first: Versions | undefined, second: Versions | undefined): Versions {
  const names = new Set([...Object.keys(first ?? {}), ...Object.keys(second ?? {})]);
  return Object.fromEntries([...names].map((name) => [name, { ...second?.[name], ...first?.[name] }]));
}

/** Sets one version of one function, without changing older objects. */
export function set<T>(versions: Record<string, Record<string, T>>, name: string, key: string, version: T): void {
  versions[name] = { ...versions[name], [key]: version };
}
