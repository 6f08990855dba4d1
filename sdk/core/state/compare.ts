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

/**
 * Tells where two exports differ in what they record. An import rewrites a state: it encrypts every secret again, sorts
 * keys, rounds numbers to Go's float64, leaves out empty fields, and writes manifest and deployment version anew. None
 * of that counts. (Whether a stack was touched between two exports is told by their bytes: that is stricter, and the
 * export of an untouched stack is always the same.)
 *
 * Resources are compared in order and one at a time, so that little is held besides the two exports.
 * @param options.limit how many differences are looked for (default 20)
 * @throws StateError where one of the two is not an exported state
 */
export function compareStates(a: Uint8Array, b: Uint8Array, options: { limit?: number } = {}): StateDifference[] {
  const found: StateDifference[] = [];
  for (const difference of stateDifferences(outline(a), outline(b))) {
    if (found.push(difference) >= (options.limit ?? 20)) break;
  }
  return found;
}

function* stateDifferences(a: Outline, b: Outline): Generator<StateDifference> {
  for (const difference of differences(frame(a), frame(b))) yield { urn: undefined, ...difference };
  for (let i = 0; i < Math.max(a.resources.length, b.resources.length); i++) {
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
  return state.resources.slice(from).map((_, i) => String(resource(state, from + i).urn));
}

/** An export, and where its resources stand. */
interface Outline {
  readonly bytes: Buffer;
  /** The list of resources; undefined where there is none. */
  readonly list: ByteRange | undefined;
  readonly resources: readonly ByteRange[];
}

const outlineKeys = new KeyTable(["deployment", "resources"], { ofStruct: true });

function outline(state: Uint8Array): Outline {
  const bytes = Buffer.from(state.buffer, state.byteOffset, state.byteLength);
  const reader: JsonReader = new JsonReader(bytes);
  reader.require("object", "the state");
  const deployment = reader.index(outlineKeys).get("deployment");
  reader.end();
  if (deployment === undefined) reader.fail("shape", 'no "deployment"', 0);
  reader.position = deployment;
  reader.require("object", '"deployment"');
  const start = reader.index(outlineKeys).get("resources");
  if (start === undefined) return { bytes, list: undefined, resources: [] };
  reader.position = start;
  const resources = reader.has("array", '"resources"') ? reader.list(() => reader.skip()) : [];
  return { bytes, list: { start, end: reader.position }, resources };
}

/** A deployment's fields besides the resources, without those that Pulumi writes anew whenever it saves a state. */
function frame({ bytes, list }: Outline): JsonObject {
  const text = list ? `${bytes.subarray(0, list.start)}null${bytes.subarray(list.end)}` : bytes.toString();
  const { manifest: _, secrets_providers, ...others } = objectOf(objectOf(parseJson(text)).deployment);
  return withoutEmpty({ ...others, "secrets_providers.type": objectOf(secrets_providers).type ?? null });
}

function resourceBytes({ bytes, resources }: Outline, index: number): Buffer {
  const { start, end } = resources[index] ?? { start: 0, end: 0 };
  return bytes.subarray(start, end);
}

/** A resource, without the fields that Go leaves out; an empty one behind the end of the list. */
function resource(state: Outline, index: number): JsonObject {
  const text = index < state.resources.length ? resourceBytes(state, index).toString() : "{}";
  return withoutEmpty(objectOf(parseJson(text)));
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
