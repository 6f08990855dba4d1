import { KeyTable } from "./keys";
import { JsonReader } from "./reader";
import type { ByteRange } from "./text";

/** The bytes of a state that are read a part at a time, such as those of a file. */
export interface StateSource {
  /** How many there are. */
  readonly size: number;
  /** Those of a part. They may be others once the next part is read. */
  read(start: number, end: number): Uint8Array;
}

/** Where the deployment of a state stands and its resources in it, and where its bytes are. */
export interface Outline {
  readonly source: StateSource;
  readonly deployment: ByteRange;
  /** The list of resources; undefined if there is none. */
  readonly list: ByteRange | undefined;
  /** Where each resource starts, and ends: numbers alone, as there may be hundreds of thousands. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Where a deployment stands in a file: in what Pulumi exports, or in what a backend in files keeps of a stack. */
export type StateFrame = "export" | "checkpoint";

const frames = { export: ["deployment"], checkpoint: ["checkpoint", "latest"] } as const;
const tables = {
  export: new KeyTable([...frames.export, "resources"], { ofStruct: true }),
  checkpoint: new KeyTable([...frames.checkpoint, "resources"], { ofStruct: true }),
};

/**
 * @param source where the bytes are to be had later on. Default: they stay in memory
 * @throws StateError if it is no exported state
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
