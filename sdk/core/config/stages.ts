import { type LayerUse, stackMark, template } from "./draft";

/** The uses of one stack's functions, and those of functions of other stages that were found beside them. */
export interface StageUses<T> {
  readonly own: readonly T[];
  /** Each with the name of its stage. */
  readonly others: readonly { readonly stage: string; readonly use: T }[];
}

/**
 * Separates a stack's functions from those of other stages in the same account: if the stack has a layer `shop-dev`, a
 * function whose only such layer is `shop-prod` belongs to stage prod. A function with any of the stack's own layers is
 * the stack's, whatever other layers it has.
 * @param uses the layers of functions that may be the stack's
 */
export function usesOfStage<T extends LayerUse & { readonly region?: string | undefined }>(
  uses: readonly T[],
): StageUses<T> {
  const isOwn = ({ layer, stack }: LayerUse) => template(layer.name, stack).includes(stackMark);
  const patterns = [...new Set(uses.filter(isOwn).map(({ layer, stack }) => template(layer.name, stack)))].map(
    (text) => {
      const [before = "", after = ""] = text.split(stackMark);
      return { before, after };
    },
  );
  const stageOf = ({ layer: { name } }: LayerUse) => {
    for (const { before, after } of patterns) {
      if (!name.startsWith(before) || !name.endsWith(after)) continue;
      const stage = name.slice(before.length, name.length - after.length);
      if (/^[A-Za-z0-9]+$/.test(stage)) return stage;
    }
    return undefined;
  };
  const own: T[] = [];
  const others: { stage: string; use: T }[] = [];
  for (const ofFunction of Map.groupBy(uses, (one) => `${one.account} ${one.region} ${one.function}`).values()) {
    const stage = ofFunction.some(isOwn) ? undefined : ofFunction.map(stageOf).find((one) => one !== undefined);
    if (stage === undefined) own.push(...ofFunction);
    else others.push(...ofFunction.map((use) => ({ stage, use })));
  }
  return { own, others };
}
