import { layerArn, parseLayerVersionArn } from "../sdk/core/arn";
import type { DeclaredLayers } from "../sdk/core/config/declared";
import type { FunctionSelection, LiveFunction } from "../sdk/core/live";
import type { Matcher } from "../sdk/core/match";

/** Function to layer to version. A layer goes by its name; where a function has two of one name, by its ARN. */
export type Versions = Readonly<Record<string, Readonly<Record<string, number>>>>;

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
export interface Recorded {
  readonly configFile: string;
  readonly region?: string;
  readonly profile?: string;
  readonly roleArn?: string;
  readonly onDelete?: "keep" | "restore";
  /** In inputs the versions that the layers have to be at, in outputs the live ones. */
  readonly functions: Versions;
  /** The versions found before the first change, for `onDelete: "restore"`. */
  readonly before: Versions;
}

/** The inputs that `check` returns. */
export interface Checked extends Recorded {
  /** The live versions of functions that were changed since they were recorded. */
  readonly drift?: Versions;
}

/** Whether two records are about functions of the same account and region, so that one can be compared with the other. */
export function sameTarget(a: Partial<Recorded>, b: Partial<Recorded>): boolean {
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

function versionOf(layer: string | undefined): number | undefined {
  return layer === undefined ? undefined : parseLayerVersionArn(layer)?.version;
}

/** What `check` records: targets from the config, and how the live functions stand to what was recorded before. */
export function planRecord(
  live: readonly LiveFunction[],
  matcher: Matcher,
  recorded: { readonly functions?: Versions; readonly before?: Versions },
): Pick<Checked, "functions" | "before" | "drift"> {
  const targets: Record<string, Record<string, number>> = {};
  const before: Record<string, Record<string, number>> = {};
  const drift: Record<string, Record<string, number>> = {};
  for (const { name, layers } of live) {
    for (const [key, layer] of layersByKey(layers)) {
      const arn = parseLayerVersionArn(layer);
      const match = arn && matcher(arn);
      if (!match) continue;
      const last = recorded.functions?.[name]?.[key];
      const target = targetVersion(arn.version, match.declared, last);
      set(targets, name, key, target);
      set(before, name, key, recorded.before?.[name]?.[key] ?? arn.version);
      // A version that moves because the config does is no drift, and neither is what an earlier run got done.
      if (last !== undefined && arn.version !== last && arn.version !== target) set(drift, name, key, arn.version);
    }
  }
  return { functions: targets, before, ...(Object.keys(drift).length > 0 && { drift }) };
}

function targetVersion(
  live: number,
  { version, enforce }: { readonly version: number; readonly enforce: "exact" | "minimum" },
  last: number | undefined,
): number {
  if (enforce === "exact" || live < version) return version;
  // Newer than the minimum is fine, and so is what was recorded: moving between the two is not worth a diff.
  return last !== undefined && last >= version ? last : live;
}

/** The live versions of recorded layers; layers and functions that are gone are left out. */
export function liveVersions(live: readonly Pick<LiveFunction, "name" | "layers">[], recorded: Versions): Versions {
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

/** A function's list with recorded layers at the given versions: same order, everything else untouched. */
export function withVersions(layers: readonly string[], versions: Readonly<Record<string, number>>): string[] {
  const keys = new Map([...layersByKey(layers)].map(([key, text]) => [text, key]));
  return layers.map((text) => {
    const version = versions[keys.get(text) ?? ""];
    const arn = parseLayerVersionArn(text);
    return version === undefined || !arn ? text : `${layerArn(arn)}:${version}`;
  });
}

/** `first` with what only `second` has. */
export function mergeVersions(first: Versions | undefined, second: Versions | undefined): Versions {
  const names = new Set([...Object.keys(first ?? {}), ...Object.keys(second ?? {})]);
  return Object.fromEntries([...names].map((name) => [name, { ...second?.[name], ...first?.[name] }]));
}

/** Whether both hold the same versions. */
export function sameVersions(a: Versions | undefined, b: Versions | undefined): boolean {
  const text = (versions: Versions | undefined) =>
    JSON.stringify(
      Object.entries(versions ?? {})
        .map(([name, layers]) => [name, Object.entries(layers).sort()])
        .sort(),
    );
  return text(a) === text(b);
}

function set(versions: Record<string, Record<string, number>>, name: string, key: string, version: number): void {
  versions[name] = { ...versions[name], [key]: version };
}
