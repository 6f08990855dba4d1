import { layerArn, parseLayerVersionArn } from "./arn";

/** A layer of a function, by its ARN without version, and the versions that it moves from and to. */
export interface LayerMove {
  readonly layer: string;
  /** Null if the function did not have the layer. */
  readonly from: number | null;
  /** Null if the function no longer has the layer. */
  readonly to: number | null;
  /** If another layer replaces it: that layer's ARN without version; `to` is its version. */
  readonly by?: string | undefined;
}

/**
 * The differences between two lists of layer version ARNs, one move per layer: those of `before` in order, then added
 * ones. A layer added where another was removed has replaced it.
 */
export function movesBetween(before: readonly string[], after: readonly string[]): LayerMove[] {
  const [was, is] = [versionsByLayer(before), versionsByLayer(after)];
  const takers = takersBetween(was, is);
  const came = new Set(takers.values());
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((layer): LayerMove[] => {
    const [old, now] = [was.get(layer) ?? [], is.get(layer) ?? []];
    if (old.join() === now.join() || came.has(layer)) return [];
    const by = takers.get(layer);
    if (by !== undefined) return [{ layer, from: old[0] ?? null, to: is.get(by)?.[0] ?? null, by }];
    // If a layer is present more than once, the version that does not stay.
    return [{ layer, from: old.find((one) => !now.includes(one)) ?? old[0] ?? null, to: now[0] ?? null }];
  });
}

/** Which layers replaced which: between the same unchanged neighbours, in order. */
function takersBetween(
  was: ReadonlyMap<string, readonly number[]>,
  is: ReadonlyMap<string, readonly number[]>,
): Map<string, string> {
  const takers = new Map<string, string>();
  if ([...was.keys()].every((layer) => is.has(layer))) return takers;
  const [gone, come] = [gaps(was.keys(), is), gaps(is.keys(), was)];
  for (const [place, layers] of gone) {
    const others = come.get(place) ?? [];
    for (const [index, layer] of layers.entries()) {
      const by = others[index];
      if (by !== undefined) takers.set(layer, by);
    }
  }
  return takers;
}

/** The layers that a list does not share with another, keyed by the shared one before them. */
function gaps(layers: Iterable<string>, other: ReadonlyMap<string, unknown>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let place = "";
  for (const layer of layers) {
    if (other.has(layer)) place = layer;
    else found.set(place, [...(found.get(place) ?? []), layer]);
  }
  return found;
}

/** The move back. */
export function reversed({ layer, from, to, by }: LayerMove): LayerMove {
  return by === undefined ? { layer, from: to, to: from } : { layer: by, from: to, to: from, by: layer };
}

/** The full ARN that a move leads to; null if the layer is taken off. */
export function moveTarget({ layer, to, by }: LayerMove): string | null {
  return to === null ? null : `${by ?? layer}:${to}`;
}

/** Versions by the layers' ARNs; the last one if a layer is present more than once. */
export function versionsOf(layerVersionArns: readonly string[]): Map<string, number> {
  return new Map([...versionsByLayer(layerVersionArns)].map(([layer, versions]) => [layer, versions.at(-1) ?? 0]));
}

/**
 * The status of a move in a list: not started, done, or otherwise; `now` is then the layer's version, null if it is
 * gone.
 */
export type MoveState = { readonly is: "before" | "after" } | { readonly is: "other"; readonly now: number | null };

/** The status of a move in a list of layer version ARNs. */
export function stateOfMove({ layer, from, to, by }: LayerMove, layers: readonly string[]): MoveState {
  const versions = versionsOf(layers);
  const now = versions.get(layer) ?? null;
  if (by === undefined) {
    if (now === from) return { is: "before" };
    return now === to ? { is: "after" } : { is: "other", now };
  }
  const taker = versions.get(by) ?? null;
  if (now === from && taker === null) return { is: "before" };
  if (now === null && taker === to) return { is: "after" };
  return { is: "other", now: taker ?? now };
}

function versionsByLayer(texts: readonly string[]): Map<string, number[]> {
  const versions = new Map<string, number[]>();
  for (const text of texts) {
    const parsed = parseLayerVersionArn(text);
    if (parsed) versions.set(layerArn(parsed), [...(versions.get(layerArn(parsed)) ?? []), parsed.version]);
  }
  return versions;
}

/** The name in a layer's ARN without version. */
export function layerName(arn: string): string {
  return arn.slice(arn.lastIndexOf(":") + 1);
}
