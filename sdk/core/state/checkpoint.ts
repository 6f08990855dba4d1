import { KeyTable } from "./keys";
import { JsonReader } from "./reader";

const fileKeys = new KeyTable(["version", "checkpoint", "deployment"], { ofStruct: true });
const checkpointKeys = new KeyTable(["latest"], { ofStruct: true });
const deploymentKeys = new KeyTable(["manifest"], { ofStruct: true });
const manifestKeys = new KeyTable(["time"], { ofStruct: true });

/**
 * What a backend in files keeps of a stack, as an export: the same bytes, in the frame that an import takes.
 * @throws StateError if it is no checkpoint
 */
export function exportOfCheckpoint(bytes: Uint8Array): Uint8Array {
  const reader: JsonReader = new JsonReader(bytes);
  const file = reader.index(fileKeys);
  const [versionAt, checkpointAt] = [file.get("version"), file.get("checkpoint")];
  if (versionAt === undefined || checkpointAt === undefined) reader.fail("shape", "no checkpoint", 0);
  const checkpoint = reader.revisit(checkpointAt, () => reader.index(checkpointKeys));
  const latest = checkpoint.get("latest");
  if (latest === undefined) reader.fail("shape", 'no "latest"', checkpointAt);
  const textAt = (at: number) => {
    const { start, end } = reader.revisit(at, () => reader.skip());
    return bytes.subarray(start, end);
  };
  return Buffer.concat([
    Buffer.from('{"version":'),
    textAt(versionAt),
    Buffer.from(',"deployment":'),
    textAt(latest),
    Buffer.from("}\n"),
  ]);
}

/** When an update made an exported state, as its manifest says; undefined if it says nothing. */
export function savedAt(bytes: Uint8Array): string | undefined {
  const reader: JsonReader = new JsonReader(bytes);
  let keys = reader.index(fileKeys);
  for (const [key, table] of [
    ["deployment", deploymentKeys],
    ["manifest", manifestKeys],
  ] as const) {
    const at = keys.get(key);
    if (at === undefined) return undefined;
    keys = reader.revisit(at, () => reader.index(table));
  }
  const time = keys.get("time");
  return time === undefined ? undefined : reader.revisit(time, () => reader.string());
}
