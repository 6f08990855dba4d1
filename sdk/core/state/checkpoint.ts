import { KeyTable } from "./keys";
import type { StateFrame } from "./outline";
import { JsonReader } from "./reader";

const fileKeys = new KeyTable(["version", "checkpoint", "deployment"], { ofStruct: true });
const checkpointKeys = new KeyTable(["latest"], { ofStruct: true });
const deploymentKeys = new KeyTable(["manifest"], { ofStruct: true });
const manifestKeys = new KeyTable(["time"], { ofStruct: true });

/**
 * What a backend in files keeps of a stack, as an export: the same bytes, in the frame that an import takes. They are
 * slices, to be written one after the other, so that no copy is made.
 * @throws StateError if it is no checkpoint
 */
export function exportOfCheckpoint(bytes: Uint8Array): Uint8Array[] {
  const reader: JsonReader = new JsonReader(bytes);
  const file = reader.index(fileKeys);
  const [versionAt, checkpointAt] = [file.get("version"), file.get("checkpoint")];
  if (versionAt === undefined || checkpointAt === undefined) reader.fail("shape", "not a checkpoint", 0);
  const checkpoint = reader.revisit(checkpointAt, () => reader.index(checkpointKeys));
  const latest = checkpoint.get("latest");
  if (latest === undefined) reader.fail("shape", 'no "latest"', checkpointAt);
  const textAt = (at: number) => {
    const { start, end } = reader.revisit(at, () => reader.skip());
    return bytes.subarray(start, end);
  };
  const text = (words: string) => new TextEncoder().encode(words);
  return [text('{"version":'), textAt(versionAt), text(',"deployment":'), textAt(latest), text("}\n")];
}

const ways = {
  export: [["deployment", deploymentKeys]],
  checkpoint: [
    ["checkpoint", checkpointKeys],
    ["latest", deploymentKeys],
  ],
} as const;

/** When an update made a state, as its manifest says; undefined if it says nothing. */
export function savedAt(bytes: Uint8Array, frame: StateFrame = "export"): string | undefined {
  const reader: JsonReader = new JsonReader(bytes);
  let keys = reader.index(fileKeys);
  for (const [key, table] of [...ways[frame], ["manifest", manifestKeys] as const]) {
    const at = keys.get(key);
    if (at === undefined) return undefined;
    keys = reader.revisit(at, () => reader.index(table));
  }
  const time = keys.get("time");
  return time === undefined ? undefined : reader.revisit(time, () => reader.string());
}
