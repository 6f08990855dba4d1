import { type LayerMove, layerName, moveTarget } from "./moves";

/** A change as shown in lines and reports. */
export interface ReportedChange {
  /** The function's name, with additions if others share it. */
  readonly function: string;
  readonly layer: string;
  /** Null for a layer that is attached. */
  readonly from: number | null;
  /** Null for a layer that is taken off. */
  readonly to: number | null;
  /** The layer's ARN, without version. Default: unknown, which excludes a replacement. */
  readonly arn?: string | undefined;
  /** The new full ARN. Default: the same layer. */
  readonly target?: string | null | undefined;
}

/**
 * `Function my-function-1: Layer receipt-dynamo-dev version 1 -> 5`: the Python tool's line, word for word. With
 * another layer: `Function my-function-1: Layer base-v2:79 -> base-v3:18`, with ARNs if both have the same name.
 */
export function changeLine(change: ReportedChange): string {
  const { function: name, layer, from, to, arn, target } = change;
  if (!isOtherLayer(change) || arn === undefined || target == null)
    return `Function ${name}: Layer ${layer} version ${from ?? "-"} -> ${to ?? "-"}`;
  const comes = target.split(":").slice(-2).join(":");
  if (comes.startsWith(`${layer}:`)) return `Function ${name}: Layer ${arn}:${from ?? "-"} -> ${target}`;
  return `Function ${name}: Layer ${layer}:${from ?? "-"} -> ${comes}`;
}

/** The line of a function's move. */
export function moveLine(name: string, move: LayerMove): string {
  const { layer, from, to } = move;
  return changeLine({ function: name, layer: layerName(layer), from, to, arn: layer, target: moveTarget(move) });
}

/** Whether a change replaces a layer with another one. */
export function isOtherLayer({ arn, target, from }: Pick<ReportedChange, "arn" | "target" | "from">): boolean {
  return from !== null && arn !== undefined && target != null && !target.startsWith(`${arn}:`);
}
