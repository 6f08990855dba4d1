import { afterString } from "./json";
import { decodeString } from "./text";

const quote = 0x22;
const backslash = 0x5c;
const fewTexts = 512;

/**
 * Texts of a state, identified by their offsets. A state has hundreds of thousands of URNs, each named several times:
 * instead of a string, each costs a dozen bytes. Escaped spellings are the same text.
 */
export class TokenTable {
  /** How many texts the table has. */
  size = 0;
  /** Where each text starts; a text with escapes is kept in {@link escaped}, under its number. */
  private starts: Uint32Array | Float64Array;
  private lengths = new Int32Array(fewTexts);
  private hashes = new Int32Array(fewTexts);
  private readonly escaped = new Map<number, Uint8Array>();
  /** Number of a text plus one, by its hash; 0 is free. Half of them always are. */
  private slots = new Int32Array(2 * fewTexts);
  private last = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.starts = this.offsets(fewTexts);
  }

  /** The number of the text, from 0; -1 if the table does not have it. `start` is the string's opening quote. */
  find(start: number): number {
    // Neighbouring resources usually share their parent and provider.
    if (this.isLast(start + 1)) return this.last;
    const token = this.token(start);
    const found = (this.slots[this.slotOf(token)] ?? 0) - 1;
    if (found >= 0) this.last = found;
    return found;
  }

  /** The number of the text, which the table has from now on. */
  add(start: number): number {
    const token = this.token(start);
    const slot = this.slotOf(token);
    const known = this.slots[slot] ?? 0;
    if (known > 0) return known - 1;
    const number = this.size++;
    this.slots[slot] = number + 1;
    this.starts[number] = token.start;
    this.lengths[number] = token.end - token.start;
    this.hashes[number] = token.hash;
    if (token.bytes !== this.bytes) this.escaped.set(number, token.bytes);
    if (this.size === this.starts.length) this.grow();
    return number;
  }

  /** The text with a number. */
  text(number: number): string {
    const bytes = this.escaped.get(number) ?? this.bytes;
    const start = this.starts[number] ?? 0;
    return new TextDecoder().decode(bytes.subarray(start, start + (this.lengths[number] ?? 0)));
  }

  private isLast(start: number): boolean {
    const { bytes, last } = this;
    if (this.size === 0 || this.escaped.has(last)) return false;
    const known = this.starts[last] as number;
    const length = this.lengths[last] as number;
    if (bytes[start + length] !== quote) return false;
    for (let i = length - 1; i >= 0; i--) if (bytes[known + i] !== bytes[start + i]) return false;
    return true;
  }

  private token(quoteAt: number): Token {
    const { bytes } = this;
    const start = quoteAt + 1;
    let end = start;
    let byte = bytes[end];
    while (byte !== quote && byte !== backslash && byte !== undefined) byte = bytes[++end];
    if (byte === backslash) return this.decoded(quoteAt);
    return { bytes, start, end, hash: hashOf(bytes, start, end) };
  }

  private decoded(quoteAt: number): Token {
    const bytes = Buffer.from(decodeString(this.bytes, quoteAt, afterString(this.bytes, quoteAt)));
    return { bytes, start: 0, end: bytes.length, hash: hashOf(bytes, 0, bytes.length) };
  }

  private slotOf(token: Token): number {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = (token.hash ^ (token.hash >>> 15)) & mask;
    for (;;) {
      const number = slots[slot] ?? 0;
      if (number === 0 || (this.hashes[number - 1] === token.hash && this.isAt(number - 1, token))) return slot;
      slot = (slot + 1) & mask;
    }
  }

  /** Backwards, because URNs start alike. */
  private isAt(number: number, token: Token): boolean {
    const start = this.starts[number] as number;
    const length = token.end - token.start;
    if (this.lengths[number] !== length) return false;
    const bytes = (this.escaped.size > 0 && this.escaped.get(number)) || this.bytes;
    for (let i = length - 1; i >= 0; i--) if (bytes[start + i] !== token.bytes[token.start + i]) return false;
    return true;
  }

  private offsets(room: number): Uint32Array | Float64Array {
    return this.bytes.length < 2 ** 32 ? new Uint32Array(room) : new Float64Array(room);
  }

  /** Doubles the room. */
  private grow(): void {
    const { starts, lengths, hashes } = this;
    const room = 2 * starts.length;
    // Not by transferring the buffers: V8 then checks each access to any typed array for a detached buffer.
    this.starts = this.offsets(room);
    this.starts.set(starts);
    this.lengths = new Int32Array(room);
    this.lengths.set(lengths);
    this.hashes = new Int32Array(room);
    this.hashes.set(hashes);
    this.slots = new Int32Array(2 * room);
    const mask = this.slots.length - 1;
    for (let number = 0; number < this.size; number++) {
      const hash = this.hashes[number] as number;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = number + 1;
    }
  }
}

interface Token {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly hash: number;
}

/** Like FNV-1a, but on four bytes at once, because all of a state's URNs are hashed, some several times. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  // Signed from the start, as the table keeps it.
  let hash = 0x811c9dc5 | 0;
  let i = start;
  for (; i + 3 < end; i += 4) {
    const four =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24);
    hash = Math.imul(hash ^ four, 0x01000193);
    hash ^= hash >>> 15;
  }
  for (; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash;
}
