import { type LayerVersionArn, parseLayerVersionArn } from "../sdk/core/arn";
import type { TargetOf } from "../sdk/core/assess";
import type { DeclaredLayer, DeclaredLayers } from "../sdk/core/config/declared";
import type { LiveFunction } from "../sdk/core/live";
import { createMatcher } from "../sdk/core/match";
import { type Checked, layersByKey, type Recorded } from "./record";
import { unknown } from "./selection";

/** A version as a number; undefined if it cannot be one. */
export function versionNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 1 ? number : undefined;
}

/** A layer of a function whose version this update publishes, so that a preview does not know it. */
export interface PendingLayer {
  readonly function: string;
  /** What it is recorded under. */
  readonly key: string;
  readonly layer: LayerVersionArn;
}

/** What a program declares, in a preview that may not know every version. */
export interface DeclaredNow {
  readonly targetOf: TargetOf;
  pendingOf(live: readonly LiveFunction[]): PendingLayer[];
}

/**
 * @param declared as the engine sends it: values of outputs are texts, or unknown, or absent if --target leaves out what
 * publishes them
 */
export function declaredNow(declared: DeclaredLayers): DeclaredNow {
  const placed = declared.layers.filter(({ arn }) => arn !== unknown);
  const matcher = createMatcher({ ...declared, layers: placed });
  const entryOf = (layer: LayerVersionArn): DeclaredLayer | undefined => matcher(layer)?.declared;
  return {
    targetOf: (layer) => {
      const entry = entryOf(layer);
      const version = versionNumber(entry?.version);
      return entry && version !== undefined
        ? { version, enforce: entry.enforce, declared: { ...entry, version } }
        : undefined;
    },
    pendingOf: (live) =>
      live.flatMap(({ name, layers }) =>
        [...layersByKey(layers)].flatMap(([key, text]) => {
          const layer = parseLayerVersionArn(text);
          const isPending = layer && (entryOf(layer)?.version as unknown) === unknown;
          return isPending ? [{ function: name, key, layer }] : [];
        }),
      ),
  };
}

/** What is recorded, with the layers that wait for their version. */
export function withPending(
  record: Pick<Checked, "functions" | "before">,
  pending: readonly PendingLayer[],
  recorded: Pick<Partial<Recorded>, "before">,
): Record<"functions" | "before", Record<string, Record<string, unknown>>> {
  const functions: Record<string, Record<string, unknown>> = { ...record.functions };
  const before: Record<string, Record<string, unknown>> = { ...record.before };
  for (const { function: name, key, layer } of pending) {
    functions[name] = { ...functions[name], [key]: unknown };
    before[name] = { ...before[name], [key]: recorded.before?.[name]?.[key] ?? layer.version };
  }
  return { functions, before };
}
