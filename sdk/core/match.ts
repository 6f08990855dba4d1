import { type LayerVersionArn, layerArn } from "./arn";
import { type DeclaredLayer, type DeclaredLayers, declaredAt } from "./config/declared";
import { LayersError } from "./errors";
import { fitsGlob, type Glob, globOf, isGlob } from "./glob";

// Most specific first.
const matchRules = ["arn", "exact name", "name and stack", "name", "glob"] as const;

/** How an entry matched a layer. */
export type MatchRule = (typeof matchRules)[number];

/** What it takes to match an entry with layers: in a program, the version may not be known yet. */
export type Matchable = Pick<DeclaredLayer, "key" | "arn" | "names" | "source">;

/** The entry that declares a layer, and why it is that one. */
export interface Match<Entry extends Matchable = DeclaredLayer> {
  readonly declared: Entry;
  readonly rule: MatchRule;
}

/**
 * Finds the entry that declares a layer; undefined where none does.
 * @throws LayersError `layer-ambiguous` where two entries match by the same rule.
 */
export type Matcher<Entry extends Matchable = DeclaredLayer> = (layer: LayerVersionArn) => Match<Entry> | undefined;

/** Builds the matcher of one stack's declared layers. Matching a layer takes constant time, globs apart. */
export function createMatcher<Entry extends Matchable = DeclaredLayer>({
  stack,
  layers,
}: Omit<DeclaredLayers, "file" | "layers"> & {
  readonly file?: string;
  readonly layers: readonly Entry[];
}): Matcher<Entry> {
  // One index a rule, so that a lookup asks four maps instead of every entry.
  const byArn = new Map<string, Entry[]>();
  const byName = new Map<Exclude<MatchRule, "arn" | "glob">, Map<string, Entry[]>>();
  const globs: { glob: Glob; declared: Entry }[] = [];
  const index = (rule: "exact name" | "name and stack" | "name", name: string, declared: Entry) => {
    const names = byName.get(rule) ?? new Map<string, Entry[]>();
    byName.set(rule, names);
    add(names, name, declared);
  };
  for (const declared of layers) {
    if (declared.arn) add(byArn, declared.arn, declared);
    for (const name of declared.names ?? []) {
      if (isGlob(name)) globs.push({ glob: globOf(name), declared });
      else index("exact name", name, declared);
    }
    if (declared.arn || declared.names) continue;
    index("name and stack", `${declared.key}-${stack}`, declared);
    index("name and stack", `${stack}-${declared.key}`, declared);
    index("name", declared.key, declared);
  }

  const candidates = (rule: MatchRule, layer: LayerVersionArn): Entry[] => {
    if (rule === "arn") return byArn.get(layerArn(layer)) ?? [];
    if (rule === "glob") return globs.filter(({ glob }) => fitsGlob(layer.name, glob)).map(({ declared }) => declared);
    return byName.get(rule)?.get(layer.name) ?? [];
  };
  const find: Matcher<Entry> = (layer) => {
    for (const rule of matchRules) {
      const [first, ...others] = new Set(candidates(rule, layer));
      if (others[0] && first) throw ambiguous(layer, rule, first, others[0]);
      if (first) return { declared: first, rule };
    }
    return undefined;
  };
  return memoized(find);
}

/** A fleet has few distinct layers and many functions. */
function memoized<Entry extends Matchable>(find: Matcher<Entry>): Matcher<Entry> {
  const found = new Map<string, Match<Entry> | undefined>();
  return (layer) => {
    const key = layerArn(layer);
    if (!found.has(key)) found.set(key, find(layer));
    return found.get(key);
  };
}

function add<Entry>(names: Map<string, Entry[]>, name: string, declared: Entry): void {
  const known = names.get(name);
  if (known) known.push(declared);
  else names.set(name, [declared]);
}

function ambiguous(layer: LayerVersionArn, rule: MatchRule, a: Matchable, b: Matchable): LayersError {
  const where = (entry: Matchable) => `"${entry.key}" (${declaredAt(entry)})`;
  return new LayersError(
    "layer-ambiguous",
    `Layer ${layer.name} is declared twice: ${where(a)} and ${where(b)} both match it by ${rule}.`,
    { next: `Remove one of the two entries, or give the one that is meant \`arn: ${layerArn(layer)}\`.` },
  );
}
