import { differences, isObject, type Json, type JsonObject, parseJson, withoutEmpty } from "./difference";
import { type Outline, outlineOf } from "./outline";

/** A place at which two states differ. */
export interface StateDifference {
  /** The resource that differs; undefined if it is something else of the state. */
  readonly urn: string | undefined;
  /** The path in the resource, or in the deployment, such as `outputs.layers[0]`; empty for a resource as a whole. */
  readonly path: string;
  /** `removed`: only the first state has it. `moved`: from here on the order of resources differs. */
  readonly kind: "changed" | "added" | "removed" | "moved";
}

/**
 * Finds the differences in content between two exports. An import rewrites a state: it re-encrypts every secret, sorts
 * keys, rounds numbers to Go's float64, omits empty fields, and renews the manifest and deployment version. None of
 * that counts. (Whether a stack was changed between two exports is checked by comparing bytes, which is stricter;
 * exports of an unchanged stack are identical.)
 *
 * Resources are compared in order and one at a time, so that little memory is needed besides the two exports; an export
 * whose outline is known need not be in memory either.
 * @param options.limit how many differences are looked for (default 20)
 * @throws StateError if one of the two is not an exported state
 */
export function compareStates(
  a: Uint8Array | Outline,
  b: Uint8Array | Outline,
  options: { limit?: number } = {},
): StateDifference[] {
  const [one, other] = [a, b].map((state) => (state instanceof Uint8Array ? outlineOf(state) : state)) as [
    Outline,
    Outline,
  ];
  const found: StateDifference[] = [];
  for (const difference of stateDifferences(one, other)) {
    if (found.push(difference) >= (options.limit ?? 20)) break;
  }
  return found;
}

function* stateDifferences(a: Outline, b: Outline): Generator<StateDifference> {
  for (const difference of differences(frame(a), frame(b))) yield { urn: undefined, ...difference };
  for (let i = 0; i < Math.max(a.starts.length, b.starts.length); i++) {
    // Most resources are identical to the byte; only the others are parsed.
    if (resourceBytes(a, i).equals(resourceBytes(b, i))) continue;
    const [one, other] = [resource(a, i), resource(b, i)];
    if (one.urn !== other.urn) {
      yield* otherResources(a, b, i);
      return;
    }
    for (const difference of differences(one, other)) yield { urn: String(one.urn), ...difference };
  }
}

/** From the first different resource on: those that only one state has, otherwise that they moved. */
function* otherResources(a: Outline, b: Outline, from: number): Generator<StateDifference> {
  const [urnsA, urnsB] = [urns(a, from), urns(b, from)];
  const [inA, inB] = [new Set(urnsA), new Set(urnsB)];
  const removed = urnsA.filter((urn) => !inB.has(urn));
  const added = urnsB.filter((urn) => !inA.has(urn));
  for (const urn of removed) yield { urn, path: "", kind: "removed" };
  for (const urn of added) yield { urn, path: "", kind: "added" };
  if (removed.length + added.length === 0) yield { urn: urnsA[0] ?? urnsB[0], path: "", kind: "moved" };
}

function urns(state: Outline, from: number): string[] {
  return state.starts.slice(from).map((_, i) => String(resource(state, from + i).urn));
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** A deployment's fields besides the resources, without those that Pulumi rewrites at every save. */
function frame({ source, deployment: { start, end }, list }: Outline): JsonObject {
  const textOf = (from: number, to: number) => bufferOf(source.read(from, to)).toString();
  const text = list ? `${textOf(start, list.start)}null${textOf(list.end, end)}` : textOf(start, end);
  const { manifest: _, secrets_providers, ...others } = objectOf(parseJson(text));
  return withoutEmpty({ ...others, "secrets_providers.type": objectOf(secrets_providers).type ?? null });
}

function resourceBytes({ source, starts, ends }: Outline, index: number): Buffer {
  return bufferOf(source.read(starts[index] ?? 0, ends[index] ?? 0));
}

/** A resource, without the fields that Go omits; an empty one beyond the end of the list. */
function resource(state: Outline, index: number): JsonObject {
  const text = index < state.starts.length ? resourceBytes(state, index).toString() : "{}";
  return withoutEmpty(objectOf(parseJson(text)));
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
