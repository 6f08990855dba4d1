import { decodeString } from "./text";

/** A key that a {@link KeyTable} knows. */
export interface Key {
  readonly name: string;
  /** The key's own bit in a set of keys. */
  readonly bit: number;
}

/**
 * Recognises the keys of a JSON object by their bytes, without creating a string for each skipped key. A key with
 * escapes (`"la\u0079ers"`) is the same key.
 */
export class KeyTable {
  private readonly byLength: (Key & { bytes: Uint8Array })[][] = [];
  private readonly byName = new Map<string, Key>();

  /**
   * @param names at most 31 keys
   * @param options.ofStruct whether Pulumi decodes the object into a Go struct. Go then reads `"Inputs"` as `inputs`,
   * so that a key in another case is not simply a different key
   */
  constructor(
    names: Iterable<string>,
    private readonly options: { ofStruct: boolean },
  ) {
    for (const name of new Set(names)) {
      const bytes = Buffer.from(name);
      const key = { name, bit: 1 << this.byName.size, bytes };
      this.byLength[bytes.length] = [...(this.byLength[bytes.length] ?? []), key];
      this.byName.set(options.ofStruct ? foldCase(name) : name, key);
    }
  }

  /**
   * The table's key that a string token is; `"other case"` if Pulumi would read the token as one of them although
   * it is written in another case.
   * @param start offset of the token's opening quote
   * @param end offset behind its closing quote
   */
  find(bytes: Uint8Array, start: number, end: number): Key | "other case" | undefined {
    const { ofStruct } = this.options;
    const ofLength = this.byLength[end - start - 2];
    // Called for each key of a state: an iterator would use most of the scan's memory.
    for (let i = 0; ofLength !== undefined && i < ofLength.length; i++) {
      const key = ofLength[i] as Key & { bytes: Uint8Array };
      // Most keys differ from it at once.
      if ((((bytes[start + 1] as number) ^ (key.bytes[0] as number)) & ~caseBit) !== 0) continue;
      const likeness = compareKeys(bytes, start + 1, key.bytes);
      if (likeness === "same") return key;
      if (likeness === "other case" && ofStruct) return likeness;
    }
    if (isPlain(bytes, start + 1, end - 1)) return undefined;
    const name = decodeString(bytes, start, end);
    const key = this.byName.get(ofStruct ? foldCase(name) : name);
    return key === undefined || key.name === name ? key : "other case";
  }
}

/** Compares a key's bytes with a known key of the same length. */
function compareKeys(bytes: Uint8Array, start: number, known: Uint8Array): "same" | "other case" | undefined {
  let differs = 0;
  for (let i = 0; i < known.length; i++) differs |= (bytes[start + i] ?? 0) ^ (known[i] ?? 0);
  if (differs === 0) return "same";
  return differs === caseBit ? "other case" : undefined;
}

/** The bit that distinguishes upper and lower case in ASCII. */
const caseBit = 0x20;

/** Whether a key has no escapes and nothing beyond ASCII, so that its bytes are its text. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === 0x5c || byte >= 0x80) return false;
  }
  return true;
}

/** Folds case as Go's encoding/json does for field names: including the Kelvin sign to `k` and the long s to `s`. */
function foldCase(name: string): string {
  return name.toUpperCase().toLowerCase();
}
