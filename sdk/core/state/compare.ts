import { differences, isObject, type Json, type JsonObject, parseJson, withoutEmpty } from "./difference";
import { KeyTable } from "./keys";
import { JsonReader } from "./reader";
import type { ByteRange } from "./text";

/** A place at which two states differ. */
export interface StateDifference {
  /** The resource that differs; undefined where it is something else of the state. */
  readonly urn: string | undefined;
  /** Where in the resource, or else in the deployment, such as `outputs.layers[0]`; empty for a resource as a whole. */
  readonly path: string;
  /** `removed`: only the first state has it. `moved`: from here on the resources stand in another order. */
  readonly kind: "changed" | "added" | "removed" | "moved";
}

/** The bytes of a state that are read a part at a time, such as those of a file. */
export interface StateSource {
  /** How many there are. */
  readonly size: number;
  /** Those of a part. They may be others once the next part is read. */
  read(start: number, end: number): Uint8Array;
}

/**
 * Tells where two exports differ in what they record. An import rewrites a state: it encrypts every secret again, sorts
 * keys, rounds numbers to Go's float64, leaves out empty fields, and writes manifest and deployment version anew. None
 * of that counts. (Whether a stack was touched between two exports is told by their bytes: that is stricter, and the
 * export of an untouched stack is always the same.)
 *
 * Resources are compared in order and one at a time, so that little is held besides the two exports; one whose outline
 * is known need not be held either.
 * @param options.limit how many differences are looked for (default 20)
 * @throws StateError where one of the two is not an exported state
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

/** Where the resources of an export stand, and where its bytes are. */
export interface Outline {
  readonly source: StateSource;
  /** The list of resources; undefined where there is none. */
  readonly list: ByteRange | undefined;
  /** Where each resource starts, and ends: numbers alone, as there may be hundreds of thousands. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

const outlineKeys = new KeyTable(["deployment", "resources"], { ofStruct: true });

/**
 * @param source where the bytes are to be had later on. Default: they stay in memory
 * @throws StateError if it is no exported state
 */
export function outlineOf(state: Uint8Array, source: StateSource = inMemory(state)): Outline {
  const reader: JsonReader = new JsonReader(state);
  reader.require("object", "the state");
  const deployment = reader.index(outlineKeys).get("deployment");
  reader.end();
  if (deployment === undefined) reader.fail("shape", 'no "deployment"', 0);
  reader.position = deployment;
  reader.require("object", '"deployment"');
  const start = reader.index(outlineKeys).get("resources");
  const [starts, ends]: [number[], number[]] = [[], []];
  if (start === undefined) return { source, list: undefined, starts, ends };
  reader.position = start;
  if (reader.has("array", '"resources"'))
    reader.array(() => {
      const range = reader.skip();
      starts.push(range.start);
      ends.push(range.end);
    });
  return { source, list: { start, end: reader.position }, starts, ends };
}

function inMemory(bytes: Uint8Array): StateSource {
  return { size: bytes.length, read: (start, end) => bytes.subarray(start, end) };
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** A deployment's fields besides the resources, without those that Pulumi writes anew whenever it saves a state. */
function frame({ source, list = { start: 0, end: 0 } }: Outline): JsonObject {
  const before = bufferOf(source.read(0, list.start)).toString();
  const text = `${before}${list.end > 0 ? "null" : ""}${bufferOf(source.read(list.end, source.size))}`;
  const { manifest: _, secrets_providers, ...others } = objectOf(objectOf(parseJson(text)).deployment);
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
