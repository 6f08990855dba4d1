import { parseLayerVersionArn } from "./arn";
import type { DraftEntry, DraftVariant, LayerUse } from "./config/draft";
import { architectureOf } from "./form";
import { runtimeInName } from "./placeholders";

// In place of {stack}, whose braces no ARN has.
const stackMark = "__STACK__";

/** A drafted entry with the parts of its ARN, and its name with placeholders for properties of its functions. */
interface Part {
  readonly entry: DraftEntry;
  readonly template: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** Those of all its functions; undefined if the template does not depend on them. */
  readonly runtime: string | undefined;
  readonly architecture: string | undefined;
}

/**
 * Folds entries whose ARNs differ only by region, account, runtime or architecture into one with placeholders, and
 * variants for remaining differences. The caller must check that the result means the same for every function.
 */
export function foldEntries(entries: readonly DraftEntry[]): DraftEntry[] {
  const parts = entries.flatMap((entry) => partOf(entry) ?? []);
  const groups = [...Map.groupBy(parts, ({ template }) => template).values()].filter((group) => group.length > 1);
  const folded = new Set(groups.flat().map(({ entry }) => entry));
  const left = entries.filter((entry) => !folded.has(entry));
  const keys = new Set(left.map(({ key }) => key));
  return [...left, ...groups.map((group) => fold(group, keys))];
}

function partOf(entry: DraftEntry): Part | undefined {
  const arn = entry.arn && parseLayerVersionArn(`${entry.arn.replaceAll("{stack}", stackMark)}:1`);
  if (!arn || entry.overrides.size > 0) return undefined;
  const { partition, region, account } = arn;
  const name = arn.name.replaceAll(stackMark, "{stack}");
  const runtime = only(entry.uses, (use) => use.runtime);
  const architecture = only(entry.uses, architectureOf);
  const byRuntime = runtime !== undefined && name.includes(runtimeInName(runtime));
  const byArchitecture = architecture !== undefined && name.includes(architecture);
  const template = [
    ...(byRuntime ? [[runtimeInName(runtime), "{runtime}"] as const] : []),
    ...(byArchitecture ? [[architecture, "{architecture}"] as const] : []),
  ].reduce((text, [value, placeholder]) => text.replace(value, placeholder), name);
  return {
    ...{ entry, template, partition, region, account },
    runtime: byRuntime ? runtime : undefined,
    architecture: byArchitecture ? architecture : undefined,
  };
}

/** The value that all share; undefined if they differ, or one is unknown. */
function only(uses: readonly LayerUse[], of: (use: LayerUse) => string | undefined): string | undefined {
  const [value, ...others] = new Set(uses.map(of));
  return others.length === 0 ? value : undefined;
}

function fold(group: readonly Part[], keys: Set<string>): DraftEntry {
  const [{ template, partition }] = group as [Part, ...Part[]];
  const account = mostCommon(group, (part) => part.account);
  const version = mostCommon(
    group.filter((part) => part.account === account),
    ({ entry }) => entry.version,
  );
  const arnOf = (owner: string) => `arn:${partition}:lambda:{region}:${owner}:layer:${template}`;
  const isOwn = (part: Part) => part.account === account && part.entry.version === version;
  const variants = variantsOf(
    group.filter((part) => !isOwn(part)),
    group,
    (part) => ({
      ...(part.account !== account && { arn: arnOf(part.account) }),
      version: part.entry.version,
    }),
  );
  const uses = group.filter(isOwn).flatMap(({ entry }) => entry.uses);
  const name = template.replaceAll(/[-_]*\{[a-z]+\}[-_]*/g, "-").replace(/^[-_]+|[-_]+$/g, "") || "layer";
  return {
    key: unique(name, keys),
    arn: arnOf(account),
    names: undefined,
    version,
    overrides: new Map(),
    uses,
    variants,
  };
}

/** A variant for each region in which all are alike, otherwise one for each runtime and architecture in it. */
function variantsOf(
  others: readonly Part[],
  group: readonly Part[],
  fieldsOf: (part: Part) => Pick<DraftVariant, "arn" | "version">,
): DraftVariant[] {
  const keyOf = (part: Part) => JSON.stringify(fieldsOf(part));
  return [...Map.groupBy(others, ({ region }) => region)].flatMap(([region, here]): DraftVariant[] => {
    const all = group.filter((part) => part.region === region);
    const [first] = here;
    if (first && new Set(all.map(keyOf)).size === 1)
      return [{ when: { region }, ...fieldsOf(first), uses: all.flatMap(({ entry }) => entry.uses) }];
    return here.map((part) => ({
      when: {
        region,
        ...(part.runtime !== undefined && { runtime: part.runtime }),
        ...(part.architecture !== undefined && { architecture: part.architecture }),
      },
      ...fieldsOf(part),
      uses: part.entry.uses,
    }));
  });
}

function mostCommon<T>(parts: readonly Part[], of: (part: Part) => T): T {
  const groups = [...Map.groupBy(parts, of)].sort(([, a], [, b]) => b.length - a.length || usesOf(b) - usesOf(a));
  return (groups[0] as [T, Part[]])[0];
}

function usesOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { entry }) => sum + entry.uses.length, 0);
}

function unique(key: string, keys: Set<string>): string {
  let found = key;
  for (let number = 2; keys.has(found); number++) found = `${key}-${number}`;
  keys.add(found);
  return found;
}
