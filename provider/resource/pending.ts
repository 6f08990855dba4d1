import { isLayerArn, type LayerVersionArn, parseLayerVersionArn } from "../../sdk/core/arn";
import { type DeclaredLayer, type DeclaredLayers, declaredAt } from "../../sdk/core/config/declared";
import { formFor, type TargetFacts, whenFactsOf } from "../../sdk/core/form";
import type { LiveFunction } from "../../sdk/core/live";
import { createMatcher } from "../../sdk/core/match";
import { assessedLive } from "../../sdk/core/recorded";
import { declaredTargets, isTarget, type TargetOf } from "../../sdk/core/target";
import type { Checked, Recorded } from "./record";
import { unknown } from "./selection";
import { layersByKey } from "./versions";

/** Why the output that is to give a version does not, as the rest of a sentence about the version. */
export const noValue =
  "has no value: there is no such output, or its resource is not published yet and not part of this update.";

/** A version as a number; undefined if it is invalid. */
export function versionNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 1 ? number : undefined;
}

/**
 * Why values of an entry that were outputs cannot be used, now that they are known. They are not quoted, because they may
 * be secret.
 */
export function outputProblem({
  arn,
  ...entry
}: Pick<DeclaredLayer, "arn" | "version" | "source">): string | undefined {
  const version: unknown = entry.version ?? unknown;
  if (version !== unknown && versionNumber(version) === undefined)
    return `${declaredAt(entry)}: the version is not a whole number of 1 or more.`;
  if (arn === undefined || arn === unknown || isLayerArn(arn) || /[{*]/.test(arn)) return undefined;
  return `${declaredAt(entry)}: the arn is not that of a layer without a version. An aws.lambda.LayerVersion has it in \`layerArn\`.`;
}

/** A layer of a function whose version this update publishes, so that it is unknown in a preview. */
export interface PendingLayer {
  readonly function: string;
  /** Its key in the record. */
  readonly key: string;
  readonly layer: LayerVersionArn;
}

/** A program's declarations, in a preview with possibly unknown versions. */
export interface DeclaredNow {
  readonly targetOf: TargetOf;
  /** Keys of the entries whose ARN is not known yet: any layer that no other entry matches may be theirs. */
  readonly unplaced: readonly string[];
  /** The layers of functions that stay because the output that is to give their version has no value. */
  missingOf(live: readonly LiveFunction[]): (PendingLayer & { readonly entry: DeclaredLayer })[];
  /** @param recorded the versions by function and layer; those of layers that may be of an entry without an ARN wait too */
  pendingOf(live: readonly LiveFunction[], recorded: Partial<Recorded>["functions"]): PendingLayer[];
}

/**
 * @param declared as the engine sends it: values of outputs are texts, or unknown, or absent if --target excludes the
 * publishing resource
 */
export function declaredNow(declared: DeclaredLayers): DeclaredNow {
  const [placed, open] = [declared.layers.filter(hasPlace), declared.layers.filter((entry) => !hasPlace(entry))];
  // Entries whose version is an output: in a preview it may be unknown, or not published at all.
  const isOutput = new Set<string>();
  const isPending = new Set<string>();
  const layers = placed.map((entry): DeclaredLayer => {
    const version = versionNumber(entry.version);
    const isOpen = version === undefined && (entry.version !== undefined || (entry.variants ?? []).length === 0);
    if (isOpen) isOutput.add(entry.key);
    if ((entry.version as unknown) === unknown) isPending.add(entry.key);
    return { ...entry, version };
  });
  const matcher = createMatcher({ ...declared, layers });
  const targets = declaredTargets(matcher);
  /** The entry that matches a layer of a function, if its version is unknown for that function. */
  const openEntry = (layer: LayerVersionArn, fn: TargetFacts): DeclaredLayer | undefined => {
    const entry = matcher(layer)?.declared;
    if (!entry || !isOutput.has(entry.key)) return undefined;
    const form = formFor(entry, whenFactsOf(fn, layer));
    return "why" in form || form.version !== undefined ? undefined : entry;
  };
  const openLayers = (live: readonly LiveFunction[]) =>
    live.flatMap((fn) =>
      [...layersByKey(fn.layers)].flatMap(([key, text]) => {
        const layer = parseLayerVersionArn(text);
        return layer ? [{ function: fn.name, key, layer, entry: openEntry(layer, assessedLive(fn)) }] : [];
      }),
    );
  return {
    targetOf: (layer, fn) => {
      const target = targets(layer, fn);
      return !isTarget(target) && openEntry(layer, fn) ? undefined : target;
    },
    unplaced: open.map(({ key }) => key),
    pendingOf: (live, recorded) =>
      openLayers(live).flatMap(({ entry, ...one }) => {
        const mayBeTheirs = open.length > 0 && recorded?.[one.function]?.[one.key] !== undefined && !matcher(one.layer);
        return mayBeTheirs || (entry && isPending.has(entry.key)) ? [one] : [];
      }),
    missingOf: (live) =>
      openLayers(live).flatMap(({ entry, ...one }) => (entry && !isPending.has(entry.key) ? [{ ...one, entry }] : [])),
  };
}

/** Whether the layer of an entry is known. */
function hasPlace({ arn }: DeclaredLayer): boolean {
  return arn !== unknown;
}

/** The record, with the layers that wait for their version. */
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
