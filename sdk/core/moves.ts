import { layerArn, parseLayerVersionArn } from "./arn";

/** A layer of a function, by its ARN without version, and the versions that it moves from and to. */
export interface LayerMove {
  readonly layer: string;
  /** Null if the function did not have the layer. */
  readonly from: number | null;
  /** Null if the function has the layer no more. */
  readonly to: number | null;
}

/** What differs between two lists of layer version ARNs, one move a layer: those of `before` in its order, then what came. */
export function movesBetween(before: readonly string[], after: readonly string[]): LayerMove[] {
  const [was, is] = [versionsByLayer(before), versionsByLayer(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((layer) => {
    const [old, now] = [was.get(layer) ?? [], is.get(layer) ?? []];
    if (old.join() === now.join()) return [];
    // Of a layer that is there more than once, the version that does not stay.
    return [{ layer, from: old.find((one) => !now.includes(one)) ?? old[0] ?? null, to: now[0] ?? null }];
  });
}

/** Versions by the layers' ARNs; of a layer that is there more than once, the last. */
export function versionsOf(layerVersionArns: readonly string[]): Map<string, number> {
  return new Map([...versionsByLayer(layerVersionArns)].map(([layer, versions]) => [layer, versions.at(-1) ?? 0]));
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
