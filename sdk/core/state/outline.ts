import { KeyTable } from "./keys";
import { JsonReader } from "./reader";
import type { ByteRange } from "./text";

/** Bytes of a state that are read in parts, such as those of a file. */
export interface StateSource {
  /** The total number of bytes. */
  readonly size: number;
  /** The bytes of a part. The buffer may be reused for the next part. */
  read(start: number, end: number): Uint8Array;
}

/** The position of a state's deployment and of its resources, and the source of its bytes. */
export interface Outline {
  readonly source: StateSource;
  readonly deployment: ByteRange;
  /** The list of resources; undefined if there is none. */
  readonly list: ByteRange | undefined;
  /** Where each resource starts, and ends: plain numbers, as there may be hundreds of thousands. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Where a deployment is in a file: in an export, or in a stack's file of a file backend. */
export type StateFrame = "export" | "checkpoint";

const frames = { export: ["deployment"], checkpoint: ["checkpoint", "latest"] } as const;
const tables = {
  export: new KeyTable([...frames.export, "resources"], { ofStruct: true }),
  checkpoint: new KeyTable([...frames.checkpoint, "resources"], { ofStruct: true }),
};

/**
 * @param source where to read the bytes later. Default: they stay in memory
 * @throws StateError if it is not an exported state
 */
export function outlineOf(
  state: Uint8Array,
  source: StateSource = inMemory(state),
  frame: StateFrame = "export",
): Outline {
  const reader: JsonReader = new JsonReader(state);
  const keys = tables[frame];
  let what = "the state";
  let start = 0;
  for (const key of frames[frame]) {
    reader.require("object", what);
    const at = reader.index(keys).get(key);
    if (what === "the state") reader.end();
    if (at === undefined) reader.fail("shape", `no "${key}"`, start);
    reader.position = start = at;
    what = `"${key}"`;
  }
  reader.require("object", what);
  const listed = reader.index(keys).get("resources");
  const deployment = { start, end: reader.position };
  const [starts, ends]: [number[], number[]] = [[], []];
  if (listed === undefined) return { source, deployment, list: undefined, starts, ends };
  reader.position = listed;
  if (reader.has("array", '"resources"'))
    reader.array(() => {
      const range = reader.skip();
      starts.push(range.start);
      ends.push(range.end);
    });
  return { source, deployment, list: { start: listed, end: reader.position }, starts, ends };
}

function inMemory(bytes: Uint8Array): StateSource {
  return { size: bytes.length, read: (start, end) => bytes.subarray(start, end) };
}
