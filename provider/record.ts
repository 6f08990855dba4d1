import { layerArn, parseLayerVersionArn } from "../sdk/core/arn";
import type { DeclaredLayers } from "../sdk/core/config/declared";
import type { FunctionSelection, LiveFunction } from "../sdk/core/live";
import type { Matcher } from "../sdk/core/match";

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
  readonly validateLayerExists: boolean;
  readonly selection: FunctionSelection;
  /** Functions that the program pins itself, to leave out: by physical name, or by logical name where Pulumi makes one up. */
  readonly pinned: { readonly names: readonly string[]; readonly autoNamed: readonly string[] };
  /** Physical names of pinned functions whose outputs are among the selected names; no list where that is not known yet. */
  readonly pinnedBehindNames: readonly string[] | string;
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
}

/** The inputs that `check` returns. After a refresh the recorded ones hold live versions as targets. */
export interface Checked extends Settings {
  readonly functions: Targets;
  /** The live versions of layers that were moved away from where they were recorded. */
  readonly drift?: Versions;
}

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

/** Whether a live version is where it has to be. */
export function satisfies(live: number | undefined, target: Target | undefined): boolean {
  if (live === undefined || target === undefined) return false;
  return typeof target === "number" ? live === target : live >= versionOf(target);
}

function versionOf(target: Target): number {
  return typeof target === "number" ? target : Number(target.slice(">=".length));
}

/** What `check` records: targets from the config, and how the live functions stand to what was recorded before. */
export function planRecord(
  live: readonly LiveFunction[],
  matcher: Matcher,
  recorded: { readonly functions?: Targets; readonly before?: Versions },
): Pick<Checked, "functions" | "before" | "drift"> {
  const targets: Record<string, Record<string, Target>> = {};
  const before: Record<string, Record<string, number>> = {};
  const drift: Record<string, Record<string, number>> = {};
  for (const { name, layers } of live) {
    for (const [key, layer] of layersByKey(layers)) {
      const arn = parseLayerVersionArn(layer);
      const declared = arn && matcher(arn)?.declared;
      if (!declared) continue;
      const target = declared.enforce === "minimum" ? (`>=${declared.version}` as const) : declared.version;
      const last = recorded.functions?.[name]?.[key];
      set(targets, name, key, target);
      set(before, name, key, recorded.before?.[name]?.[key] ?? arn.version);
      // A version that moves because the config does is no drift, and neither is what an earlier run got done.
      const moved = last !== undefined && !satisfies(arn.version, last);
      if (moved && !satisfies(arn.version, target)) set(drift, name, key, arn.version);
    }
  }
  return { functions: targets, before, ...(Object.keys(drift).length > 0 && { drift }) };
}

/** Whether these live versions are of just these layers and all where they have to be. */
export function isSettled(live: Versions, targets: Targets): boolean {
  const names = Object.keys(targets);
  return (
    names.length === Object.keys(live).length && names.every((name) => isFunctionSettled(live[name], targets[name]))
  );
}

function isFunctionSettled(live: Versions[string] = {}, targets: Targets[string] = {}): boolean {
  const keys = Object.keys(targets);
  return keys.length === Object.keys(live).length && keys.every((key) => satisfies(live[key], targets[key]));
}

/** The functions that are not known to be where they have to be. */
export function movingFunctions({ functions, drift }: Checked, lastSeen: Versions): ReadonlySet<string> {
  const moves = (name: string) => drift?.[name] || !isFunctionSettled(lastSeen[name], functions[name]);
  return new Set(Object.keys(functions).filter(moves));
}

/** The live versions of recorded layers; layers and functions that are gone are left out. */
export function liveVersions(live: readonly Pick<LiveFunction, "name" | "layers">[], recorded: Targets): Versions {
  const result: Record<string, Record<string, number>> = {};
  for (const { name, layers } of live) {
    const byKey = layersByKey(layers);
    for (const key of Object.keys(recorded[name] ?? {})) {
      const version = parseLayerVersionArn(byKey.get(key) ?? "")?.version;
      if (version !== undefined) set(result, name, key, version);
    }
  }
  return result;
}

/** A function's list with recorded layers at their targets: same order, everything else untouched. */
export function withTargets(layers: readonly string[], targets: Readonly<Record<string, Target>>): string[] {
  const keys = new Map([...layersByKey(layers)].map(([key, text]) => [text, key]));
  return layers.map((text) => {
    const target = targets[keys.get(text) ?? ""];
    const arn = parseLayerVersionArn(text);
    if (target === undefined || !arn || satisfies(arn.version, target)) return text;
    return `${layerArn(arn)}:${versionOf(target)}`;
  });
}

/** `first` with what only `second` has. */
export function mergeVersions(first: Versions | undefined, second: Versions | undefined): Versions {
  const names = new Set([...Object.keys(first ?? {}), ...Object.keys(second ?? {})]);
  return Object.fromEntries([...names].map((name) => [name, { ...second?.[name], ...first?.[name] }]));
}

function set<T>(versions: Record<string, Record<string, T>>, name: string, key: string, version: T): void {
  versions[name] = { ...versions[name], [key]: version };
}
