import { layerArn, parseLayerVersionArn } from "./arn";
import type { DeclaredForm, TargetFacts } from "./form";
import { isAsDeclared, isTarget, type TargetOf, targetArnOf } from "./target";

/** One layer of one function that moves to another version or is replaced by another layer. Plain data. */
export interface LayerChange {
  /** The layer's index in the function's list. */
  readonly index: number;
  /** The layer's name in AWS. */
  readonly layer: string;
  /** The layer's ARN, without version. */
  readonly arn: string;
  readonly from: number;
  readonly to: number;
  /** The new full ARN, which may be that of another layer. */
  readonly target: string;
  /** What declares the version; undefined for an updater's own rule. */
  readonly declared: DeclaredForm | undefined;
}

/** A layer to be replaced by one that the function already has, so that it is left alone. */
export interface BothLayers {
  /** The ARN of the layer, without version. */
  readonly arn: string;
  /** The ARN of its replacement. */
  readonly by: string;
}

/** The changes that a function's list of layers needs. */
export interface LayerPlan {
  /** In the list's order. */
  readonly changes: readonly LayerChange[];
  readonly both: readonly BothLayers[];
}

/**
 * The changes that bring a function's list of layers to what is declared, in the list's order. Undeclared layers, texts
 * that are not layer version ARNs, versions allowed by `enforce: minimum`, and layers with an unknown target need none.
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

/** Whether another layer replaces this one. */
export function isMove({ arn, target }: Pick<LayerChange, "arn" | "target">): boolean {
  return !target.startsWith(`${arn}:`);
}

/** A layer's ARN without version, and the new full ARN. */
export type LayerMoving = Pick<LayerChange, "arn" | "target">;

/**
 * The layers that are left alone because the list already has their replacement. If one layer replaces several, only
 * the first is replaced, so that no list gets a layer twice.
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

/** The change that one layer needs; undefined if it is as declared, undeclared, or of unknown target. */
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

/** The target ARN of a layer: the same text if nothing changes. */
export function pinLayer(text: string, targetOf: TargetOf, fn: TargetFacts): string {
  return planLayer(text, targetOf, fn)?.target ?? text;
}

/** The list with every declared layer as declared: same length, same order, other layers untouched. */
export function pinLayerList(layers: readonly string[], targetOf: TargetOf, fn: TargetFacts): string[] {
  const targets = new Map(planLayers(layers, targetOf, fn).map(({ index, target }) => [index, target]));
  return layers.map((text, index) => targets.get(index) ?? text);
}
