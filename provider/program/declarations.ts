import type * as pulumi from "@pulumi/pulumi";
import { type LayerVersionArn, parseLayerVersionArn } from "../../sdk/core/arn";
import { type DeclaredLayer, declaredAt } from "../../sdk/core/config/declared";
import { LayersError } from "../../sdk/core/errors";
import { createMatcher, type Match, type Matcher } from "../../sdk/core/match";
import type { AwsInputs } from "./aws-inputs";
import { isLiteral, known } from "./known";
import type { FunctionsArgs } from "./selecting";

/** One layer as declared by a program: ARN and version may be outputs of a layer that the program publishes. */
export interface ProgramLayer extends Omit<DeclaredLayer, "version" | "arn"> {
  readonly arn: pulumi.Input<string> | undefined;
  /** Undefined if only variants give one. */
  readonly version: pulumi.Input<number | string> | undefined;
}

/** What one `LayerVersions` resource or one call of `pinLayers` declares. */
export interface Declaration {
  /** Its name in messages: `LayerVersions "layers"`. */
  readonly by: string;
  readonly stack: string;
  readonly layers: readonly ProgramLayer[];
  /** The only region whose layers it pins; undefined: all. */
  readonly region: pulumi.Input<string | undefined>;
  /** Function types to the property that holds their layers. */
  readonly types: Readonly<Record<string, string>>;
  /** Whether AWS is asked whether the versions exist. */
  readonly validateLayerExists: boolean;
  /** The resource that asks. */
  readonly aws: AwsInputs;
  /** The functions that it reconciles too. */
  readonly functions?: FunctionsArgs | undefined;
}

/** An entry whose ARN is known. */
export type PlacedLayer = ProgramLayer & { readonly arn: string | undefined };

/** An entry that is about a layer, and who declares it. */
export interface Declared {
  readonly declaration: Declaration;
  /** The entry, or what it says with one of its variants. */
  readonly entry: PlacedLayer;
}

/** An entry that is about a layer, and how it was found. */
export interface MatchedEntry extends Declared {
  readonly match: Match<PlacedLayer>;
  /** Whether the declaration's region is unknown, so that it may not cover the layer's. */
  readonly isRegionOpen: boolean;
}

const matchers = new WeakMap<Declaration, Promise<Matcher<PlacedLayer>>>();

/** The matcher of all entries whose ARN is known, or that go by names. */
export function matcherOf(declaration: Declaration): Promise<Matcher<PlacedLayer>> {
  const matcher = matchers.get(declaration) ?? placedLayers(declaration).then((layers) => matcherFor(layers));
  matchers.set(declaration, matcher);
  return matcher;

  function matcherFor(layers: readonly PlacedLayer[]) {
    return createMatcher({ stack: declaration.stack, layers });
  }
}

async function placedLayers({ layers }: Declaration): Promise<PlacedLayer[]> {
  const placed = layers.map(async (layer): Promise<PlacedLayer[]> => {
    const arn = await known(layer.arn);
    // A layer whose ARN stays missing is excluded by --target, and not published yet.
    if (!arn.isKnown || (layer.arn !== undefined && arn.value === undefined)) return [];
    return [{ ...layer, arn: arn.value }];
  });
  return (await Promise.all(placed)).flat();
}

/**
 * The entries that match a layer, from every declaration that covers its region, or may: what is certain counts first.
 * @throws LayersError `layer-ambiguous`
 */
export async function declaredFor(
  layer: LayerVersionArn,
  declarations: readonly Declaration[],
): Promise<MatchedEntry[]> {
  const found: MatchedEntry[] = [];
  for (const declaration of declarations) {
    const region = await known(declaration.region);
    if (region.isKnown && region.value !== undefined && region.value !== layer.region) continue;
    const match = (await matcherOf(declaration))(layer);
    if (match) found.push({ declaration, entry: match.declared, match, isRegionOpen: !region.isKnown });
  }
  const certain = found.filter(({ isRegionOpen }) => !isRegionOpen);
  return certain.length > 0 ? certain : found;
}

/**
 * A message about a conflict of two declarations on one layer of one region; undefined if they agree. Considers only
 * immediate values; the rest shows when functions are pinned.
 */
export function conflictBetween(one: Declaration, other: Declaration): string | undefined {
  if (!isLiteral(one.region) || !isLiteral(other.region)) return undefined;
  const region = one.region ?? other.region;
  if (region !== (other.region ?? region)) return undefined;
  const placed = [one, other].map(({ layers }) =>
    layers.filter((layer): layer is PlacedLayer => layer.arn === undefined || isLiteral(layer.arn)),
  );
  const [first, second] = [one, other].map(({ stack }, index) => createMatcher({ stack, layers: placed[index] ?? [] }));
  for (const layer of placed.flat().flatMap((entry) => examplesOf(entry, one.stack))) {
    // A literal ARN of another region matches nothing here.
    if (region !== undefined && layer.region !== "" && layer.region !== region) continue;
    const [a, b] = [matched(first, layer), matched(second, layer)];
    if (a && b && differ(a, b)) {
      return conflictMessage(layer.name, [
        { declaration: one, entry: a },
        { declaration: other, entry: b },
      ]);
    }
  }
  return undefined;
}

/** Whether all values are literals, so that there is nothing to wait for. */
export function isAllLiteral({ region, layers }: Declaration): boolean {
  return isLiteral(region) && layers.every(({ arn, version }) => isLiteral(arn) && isLiteral(version));
}

/** A declaration with its outputs resolved; entries that stay unknown are left out. */
export async function resolved(declaration: Declaration): Promise<Declaration | undefined> {
  const region = await known(declaration.region);
  if (!region.isKnown) return undefined;
  const layers = declaration.layers.map(async (layer): Promise<ProgramLayer[]> => {
    const [arn, version] = [await known(layer.arn), await known(layer.version)];
    const isThere = arn.isKnown && version.isKnown && (version.value !== undefined || layer.version === undefined);
    return isThere ? [{ ...layer, arn: arn.value, version: version.value }] : [];
  });
  return { ...declaration, region: region.value, layers: (await Promise.all(layers)).flat() };
}

/** Describes conflicting declarations: what each declares, and where. */
export function conflictMessage(layer: string, declared: readonly Declared[]): string {
  const each = declared.map(({ declaration, entry }) => {
    const version = versionText(entry);
    const least = entry.enforce === "minimum" ? "at least " : "";
    const where = entry.source.line > 0 ? declaredAt(entry) : `layers.${entry.key}`;
    return `${declaration.by} (${where}: ${least}${version})`;
  });
  return `Layer ${layer} is declared differently by ${each.join(" and ")}, and a function cannot be pinned to both. Declare it once, or give each of the two its own \`region\`. If they are in two accounts, declare it once with a variant for each (\`when: { account: ... }\`).`;
}

function versionText({ version }: ProgramLayer): string {
  if (version === undefined) return "the version of a variant";
  return isLiteral(version) ? `version ${version}` : "the version of an output";
}

/** Whether two entries declare different versions. Outputs are equal only if they are the same output. */
export function differ(a: ProgramLayer, b: ProgramLayer): boolean {
  // What variants come to is compared when functions are pinned.
  if ((a.variants ?? b.variants) !== undefined) return false;
  if (a.enforce !== b.enforce) return true;
  if (isLiteral(a.version) && isLiteral(b.version)) return Number(a.version) !== Number(b.version);
  return false;
}

function matched(matcher: Matcher<PlacedLayer> | undefined, layer: LayerVersionArn): PlacedLayer | undefined {
  try {
    return matcher?.(layer)?.declared;
  } catch (error) {
    // Entries of one file that contradict each other are reported when a function has such a layer.
    if (error instanceof LayersError) return undefined;
    throw error;
  }
}

/** Layers that an entry is about; of a glob there are none to name. */
function examplesOf({ key, arn, names }: PlacedLayer, stack: string): LayerVersionArn[] {
  if (arn !== undefined) return [parseLayerVersionArn(`${arn}:1`) ?? []].flat();
  const exact = names?.filter((name) => !/[*{]/.test(name)) ?? [key, `${key}-${stack}`, `${stack}-${key}`];
  return exact.map((name) => ({ partition: "", region: "", account: "", name, version: 1 }));
}
