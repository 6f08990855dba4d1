import { parseLayerVersionArn } from "../core/arn";
import { sharedLayerName } from "../core/estate";
import { isOtherLayer } from "../core/report";
import { count } from "../core/text";
import type { LiveChange, StateChange } from "./plans";

/** The changes of one stack. */
export interface StackChanges {
  readonly stack: string;
  /** Its display name. */
  readonly label: string;
  /** In the state and in AWS; a layer of a function that is in both counts once. */
  readonly changes: readonly (StateChange | LiveChange)[];
}

/** The change of one layer, over all functions and stacks of a plan. */
export interface LayerSum {
  /** `receipt-dynamo-dev -> 5`, or for a replacement `base-v2 -> base-v3:18`; `-` for a removed layer. */
  readonly move: string;
  readonly functions: number;
  /** The number of affected functions per stack, by label. */
  readonly stacks: ReadonlyMap<string, number>;
}

/** Sums up plans by layer, in order. Over several stacks, names that differ only by the stack's name count as one. */
export function sumByLayer(plans: readonly StackChanges[]): LayerSum[] {
  const moves = new Map<string, Map<string, number>>();
  for (const { stack, label, changes } of plans) {
    const named = (layer: string) => (plans.length > 1 ? sharedLayerName(layer, stack) : layer);
    const counted = new Map<string, string>();
    for (const change of changes)
      counted.set(`${change.function} ${change.region} ${change.arn}`, moveOf(change, named));
    for (const move of counted.values()) {
      const stacks = moves.get(move) ?? new Map<string, number>();
      moves.set(move, stacks.set(label, (stacks.get(label) ?? 0) + 1));
    }
  }
  return [...moves]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([move, stacks]) => ({ move, stacks, functions: [...stacks.values()].reduce((all, one) => all + one, 0) }));
}

/** `receipt-dynamo-dev -> 5: 12 functions, 2 stacks`; without the stacks if there is only one. */
export function layerSumText({ move, functions, stacks }: LayerSum): string {
  return `${move}: ${count(functions, "function")}${stacks.size > 1 ? `, ${count(stacks.size, "stack")}` : ""}`;
}

function moveOf(change: StateChange | LiveChange, named: (layer: string) => string): string {
  const { layer, target, to } = change;
  const comes = isOtherLayer(change) ? parseLayerVersionArn(target ?? "") : undefined;
  return `${named(layer)} -> ${comes ? `${named(comes.name)}:${comes.version}` : (to ?? "-")}`;
}
