import { layerArn, parseLayerVersionArn } from "../../sdk/core/arn";
import { declaredLayersOf } from "../../sdk/core/goal";
import type { LiveFunction } from "../../sdk/core/live";
import { type LayerMove, layerName, movesBetween, moveTarget } from "../../sdk/core/moves";
import { assessedFunction, type LayerHints } from "../../sdk/core/recorded";
import { isAsDeclared, isTarget, type TargetOf } from "../../sdk/core/target";
import type { Checked, RecordedVersion, Target } from "../resource/record";
import { layersByKey, ruleOf, satisfies, set } from "../resource/versions";

/** A live function and its target layers. */
export interface FunctionPlan {
  readonly function: LiveFunction;
  /** The whole list, in merge order. */
  readonly layers: readonly string[];
  /** What differs from the live list. */
  readonly moves: readonly LayerMove[];
}

/**
 * The target layers of functions: declared layers as declared, and restored ones that were recorded but lost in AWS.
 * @throws LayersError `layer-ambiguous`
 */
export function planFunctions(
  live: readonly LiveFunction[],
  targetOf: TargetOf,
  recorded: Pick<Partial<Checked>, "functions" | "before">,
  hints: Omit<LayerHints, "known">,
): FunctionPlan[] {
  const running = live.flatMap(({ layers }) => layers.flatMap((text) => parseLayerVersionArn(text) ?? []));
  const known = new Map(running.map((layer) => [layer.name, layer]));
  return live.map((fn) => {
    // A refresh takes a lost layer out of `functions`, and leaves `before` as it is.
    const targets = Object.entries({ ...recorded.before?.[fn.name], ...recorded.functions?.[fn.name] });
    const layers = Object.fromEntries(
      targets.map(([key, target]) => [key, ruleOf(target).arn ?? ruleOf(target).version]),
    );
    // The shortcut for almost all: nothing is lost, and everything is as declared.
    const byKey = layersByKey(fn.layers);
    const isThere = targets.every(([key, target]) => byKey.has(key) && ruleOf(target).arn === undefined);
    if (isThere && fn.layers.every((text) => isAsWanted(text, fn, targetOf)))
      return { function: fn, layers: fn.layers, moves: [] };
    const by = { kind: "resource", layers: fn.packageType === "Image" ? {} : layers } as const;
    const assessed = assessedFunction({ ...fn, region: undefined, urn: "", by }, fn, { ...hints, known });
    const goal = declaredLayersOf(assessed, fn.layers, targetOf);
    return { function: fn, layers: goal, moves: movesBetween(fn.layers, goal) };
  });
}

/** Says which layers stay that another one is to take the place of: the function has that one too, or is to get it. */
export function bothLines(plans: readonly FunctionPlan[], targetOf: TargetOf): string[] {
  return plans.flatMap(({ function: fn, layers }) =>
    layers.flatMap((text) => {
      const layer = parseLayerVersionArn(text);
      const target = layer && targetOf(layer, fn);
      if (!layer || !isTarget(target) || target.by === undefined) return [];
      return `Warning: Function ${fn.name} has both layers, ${layer.name} and ${layerName(target.by)}, which is declared to replace it, so ${layer.name} stays. Remove one of the two from the function.`;
    }),
  );
}

function isAsWanted(text: string, fn: LiveFunction, targetOf: TargetOf): boolean {
  const layer = parseLayerVersionArn(text);
  const target = layer && targetOf(layer, fn);
  if (!layer || target === undefined) return true;
  return isTarget(target) && target.by === undefined && isAsDeclared(layer.version, target);
}

/** What `check` records: targets from the config, and how live functions differ from the earlier record. */
export function planRecord(
  plans: readonly FunctionPlan[],
  targetOf: TargetOf,
  recorded: Pick<Partial<Checked>, "functions" | "before">,
): Pick<Checked, "functions" | "before" | "drift" | "lost" | "moves"> {
  const targets: Record<string, Record<string, Target>> = {};
  const before: Record<string, Record<string, RecordedVersion>> = {};
  const drift: Record<string, Record<string, RecordedVersion>> = {};
  const lost: Record<string, Record<string, string>> = {};
  const comes: Record<string, Record<string, string>> = {};
  for (const { function: fn, layers, moves } of plans) {
    for (const [key, text] of layersByKey(layers)) {
      const layer = parseLayerVersionArn(text);
      if (!layer) continue;
      const move = moves.find((one) => (one.by ?? one.layer) === layerArn(layer));
      const target = targetOf(move?.by === undefined ? layer : { ...layer, ...placeOf(move.layer) }, fn);
      if (!isTarget(target)) continue;
      // A layer left alone because its replacement is already there has no target of its own.
      if (target.by !== undefined && move?.by === undefined) continue;
      const known = recordedOf(fn.name, key, move, recorded);
      const live = move ? liveOf(move) : layer.version;
      const first = known.first ?? live;
      set(targets, fn.name, key, target.enforce === "minimum" ? (`>=${target.version}` as const) : target.version);
      if (first !== null) set(before, fn.name, key, first);
      if (move?.by !== undefined) set(comes, fn.name, move.layer, moveTarget(move) ?? text);
      if (live === null) set(lost, fn.name, key, text);
      // Moves due to a config change are not drift, and neither are those that an earlier run has done.
      else if (
        move &&
        known.last !== undefined &&
        !satisfies(known.isOfOther ? (move.from ?? undefined) : live, known.last)
      )
        set(drift, fn.name, key, live);
    }
  }
  return {
    functions: targets,
    before,
    ...(Object.keys(drift).length > 0 && { drift }),
    ...(Object.keys(lost).length > 0 && { lost }),
    ...(Object.keys(comes).length > 0 && { moves: comes }),
  };
}

/** The live version of a layer that moves: the full ARN if another layer replaces it. */
function liveOf({ layer, from, by }: LayerMove): RecordedVersion | null {
  return by === undefined || from === null ? from : `${layer}:${from}`;
}

/** What is recorded for a layer; for one to be replaced, also under its own key. */
function recordedOf(
  name: string,
  key: string,
  move: LayerMove | undefined,
  { before, functions }: Pick<Partial<Checked>, "functions" | "before">,
) {
  const [first, last] = [before?.[name]?.[key], functions?.[name]?.[key]];
  if (move?.by === undefined) return { first, last, isOfOther: false };
  const oldKey = [parseLayerVersionArn(`${move.layer}:1`)?.name ?? "", move.layer].find(
    (one) => functions?.[name]?.[one] !== undefined || before?.[name]?.[one] !== undefined,
  );
  const old = oldKey === undefined ? undefined : before?.[name]?.[oldKey];
  const itsFirst = typeof old === "number" ? `${move.layer}:${old}` : old;
  const itsLast = oldKey === undefined ? undefined : functions?.[name]?.[oldKey];
  // Layers with the same name share a key: the record is for the one being replaced.
  return {
    first: oldKey === key ? itsFirst : (first ?? itsFirst),
    last: oldKey === key ? itsLast : (last ?? itsLast),
    isOfOther: itsLast !== undefined && (oldKey === key || last === undefined),
  };
}

function placeOf(arn: string) {
  return parseLayerVersionArn(`${arn}:1`) ?? {};
}
