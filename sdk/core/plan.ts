import { layerArn, layerVersionArn, parseLayerVersionArn } from "./arn";
import type { DeclaredLayer } from "./config/declared";
import type { Match, Matcher } from "./match";

/** What one layer of a function has to be at. */
export interface LayerTarget {
  readonly version: number;
  /** `minimum`: newer versions are fine too. */
  readonly enforce: DeclaredLayer["enforce"];
}

/** Whether a version is what is declared: the one rule that every plan, view and check goes by. */
export function isAsDeclared(version: number, target: LayerTarget): boolean {
  return target.enforce === "minimum" ? version >= target.version : version === target.version;
}

/** One layer of one function that has to move to another version. Plain data. */
export interface LayerChange {
  /** Where the layer stands in the function's list, from 0. */
  readonly index: number;
  /** The layer's name in AWS. */
  readonly layer: string;
  /** The layer's ARN, without version. */
  readonly arn: string;
  readonly from: number;
  readonly to: number;
  /** The entry that declares the version, and by which rule it matched. */
  readonly match: Match;
}

/**
 * The changes that bring a function's list of layers to the declared versions, in the list's order.
 * Layers that no entry declares, texts that are no layer version ARN, and versions that are fine under
 * `enforce: minimum` need none.
 * @param layers layer version ARNs, as Lambda or a state holds them; never changed
 * @throws LayersError `layer-ambiguous`
 */
export function planLayers(layers: readonly string[], matcher: Matcher): LayerChange[] {
  return layers.flatMap((text, index) => {
    const change = planLayer(text, matcher);
    return change ? [{ index, ...change }] : [];
  });
}

/** The change that one layer needs; undefined where it is as declared, or not declared at all. */
export function planLayer(text: string, matcher: Matcher): Omit<LayerChange, "index"> | undefined {
  const parsed = parseLayerVersionArn(text);
  const match = parsed && matcher(parsed);
  if (!match) return undefined;
  if (isAsDeclared(parsed.version, match.declared)) return undefined;
  return { layer: parsed.name, arn: layerArn(parsed), from: parsed.version, to: match.declared.version, match };
}

/** The layer version ARN that a layer has to be at: the same text where nothing has to change. */
export function pinLayer(text: string, matcher: Matcher): string {
  const change = planLayer(text, matcher);
  return change ? `${change.arn}:${change.to}` : text;
}

/** The list with every declared layer at its declared version: same length, same order, other layers untouched. */
export function pinLayerList(layers: readonly string[], matcher: Matcher): string[] {
  return layers.map((text) => pinLayer(text, matcher));
}

/** The layer as a full ARN at another version. */
export function atVersion(text: string, version: number): string {
  const parsed = parseLayerVersionArn(text);
  return parsed ? layerVersionArn({ ...parsed, version }) : text;
}
