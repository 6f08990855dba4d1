import { isBuiltInLayer, type LayerVersionArn, layerArn, parseLayerVersionArn } from "./arn";
import { type AssessedFunction, isDrifted, type Standing } from "./assess";
import type { RecordedLayers } from "./state/facts";
import { isAsDeclared } from "./target";

/** The layers that a program gives a function; `gone` if the program has that function no more. */
export type ProgramLayers = RecordedLayers | "gone";

/** A layer that is as declared, and that the program brings to another version or takes off. */
export interface UndoneLayer {
  readonly fn: AssessedFunction;
  /** As the state has it. */
  readonly layer: LayerVersionArn;
  /** The program's version; null if it has the function without the layer. */
  readonly to: number | null;
}

/** What a program makes of the layers that a state has as declared. */
export interface Comparison {
  readonly undone: readonly UndoneLayer[];
  /** Functions of which that is not known, and why, as the end of a sentence. */
  readonly unknown: readonly { readonly fn: AssessedFunction; readonly reason: string }[];
}

/**
 * Compares what a state records as declared with what the program gives the same functions. What no entry declares, what
 * is not as declared anyway, and everything but layers is left out.
 * @param standings the state's
 * @param program by URN; functions that are not in it stay as they are
 */
export function compareWithProgram(
  standings: readonly Standing[],
  program: ReadonlyMap<string, ProgramLayers>,
): Comparison {
  const undone: UndoneLayer[] = [];
  const unknown = new Map<AssessedFunction, string>();
  for (const standing of standings) {
    const { fn, layer } = standing;
    const now = fn.recordedBy === "function" ? program.get(fn.urn ?? "") : undefined;
    if (now === undefined || !layer || !isKept(standing)) continue;
    const found = now === "gone" ? "the program does not have it any more" : versionsIn(now, layer);
    if (typeof found === "string") {
      unknown.set(fn, found);
      continue;
    }
    const [wrong] = found.filter((version) => standing.target && !isAsDeclared(version, standing.target));
    if (found.length > 0 && wrong === undefined) continue;
    undone.push({ fn, layer, to: wrong ?? null });
  }
  return { undone, unknown: [...unknown].map(([fn, reason]) => ({ fn, reason })) };
}

/** Whether the state has the layer, and as declared. */
function isKept(standing: Standing): boolean {
  return standing.target !== undefined && typeof standing.recorded === "number" && !isDrifted(standing, "recorded");
}

/** The versions that a list has of a layer; why not, if the list hides whether it has any. */
function versionsIn(layers: RecordedLayers, layer: LayerVersionArn): number[] | string {
  if (layers.kind === "absent" || layers.kind === "null") return [];
  const unreadable = "its layers are a secret, or not known before an update";
  if (layers.kind !== "list") return unreadable;
  const texts = layers.layers.map((one) => (one.kind === "text" ? one.text : ""));
  const found = texts.flatMap((text) => parseLayerVersionArn(text) ?? []).filter((one) => isSame(one, layer));
  const isReadable = texts.every((text) => parseLayerVersionArn(text) || isBuiltInLayer(text));
  return found.length > 0 || isReadable ? found.map(({ version }) => version) : unreadable;
}

function isSame(one: LayerVersionArn, other: LayerVersionArn): boolean {
  return layerArn(one) === layerArn(other);
}
