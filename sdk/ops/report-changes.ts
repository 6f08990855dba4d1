import { parseLayerVersionArn } from "../core/arn";
import { sharedLayerName } from "../core/estate";
import { labelsOf, type NamedFunction, namedByArn } from "../core/function-arn";
import { changeLine, isOtherLayer } from "../core/report";
import { count } from "../core/text";
import type { Reporter } from "../ports";
import type { LiveChange, StateChange, UndoneChange } from "./plans";

/** Any change that a line can report. */
type AnyChange = StateChange | LiveChange | UndoneChange;

/** Display names for the functions of changes, with region or account if needed to tell them apart. */
export function labelsOfChanges(
  changes: readonly AnyChange[],
  others: Iterable<NamedFunction> = [],
): (change: AnyChange) => string {
  const label = labelsOf([...changes.map(namedBy), ...others]);
  return (change) => label(namedBy(change));
}

function namedBy(change: AnyChange): NamedFunction {
  const arn = "functionArn" in change ? change.functionArn : undefined;
  return namedByArn({ name: change.function, region: change.region, arn });
}

/** The lines of changes, in their order. */
export function changeLines(changes: readonly AnyChange[], label: (change: AnyChange) => string): string[] {
  return changes.map((change) => changeLine({ ...change, function: label(change) }));
}

/** Lists changes, and says if there are none. */
export function reportChanges(
  reporter: Reporter,
  changes: readonly AnyChange[],
  where: "" | " in AWS",
  label: (change: AnyChange) => string,
): void {
  const found = count(changes.length, "layer version update");
  reporter.info(changes.length > 0 ? `Found ${found}${where}:` : `Found no layer version updates${where}`);
  for (const line of changeLines(changes, label)) reporter.item(line);
}

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
