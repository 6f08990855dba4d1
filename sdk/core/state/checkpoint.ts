import { KeyTable } from "./keys";
import type { StateFrame } from "./outline";
import { JsonReader } from "./reader";

const fileKeys = new KeyTable(["version", "checkpoint", "deployment"], { ofStruct: true });
const checkpointKeys = new KeyTable(["latest"], { ofStruct: true });
const deploymentKeys = new KeyTable(["manifest"], { ofStruct: true });
const manifestKeys = new KeyTable(["time"], { ofStruct: true });

/**
 * Turns the file of a file backend into an export: the same bytes, in the frame that an import expects. Returned as
 * slices to be written in order, so that nothing is copied.
 * @throws StateError if it is not a checkpoint
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

/** When an update wrote a state, from its manifest; undefined if missing. */
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
