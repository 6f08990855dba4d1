import { layerArn, parseLayerVersionArn } from "./arn";
import { type DeclaredForm, isAsDeclared, isTarget, type TargetFacts, type TargetOf, targetArnOf } from "./target";

/** One layer of one function that has to move to another version, or give way to another layer. Plain data. */
export interface LayerChange {
  /** Where the layer stands in the function's list, from 0. */
  readonly index: number;
  /** The layer's name in AWS. */
  readonly layer: string;
  /** The layer's ARN, without version. */
  readonly arn: string;
  readonly from: number;
  readonly to: number;
  /** The full ARN of what comes: of another layer, if the layer moves. */
  readonly target: string;
  /** What declares the version; undefined for an updater's own rule. */
  readonly declared: DeclaredForm | undefined;
}

/** A layer that is to give way to one that the function has already, so that it is left alone. */
export interface BothLayers {
  /** The ARN of the layer, without version. */
  readonly arn: string;
  /** That of the one which takes its place. */
  readonly by: string;
}

/** What a function's list of layers needs. */
export interface LayerPlan {
  /** In the list's order. */
  readonly changes: readonly LayerChange[];
  readonly both: readonly BothLayers[];
}

/**
 * The changes that bring a function's list of layers to what is declared, in the list's order. Layers that no entry
 * declares, texts that are no layer version ARN, versions that are fine under `enforce: minimum`, and layers whose target
 * is not known need none.
 * @param layers layer version ARNs, as Lambda or a state holds them; never changed
 * @throws LayersError `layer-ambiguous`
 */
export function planLayers(layers: readonly string[], targetOf: TargetOf, fn: TargetFacts): LayerChange[] {
  return [...planList(layers, targetOf, fn).changes];
}

/** As {@link planLayers}, with the layers that are left alone because the function has both. */
export function planList(layers: readonly string[], targetOf: TargetOf, fn: TargetFacts): LayerPlan {
  const changes = layers.flatMap((text, index) => {
    const change = planLayer(text, targetOf, fn);
    return change ? [{ index, ...change }] : [];
  });
  const both = changes.some(isMove) ? bothIn(layers, changes) : [];
  const isLeft = ({ arn }: LayerChange) => both.some((one) => one.arn === arn);
  return { changes: both.length === 0 ? changes : changes.filter((change) => !isLeft(change)), both };
}

/** Whether another layer comes in the place of this one. */
export function isMove({ arn, target }: Pick<LayerChange, "arn" | "target">): boolean {
  return !target.startsWith(`${arn}:`);
}

/** A layer, by its ARN without version, and the full ARN of what comes. */
export type LayerMoving = Pick<LayerChange, "arn" | "target">;

/**
 * The layers that are left alone, because the list has what is to take their place. Of several that one layer is to take
 * the place of, the first gives way: no list gets a layer twice.
 */
export function bothIn(layers: readonly string[], changes: readonly LayerMoving[]): BothLayers[] {
  const there = new Set(layers.map(withoutVersion));
  const taken = new Map<string, string>();
  const both = new Map<string, BothLayers>();
  for (const { arn, target } of changes) {
    if (!isMove({ arn, target })) continue;
    const by = withoutVersion(target);
    const first = taken.get(by);
    if (there.has(by) || (first !== undefined && first !== arn)) both.set(arn, { arn, by });
    else taken.set(by, arn);
  }
  return [...both.values()];
}

function withoutVersion(text: string): string {
  return text.slice(0, text.lastIndexOf(":"));
}

/** The change that one layer needs; undefined if it is as declared, or not declared at all, or what it needs is not known. */
export function planLayer(text: string, targetOf: TargetOf, fn: TargetFacts): Omit<LayerChange, "index"> | undefined {
  const parsed = parseLayerVersionArn(text);
  const target = parsed && targetOf(parsed, fn);
  if (!parsed || !isTarget(target) || isAsDeclared(parsed.version, target)) return undefined;
  return {
    ...{ layer: parsed.name, arn: layerArn(parsed), from: parsed.version, to: target.version },
    target: targetArnOf(parsed, target),
    declared: target.declared,
  };
}

/** The layer version ARN that a layer must be at: the same text if nothing has to change. */
export function pinLayer(text: string, targetOf: TargetOf, fn: TargetFacts): string {
  return planLayer(text, targetOf, fn)?.target ?? text;
}

/** The list with every declared layer as declared: same length, same order, other layers untouched. */
export function pinLayerList(layers: readonly string[], targetOf: TargetOf, fn: TargetFacts): string[] {
  const targets = new Map(planLayers(layers, targetOf, fn).map(({ index, target }) => [index, target]));
  return layers.map((text, index) => targets.get(index) ?? text);
}
