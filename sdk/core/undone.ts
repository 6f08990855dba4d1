import { isBuiltInLayer, type LayerVersionArn, layerArn, parseLayerVersionArn } from "./arn";
import { type AssessedFunction, isDrifted, type Standing } from "./assess";
import type { RecordedLayers } from "./state/facts";
import { isAsDeclared, isTarget, type TargetOf } from "./target";

/** The layers that a program gives a function; `gone` if the program has that function no more. */
export type ProgramLayers = RecordedLayers | "gone";

/** A layer that is as declared, and that the program brings to something else or takes off. */
export interface UndoneLayer {
  readonly fn: AssessedFunction;
  /** As the state has it. */
  readonly layer: LayerVersionArn;
  /** What the program has instead: another version, or a layer that this one takes the place of; null if it has neither. */
  readonly to: LayerVersionArn | null;
}

/** What a program makes of the layers that a state has as declared. */
export interface Comparison {
  readonly undone: readonly UndoneLayer[];
  /** Functions of which that is not known, and why, as the end of a sentence. */
  readonly unknown: readonly { readonly fn: AssessedFunction; readonly reason: string }[];
}

const unreadable = "its layers are a secret, or not known before an update";

/**
 * Compares what a state records as declared with what the program gives the same functions. What no entry declares, what
 * is not as declared anyway, and everything but layers is left out.
 * @param standings the state's
 * @param program by URN; functions that are not in it stay as they are
 */
export function compareWithProgram(
  standings: readonly Standing[],
  program: ReadonlyMap<string, ProgramLayers>,
  targetOf: TargetOf,
): Comparison {
  const undone: UndoneLayer[] = [];
  const unknown = new Map<AssessedFunction, string>();
  for (const standing of standings) {
    const { fn, layer, target } = standing;
    const now = fn.recordedBy === "function" ? program.get(fn.urn ?? "") : undefined;
    if (now === undefined || !layer || !target || !isKept(standing)) continue;
    if (now === "gone") {
      unknown.set(fn, "the program does not have it any more");
      continue;
    }
    const { layers, isWhole } = read(now);
    const found = layers.filter((one) => layerArn(one) === layerArn(layer));
    const isThere = found.length > 0;
    const other = isThere
      ? found.find(({ version }) => !isAsDeclared(version, target))
      : former(layers, layer, fn, targetOf);
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

/** The layer of a list that another one is to take the place of. */
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
