import { differences, isObject, type Json, type JsonObject, parseJson, withoutEmpty } from "./difference";
import { type Outline, outlineOf } from "./outline";

/** A place at which two states differ. */
export interface StateDifference {
  /** The resource that differs; undefined if it is something else of the state. */
  readonly urn: string | undefined;
  /** Where in the resource, or else in the deployment, such as `outputs.layers[0]`; empty for a resource as a whole. */
  readonly path: string;
  /** `removed`: only the first state has it. `moved`: from here on the resources stand in another order. */
  readonly kind: "changed" | "added" | "removed" | "moved";
}

/**
 * Says where two exports differ in what they record. An import rewrites a state: it encrypts every secret again, sorts
 * keys, rounds numbers to Go's float64, leaves out empty fields, and writes manifest and deployment version anew. None
 * of that counts. (Whether a stack was touched between two exports shows in their bytes: that is stricter, and the
 * export of an untouched stack is always the same.)
 *
 * Resources are compared in order and one at a time, so that little is held besides the two exports; one whose outline
 * is known need not be held either.
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
    // Most resources are the same to the byte; only the others are parsed.
    if (resourceBytes(a, i).equals(resourceBytes(b, i))) continue;
    const [one, other] = [resource(a, i), resource(b, i)];
    if (one.urn !== other.urn) {
      yield* otherResources(a, b, i);
      return;
    }
    for (const difference of differences(one, other)) yield { urn: String(one.urn), ...difference };
  }
}

/** From the first place on where the two have different resources: those that only one has, else that they moved. */
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

/** A deployment's fields besides the resources, without those that Pulumi writes anew whenever it saves a state. */
function frame({ source, deployment: { start, end }, list }: Outline): JsonObject {
  const textOf = (from: number, to: number) => bufferOf(source.read(from, to)).toString();
  const text = list ? `${textOf(start, list.start)}null${textOf(list.end, end)}` : textOf(start, end);
  const { manifest: _, secrets_providers, ...others } = objectOf(parseJson(text));
  return withoutEmpty({ ...others, "secrets_providers.type": objectOf(secrets_providers).type ?? null });
}

function resourceBytes({ source, starts, ends }: Outline, index: number): Buffer {
  return bufferOf(source.read(starts[index] ?? 0, ends[index] ?? 0));
}

/** A resource, without the fields that Go leaves out; an empty one behind the end of the list. */
function resource(state: Outline, index: number): JsonObject {
  const text = index < state.starts.length ? resourceBytes(state, index).toString() : "{}";
  return withoutEmpty(objectOf(parseJson(text)));
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
