import { type LayerMove, layerName, moveTarget } from "./moves";

/** A change as the tool's lines and reports name it. */
export interface ReportedChange {
  /** The function's name, or what tells it from others of that name. */
  readonly function: string;
  readonly layer: string;
  /** Null for a layer that is attached. */
  readonly from: number | null;
  /** Null for a layer that is taken off. */
  readonly to: number | null;
  /** The layer's ARN, without version. Default: not told, and then no other layer comes. */
  readonly arn?: string | undefined;
  /** The full ARN of what comes. Default: the layer itself. */
  readonly target?: string | null | undefined;
}

/**
 * `Function my-function-1: Layer receipt-dynamo-dev version 1 -> 5`: the Python tool's line, word for word. If another
 * layer comes: `Function my-function-1: Layer base-v2:79 -> base-v3:18`, with ARNs if both have one name.
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

/** Whether a change puts another layer in the place of one. */
export function isOtherLayer({ arn, target, from }: Pick<ReportedChange, "arn" | "target" | "from">): boolean {
  return from !== null && arn !== undefined && target != null && !target.startsWith(`${arn}:`);
}
