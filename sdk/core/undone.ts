import { isBuiltInLayer, type LayerVersionArn, layerArn, layerVersionArn, parseLayerVersionArn } from "./arn";
import { type AssessedFunction, isDrifted, type Standing } from "./assess";
import type { NoTarget, TargetFacts } from "./form";
import { movesBetween } from "./moves";
import type { RecordedLayers } from "./state/facts";
import { type DeclaredTarget, isAsDeclared, isTarget, type TargetOf } from "./target";

/** A function according to the program; `gone` if the program no longer has it. */
export type ProgramFunction =
  | "gone"
  | {
      /** The layers that the program sets. */
      readonly layers: RecordedLayers;
      /** What its targets then depend on: the program may change the runtime at the same time. */
      readonly facts: TargetFacts;
    };

/** A layer that is as declared, and that the program would change or remove. */
export interface UndoneLayer {
  readonly fn: AssessedFunction;
  /** As in the state. */
  readonly layer: LayerVersionArn;
  /** What the program sets instead: another version, or a replacement; null if neither. */
  readonly to: LayerVersionArn | null;
}

/** What a program would do to the layers that are as declared in a state. */
export interface Comparison {
  readonly undone: readonly UndoneLayer[];
  /** Functions for which that is unknown, and why, as the end of a sentence. */
  readonly unknown: readonly { readonly fn: AssessedFunction; readonly reason: string }[];
}

const unreadable = "its layers are a secret, or unknown until the update";

/**
 * Compares the layers that a state records as declared with what the program sets for the same functions. Undeclared
 * layers, drifted layers, and everything else are ignored.
 * @param standings the state's
 * @param program by URN; functions that are not in it stay unchanged
 */
export function compareWithProgram(
  standings: readonly Standing[],
  program: ReadonlyMap<string, ProgramFunction>,
  targetOf: TargetOf,
): Comparison {
  const undone: UndoneLayer[] = [];
  const unknown = new Map<AssessedFunction, string>();
  for (const standing of standings) {
    const { fn, layer, target } = standing;
    const now = fn.recordedBy === "function" ? program.get(fn.urn ?? "") : undefined;
    if (now === undefined || !layer || !target || !isKept(standing)) continue;
    if (now === "gone") {
      unknown.set(fn, "it is no longer in the program");
      continue;
    }
    const { layers, isWhole } = read(now.layers);
    const found = layers.filter((one) => layerArn(one) === layerArn(layer));
    const isThere = found.length > 0;
    // For another runtime, the same entry may declare another layer.
    if (!isThere && layers.some((one) => isDeclaredBy(target.declared, targetOf(one, now.facts), one))) continue;
    const other = isThere
      ? found.find(({ version }) => !isAsDeclared(version, target))
      : (former(layers, layer, fn, targetOf) ?? (isWhole ? taker(fn, layers, layer) : undefined));
    if (other) undone.push({ fn, layer, to: other });
    else if (!isThere && isWhole) undone.push({ fn, layer, to: null });
    else if (!isThere) unknown.set(fn, unreadable);
  }
  return { undone, unknown: [...unknown].map(([fn, reason]) => ({ fn, reason })) };
}

/** Whether the state has the layer, and as declared. */
function isKept(standing: Standing): boolean {
  return typeof standing.recorded === "number" && !isDrifted(standing, "recorded");
}

/** Whether a layer version is as declared by the same entry. */
function isDeclaredBy(
  declared: DeclaredTarget["declared"],
  target: DeclaredTarget | NoTarget | undefined,
  { version }: LayerVersionArn,
): boolean {
  return (
    declared !== undefined && isTarget(target) && target.declared?.key === declared.key && isAsDeclared(version, target)
  );
}

/** The layer that has taken the place of one in a program's list. */
function taker(
  { recorded }: AssessedFunction,
  layers: readonly LayerVersionArn[],
  layer: LayerVersionArn,
): LayerVersionArn | undefined {
  const texts = (list: readonly LayerVersionArn[] = []) => list.map(layerVersionArn);
  const move = movesBetween(texts(recorded?.layers), texts(layers)).find((one) => one.layer === layerArn(layer));
  return move?.by === undefined ? undefined : layers.find((one) => layerArn(one) === move.by);
}

/** The layer of a list that another one is to replace. */
function former(
  layers: readonly LayerVersionArn[],
  layer: LayerVersionArn,
  fn: AssessedFunction,
  targetOf: TargetOf,
): LayerVersionArn | undefined {
  return layers.find((one) => {
    const target = targetOf(one, fn);
    return isTarget(target) && target.by === layerArn(layer);
  });
}

/** The layers of a list, and whether these are all of them. */
function read(layers: RecordedLayers): { readonly layers: readonly LayerVersionArn[]; readonly isWhole: boolean } {
  if (layers.kind === "absent" || layers.kind === "null") return { layers: [], isWhole: true };
  if (layers.kind !== "list") return { layers: [], isWhole: false };
  const texts = layers.layers.map((one) => (one.kind === "text" ? one.text : ""));
  return {
    layers: texts.flatMap((text) => parseLayerVersionArn(text) ?? []),
    isWhole: texts.every((text) => parseLayerVersionArn(text) || isBuiltInLayer(text)),
  };
}
