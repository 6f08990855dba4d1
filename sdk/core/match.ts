import { type LayerVersionArn, layerArn } from "./arn";
import { type DeclaredLayer, type DeclaredLayers, type DeclaredVariant, declaredAt } from "./config/declared";
import { LayersError } from "./errors";
import { fitsGlob, globOf, isGlob } from "./glob";
import { hasPlaceholder, patternOf } from "./placeholders";

// Most specific first.
const matchRules = ["arn", "arn with placeholders", "exact name", "name and stack", "name", "glob"] as const;

/** How an entry matched a layer. */
export type MatchRule = (typeof matchRules)[number];

/** What matching needs of an entry: in a program, the version may not be known yet. */
export type Matchable = Pick<DeclaredLayer, "key" | "arn" | "names" | "replaces" | "source"> & {
  readonly variants?: readonly DeclaredVariant[];
};

/** The entry that declares a layer, and how it matched. */
export interface Match<Entry extends Matchable = DeclaredLayer> {
  readonly declared: Entry;
  readonly rule: MatchRule;
  /** Set if the entry matched only as a replacement for the layer. */
  readonly isReplaced?: true;
  /** The value of `{stack}`. */
  readonly stack: string;
}

/**
 * Finds the entry that declares a layer; undefined if none does.
 * @throws LayersError `layer-ambiguous` if two entries match by the same rule.
 */
export type Matcher<Entry extends Matchable = DeclaredLayer> = (layer: LayerVersionArn) => Match<Entry> | undefined;

/** What an entry matches in one of its forms. */
interface Form {
  readonly arn?: string | undefined;
  readonly names?: readonly string[] | undefined;
}

/** An entry in one of its forms. */
interface Candidate<Entry> {
  readonly declared: Entry;
  readonly isReplaced: boolean;
}

type Indexed = Exclude<MatchRule, "arn with placeholders" | "glob">;

/**
 * Builds the matcher of one stack's declared layers. Matching a layer takes constant time, except for globs and
 * placeholders.
 */
export function createMatcher<Entry extends Matchable = DeclaredLayer>({
  stack,
  layers,
}: Omit<DeclaredLayers, "file" | "layers"> & {
  readonly file?: string;
  readonly layers: readonly Entry[];
}): Matcher<Entry> {
  // One index per rule, so that a lookup takes a few maps instead of every entry.
  const indexes = new Map<Indexed, Map<string, Candidate<Entry>[]>>();
  const tests = new Map<MatchRule, { fits: (layer: LayerVersionArn) => boolean; one: Candidate<Entry> }[]>();
  const index = (rule: Indexed, text: string, one: Candidate<Entry>) => {
    const known = indexes.get(rule) ?? new Map<string, Candidate<Entry>[]>();
    indexes.set(rule, known);
    add(known, text, one);
  };
  const test = (rule: MatchRule, fits: (layer: LayerVersionArn) => boolean, one: Candidate<Entry>) =>
    add(tests, rule, { fits, one });
  const addArn = (arn: string, one: Candidate<Entry>) => {
    if (isGlob(arn)) {
      const glob = globOf(arn);
      test("glob", (layer) => fitsGlob(layerArn(layer), glob), one);
    } else if (hasPlaceholder(arn)) {
      const pattern = patternOf(arn);
      test("arn with placeholders", (layer) => pattern.test(layerArn(layer)), one);
    } else index("arn", arn, one);
  };
  const addName = (name: string, one: Candidate<Entry>) => {
    const rule = isGlob(name) ? "glob" : "exact name";
    if (hasPlaceholder(name)) {
      const pattern = patternOf(name);
      test(rule, (layer) => pattern.test(layer.name), one);
    } else if (rule === "exact name") index(rule, name, one);
    else {
      const glob = globOf(name);
      test(rule, (layer) => fitsGlob(layer.name, glob), one);
    }
  };
  for (const declared of layers) {
    const one = { declared, isReplaced: false };
    for (const { arn, names } of formsOf(declared)) {
      if (arn) addArn(arn, one);
      for (const name of names ?? []) addName(name, one);
    }
    for (const text of declared.replaces ?? []) {
      const other = { declared, isReplaced: true };
      if (text.startsWith("arn:")) addArn(text, other);
      else addName(text, other);
    }
    if (declared.arn || declared.names) continue;
    index("name and stack", `${declared.key}-${stack}`, one);
    index("name and stack", `${stack}-${declared.key}`, one);
    index("name", declared.key, one);
  }

  const candidates = (rule: MatchRule, layer: LayerVersionArn): Candidate<Entry>[] => {
    const found =
      tests
        .get(rule)
        ?.filter(({ fits }) => fits(layer))
        .map(({ one }) => one) ?? [];
    if (rule === "arn") return indexes.get(rule)?.get(layerArn(layer)) ?? [];
    if (rule === "arn with placeholders" || rule === "glob") return found;
    return [...(indexes.get(rule)?.get(layer.name) ?? []), ...found];
  };
  const find: Matcher<Entry> = (layer) => {
    for (const rule of matchRules) {
      const found = candidates(rule, layer);
      const [first, ...others] = new Set(found.map(({ declared }) => declared));
      if (others[0] && first) throw ambiguous(layer, rule, first, others[0]);
      if (!first) continue;
      return { declared: first, rule, stack, ...(found.every((one) => one.isReplaced) && { isReplaced: true }) };
    }
    return undefined;
  };
  return memoized(find);
}

/** What an entry matches: its own form and those of its variants. */
function formsOf({ arn, names, variants = [] }: Matchable): Form[] {
  return [{ arn, names }, ...variants.map(({ fields }) => fields)];
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

/** In constant time. */
function add<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = lists.get(key);
  if (known) known.push(value);
  else lists.set(key, [value]);
}

function ambiguous(layer: LayerVersionArn, rule: MatchRule, a: Matchable, b: Matchable): LayersError {
  const where = (entry: Matchable) => `"${entry.key}" (${declaredAt(entry)})`;
  return new LayersError(
    "layer-ambiguous",
    `Layer ${layer.name} is declared twice: ${where(a)} and ${where(b)} both match it by ${rule}.`,
    { next: `Remove one of the two entries, or give the one that is meant \`arn: ${layerArn(layer)}\`.` },
  );
}
