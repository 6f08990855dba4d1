import { type LayerVersionArn, layerArn } from "../arn";

/** One layer of one function, as found. */
export interface LayerUse {
  /** The last part of the stack's name. */
  readonly stack: string;
  /** The function's name in AWS. */
  readonly function: string;
  /** The account that the function is in; undefined if unknown. */
  readonly account: string | undefined;
  readonly layer: LayerVersionArn;
  /** What the function runs on, as far as it is known: see `TargetFacts`. */
  readonly runtime?: string | undefined;
  readonly architectures?: readonly string[] | undefined;
}

/** What a drafted entry declares differently for some functions. */
export interface DraftVariant {
  readonly when: Readonly<Partial<Record<"region" | "runtime" | "architecture", string>>>;
  /** If it is of another account. */
  readonly arn?: string;
  readonly version: number;
  readonly uses: readonly LayerUse[];
}

/** An entry for a config that is yet to be written. */
export interface DraftEntry {
  /** The entry's name. */
  readonly key: string;
  /** The layer's ARN without version; it may have placeholders. Undefined for layers that go by name. */
  readonly arn: string | undefined;
  /** The layer's name with {stack}, if the entry's own name does not match it. */
  readonly names: readonly string[] | undefined;
  /** The version that most functions use in most stacks. */
  readonly version: number;
  /** By stack, if most of the stack's functions use another version. */
  readonly overrides: ReadonlyMap<string, number>;
  /** The functions that no variant covers. */
  readonly uses: readonly LayerUse[];
  /** Default: none. */
  readonly variants?: readonly DraftVariant[];
}

/**
 * Drafts entries that declare for each stack the versions which most of its functions use; in a tie, the newer one. As
 * few stacks as possible get an override. A layer name that contains the stack's name becomes a pattern. Layers of
 * other accounts, and layers whose name exists in several regions or accounts, are declared by ARN; layers of an unknown
 * account (`?`) by name.
 * @returns entries by name; no layer matches two of them
 */
export function draftEntries(uses: readonly LayerUse[]): DraftEntry[] {
  const shared = sharedNames(uses);
  const byTemplate = Map.groupBy(uses, ({ layer: { name }, stack }) =>
    shared.has(name) ? name : template(name, stack),
  );
  const keys = new Set<string>();
  const entries = [...byTemplate].flatMap(([name, ofName]): Omit<DraftEntry, "version" | "overrides">[] => {
    const byArn = Map.groupBy(ofName, ({ layer }) => layerArn({ ...layer, name }));
    const isForeign = ofName.some(
      ({ account = "?", layer }) => ![account, layer.account].includes("?") && account !== layer.account,
    );
    if (isForeign || byArn.size > 1) {
      return [...byArn].map(([arn, ofArn]) => {
        const region = byArn.size > 1 ? `-${arn.split(":")[3]}` : "";
        return { key: unique(`${plainKey(name)}${region}`, keys), arn, names: undefined, uses: ofArn };
      });
    }
    const key = simpleKey(name);
    const isClear = key !== undefined && !keys.has(key) && !meansOthers(key, ofName, uses);
    return [
      { key: unique(key ?? plainKey(name), keys), arn: undefined, names: isClear ? undefined : [name], uses: ofName },
    ];
  });
  return entries.map((entry) => ({ ...entry, ...versionsOf(entry.uses) })).sort(inOrder);
}

/** Layers declared by name come first: they are the ones that users publish themselves. */
function inOrder(a: DraftEntry, b: DraftEntry): number {
  return Number(a.arn !== undefined) - Number(b.arn !== undefined) || (a.key < b.key ? -1 : 1);
}

/** Stands for the stack in a layer's name. */
export const stackMark = "{stack}";

/** The name with {stack} in place of the stack's name, if that is a part of its own between `-` or `_`. */
export function template(name: string, stack: string): string {
  // The only special character of regular expressions in a stack's name is the dot.
  const part = new RegExp(`(?<![A-Za-z0-9])${stack.replaceAll(".", "\\.")}(?![A-Za-z0-9])`);
  return name === stack ? name : name.replace(part, stackMark);
}

/**
 * Names that must not become a pattern: several stacks use a layer of that name, or the pattern would also match
 * another layer in some stack.
 */
function sharedNames(uses: readonly LayerUse[]): Set<string> {
  const inStacks = Map.groupBy(uses, ({ stack }) => stack);
  const names = new Map([...inStacks].map(([stack, own]) => [stack, new Set(own.map(({ layer }) => layer.name))]));
  const all = [...names.values()].flatMap((own) => [...own]);
  const shared = new Set(all.filter((name, i) => all.indexOf(name) !== i));
  const patternOf = (name: string, stack: string) => (shared.has(name) ? name : template(name, stack));
  const isUnsafe = (pattern: string) =>
    pattern.includes(stackMark) &&
    [...names].some(([stack, own]) => {
      const name = pattern.replace(stackMark, () => stack);
      return own.has(name) && patternOf(name, stack) !== pattern;
    });
  // Each name taken out of a pattern may conflict with another pattern.
  for (let known = -1; known < shared.size; ) {
    known = shared.size;
    for (const { layer, stack } of uses) if (isUnsafe(patternOf(layer.name, stack))) shared.add(layer.name);
  }
  return shared;
}

/** An entry name that by itself matches the layers of this name; undefined if there is none. */
function simpleKey(name: string): string | undefined {
  const [, suffixed] = /^(.+)-\{stack\}$/.exec(name) ?? [];
  const [, prefixed] = /^\{stack\}-(.+)$/.exec(name) ?? [];
  const key = suffixed ?? prefixed ?? name;
  return key.includes(stackMark) || !/^[A-Za-z0-9]/.test(key) ? undefined : key;
}

/** Whether an entry of this name, by its name alone, would also match layers that are not its own. */
function meansOthers(key: string, own: readonly LayerUse[], uses: readonly LayerUse[]): boolean {
  const mine = new Set(own);
  return uses.some((use) => {
    const { layer, stack } = use;
    return !mine.has(use) && [key, `${key}-${stack}`, `${stack}-${key}`].includes(layer.name);
  });
}

function plainKey(name: string): string {
  return name.replace(/[-_]*\{stack\}[-_]*/, "-").replace(/^[-_]+|[-_]+$/g, "") || "layer";
}

function unique(key: string, keys: Set<string>): string {
  let found = key;
  for (let number = 2; keys.has(found); number++) found = `${key}-${number}`;
  keys.add(found);
  return found;
}

/** The version of most stacks; in a tie the one of more functions, then the newer. The other stacks get overrides. */
function versionsOf(uses: readonly LayerUse[]): Pick<DraftEntry, "version" | "overrides"> {
  const ofStacks = [...Map.groupBy(uses, ({ stack }) => stack)].map(([stack, own]) => {
    const version = mostUsed(own);
    return { stack, version, uses: own.filter(({ layer }) => layer.version === version).length };
  });
  const total = (stacks: typeof ofStacks) => stacks.reduce((sum, one) => sum + one.uses, 0);
  const [[version] = [1]] = [...Map.groupBy(ofStacks, (one) => one.version)].sort(
    ([newer, a], [older, b]) => b.length - a.length || total(b) - total(a) || older - newer,
  );
  const others = ofStacks.filter((one) => one.version !== version);
  return { version, overrides: new Map(others.map((one) => [one.stack, one.version])) };
}

function mostUsed(uses: readonly LayerUse[]): number {
  const [version = 1] = mostUsedVersions(uses);
  return version;
}

/** The version that is used most; in a tie all of them, newest first. */
export function mostUsedVersions(uses: readonly LayerUse[]): number[] {
  const counts = [...Map.groupBy(uses, ({ layer }) => layer.version)].map(
    ([version, own]) => [version, own.length] as const,
  );
  const most = Math.max(...counts.map(([, count]) => count));
  return counts.flatMap(([version, count]) => (count === most ? version : [])).sort((a, b) => b - a);
}
