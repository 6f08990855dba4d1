import { layerArn, parseLayerVersionArn } from "../sdk/core/arn";
import type { TargetOf } from "../sdk/core/assess";
import type { DeclaredLayers } from "../sdk/core/config/declared";
import { declaredLayersOf } from "../sdk/core/goal";
import type { FunctionSelection, LiveFunction } from "../sdk/core/live";
import { type LayerMove, movesBetween } from "../sdk/core/moves";
import { isAsDeclared, type LayerTarget } from "../sdk/core/plan";
import { assessedFunction, assessedLive, type LayerHints } from "../sdk/core/recorded";

/** Function to layer to version. A layer goes by its name; where a function has two of one name, by its ARN. */
export type Versions = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** The version that a layer has to be at; `>=5` where newer ones are fine too. */
export type Target = number | `>=${number}`;

/** Function to layer to target. */
export type Targets = Readonly<Record<string, Readonly<Record<string, Target>>>>;

/** What the program hands to `check` and what is never recorded. */
export interface Request {
  readonly dryRun: boolean;
  readonly declared: DeclaredLayers;
  /** The account of the settings. */
  readonly accountId?: string;
  readonly validateLayerExists: boolean;
  readonly selection: FunctionSelection;
  /**
   * Functions whose layers the program sets itself, to leave out: by physical name, or by logical name where Pulumi makes
   * one up; and as `TYPE::NAME` those that it declares without.
   */
  readonly pinned: {
    readonly names: readonly string[];
    readonly autoNamed: readonly string[];
    readonly others?: readonly string[];
  };
  /** Physical names of such functions whose outputs are among the selected names; no list where that is not known yet. */
  readonly pinnedBehindNames: readonly string[] | string;
  /** Names of layers that the program publishes: what a preview does not find of these may be there in the update. */
  readonly ownLayers?: readonly string[];
  /** What the stack's state records of functions; absent if nobody asked. */
  readonly stack?: StackRecords;
}

/** A function that the stack's state records as a resource of its own, with layers. */
export interface OwnedFunction {
  readonly arn: string;
  /** `TYPE::NAME`, with the logical name. */
  readonly resource: string;
}

/** What another `LayerVersions` resource of the stack records. */
export interface OtherRecord extends Pick<Settings, "region" | "profile" | "roleArn"> {
  /** Its logical name. */
  readonly name: string;
  readonly functions: Versions;
  readonly before: Versions;
}

/** What the state of the stack that is being previewed or updated says about functions, as the last update left it. */
export interface StackRecords {
  readonly owned: readonly OwnedFunction[];
  readonly others: readonly OtherRecord[];
}

/** What is recorded in state, in inputs and outputs alike. */
export interface Settings {
  readonly configFile: string;
  readonly region?: string;
  readonly profile?: string;
  readonly roleArn?: string;
  readonly onDelete?: "keep" | "restore";
  /** The versions found before the first change, for `onDelete: "restore"`. */
  readonly before: Versions;
}

/** The outputs. */
export interface Recorded extends Settings {
  /** Live versions. */
  readonly functions: Versions;
  /**
   * Of layers that a refresh found moved by somebody else, the versions that this resource had left; of those whose last
   * update is not known to be carried out, the versions that it would have left.
   */
  readonly left?: Versions;
}

/** The inputs that `check` returns. After a refresh the recorded ones hold live versions as targets. */
export interface Checked extends Settings {
  readonly functions: Targets;
  /** The live versions of layers that were moved away from where they were recorded. */
  readonly drift?: Versions;
  /** Recorded layers that AWS has lost, as the layer version ARNs that are attached again. */
  readonly lost?: LostLayers;
}

/** Function to layer to layer version ARN. */
export type LostLayers = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Whether two records are about functions of the same account and region, so that one can be compared with the other. */
export function sameTarget(a: Partial<Settings>, b: Partial<Settings>): boolean {
  return a.region === b.region && a.profile === b.profile && a.roleArn === b.roleArn;
}

/** One function's layers by the key they are recorded under. */
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

/** The version in a layer version ARN; undefined if there is none. */
export function versionOf(text: string | undefined): number | undefined {
  return parseLayerVersionArn(text ?? "")?.version;
}

/** Whether a live version is where it was recorded to be. */
function satisfies(live: number | undefined, target: Target | undefined): boolean {
  return live !== undefined && target !== undefined && isAsDeclared(live, ruleOf(target));
}

function ruleOf(target: Target): LayerTarget {
  if (typeof target === "number") return { version: target, enforce: "exact" };
  return { version: Number(target.slice(">=".length)), enforce: "minimum" };
}

/** Layer to the version that it is moved to, if it has to be. */
export function targetVersions(targets: Targets[string] = {}): Record<string, number> {
  return Object.fromEntries(Object.entries(targets).map(([layer, target]) => [layer, ruleOf(target).version]));
}

/** Of these targets, those that a function is not known to be at, as the versions that it may have been moved to. */
export function openTargets(live: Versions[string] = {}, targets: Targets[string] = {}): Record<string, number> {
  return targetVersions(Object.fromEntries(Object.entries(targets).filter(([key, to]) => !satisfies(live[key], to))));
}

/** A live function and the layers that it is to have. */
export interface FunctionPlan {
  readonly function: LiveFunction;
  /** The whole list, in merge order. */
  readonly layers: readonly string[];
  /** What differs from the live list. */
  readonly moves: readonly LayerMove[];
}

/**
 * What functions are to have: declared layers as declared, and those back that were recorded and that AWS has lost.
 * @throws LayersError `layer-ambiguous`
 */
export function planFunctions(
  live: readonly LiveFunction[],
  targetOf: TargetOf,
  recorded: Pick<Partial<Checked>, "functions" | "before">,
  hints: Omit<LayerHints, "known">,
): FunctionPlan[] {
  const running = live.flatMap(({ layers }) => layers.flatMap((text) => parseLayerVersionArn(text) ?? []));
  const known = new Map(running.map((layer) => [layer.name, layer]));
  return live.map((fn) => {
    // A refresh takes a lost layer out of `functions`, and leaves `before` as it is.
    const targets = Object.entries({ ...recorded.before?.[fn.name], ...recorded.functions?.[fn.name] });
    const layers = Object.fromEntries(targets.map(([key, target]) => [key, ruleOf(target).version]));
    const by = { kind: "resource", layers: fn.packageType === "Image" ? {} : layers } as const;
    const assessed = assessedFunction({ ...fn, region: undefined, urn: "", by }, fn, { ...hints, known });
    const goal = declaredLayersOf(assessed, fn.layers, targetOf);
    return { function: fn, layers: goal, moves: movesBetween(fn.layers, goal) };
  });
}

/** What `check` records: targets from the config, and how the live functions stand to what was recorded before. */
export function planRecord(
  plans: readonly FunctionPlan[],
  targetOf: TargetOf,
  recorded: Pick<Partial<Checked>, "functions" | "before">,
): Pick<Checked, "functions" | "before" | "drift" | "lost"> {
  const targets: Record<string, Record<string, Target>> = {};
  const before: Record<string, Record<string, number>> = {};
  const drift: Record<string, Record<string, number>> = {};
  const lost: Record<string, Record<string, string>> = {};
  for (const { function: fn, layers, moves } of plans) {
    for (const [key, text] of layersByKey(layers)) {
      const layer = parseLayerVersionArn(text);
      const target = layer && targetOf(layer, fn);
      if (!target) continue;
      const move = moves.find((one) => one.layer === layerArn(layer));
      const live = move ? move.from : layer.version;
      const first = recorded.before?.[fn.name]?.[key] ?? live;
      const last = recorded.functions?.[fn.name]?.[key];
      set(targets, fn.name, key, target.enforce === "minimum" ? (`>=${target.version}` as const) : target.version);
      if (first !== null) set(before, fn.name, key, first);
      if (live === null) set(lost, fn.name, key, text);
      // A version that moves because the config does is no drift, and neither is what an earlier run got done.
      else if (move && last !== undefined && !satisfies(live, last)) set(drift, fn.name, key, live);
    }
  }
  return {
    functions: targets,
    before,
    ...(Object.keys(drift).length > 0 && { drift }),
    ...(Object.keys(lost).length > 0 && { lost }),
  };
}

/** Whether these live versions are of just these layers and all where they have to be. */
export function isSettled(live: Versions, targets: Targets): boolean {
  const names = Object.keys(targets);
  return (
    names.length === Object.keys(live).length && names.every((name) => isFunctionSettled(live[name], targets[name]))
  );
}

/** The same of one function. */
export function isFunctionSettled(live: Versions[string] = {}, targets: Targets[string] = {}): boolean {
  const keys = Object.keys(targets);
  return keys.length === Object.keys(live).length && keys.every((key) => satisfies(live[key], targets[key]));
}

/** The functions that are not known to be where they have to be. */
export function movingFunctions({ functions, drift, lost }: Checked, lastSeen: Versions): ReadonlySet<string> {
  const moves = (name: string) => drift?.[name] || lost?.[name] || !isFunctionSettled(lastSeen[name], functions[name]);
  return new Set(Object.keys(functions).filter(moves));
}

/** The live versions of recorded layers; layers and functions that are gone are left out. */
export function liveVersions(live: readonly Pick<LiveFunction, "name" | "layers">[], recorded: Targets): Versions {
  const result: Record<string, Record<string, number>> = {};
  for (const { name, layers } of live) {
    const byKey = layersByKey(layers);
    for (const key of Object.keys(recorded[name] ?? {})) {
      const version = versionOf(byKey.get(key));
      if (version !== undefined) set(result, name, key, version);
    }
  }
  return result;
}

/**
 * A function's list with recorded layers at their targets, and lost ones at its end: order kept, others untouched.
 * @param lost layer version ARNs by the keys of their targets
 */
export function withTargets(
  fn: LiveFunction,
  targets: Readonly<Record<string, Target>>,
  lost: Readonly<Record<string, string>> = {},
): string[] {
  const layers = Object.values(lost).flatMap((text) => parseLayerVersionArn(text) ?? []);
  const keys = new Map(
    [...layersByKey([...fn.layers, ...Object.values(lost)])].map(([key, text]) => [text.replace(/:\d+$/, ""), key]),
  );
  const targetOf: TargetOf = (layer) => {
    const target = targets[keys.get(layerArn(layer)) ?? ""];
    return target === undefined ? undefined : ruleOf(target);
  };
  const recorded = { layers, complete: true };
  return declaredLayersOf({ ...assessedLive(fn), recordedBy: "resource", recorded }, fn.layers, targetOf);
}

/** `first` with what only `second` has. */
export function mergeVersions(first: Versions | undefined, second: Versions | undefined): Versions {
  const names = new Set([...Object.keys(first ?? {}), ...Object.keys(second ?? {})]);
  return Object.fromEntries([...names].map((name) => [name, { ...second?.[name], ...first?.[name] }]));
}

function set<T>(versions: Record<string, Record<string, T>>, name: string, key: string, version: T): void {
  versions[name] = { ...versions[name], [key]: version };
}

/** Just what is recorded, without what is undefined, which a state cannot hold. */
export function settingsOf({ configFile, region, profile, roleArn, onDelete, before }: Settings): Settings {
  const settings = { configFile, region, profile, roleArn, onDelete, before: before ?? {} };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as unknown as Settings;
}
