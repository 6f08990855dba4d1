/** A run of bytes: from `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The text of a valid JSON string token, its escapes resolved.
 * @param start offset of the opening quote
 * @param end offset behind the closing quote
 */
export function decodeString(bytes: Uint8Array, start: number, end: number): string {
  const raw = rawText(bytes, start, end);
  return raw.includes("\\") ? JSON.parse(`"${raw}"`) : raw;
}

/**
 * Where the last characters of a string token are. Each is a character of ASCII, or the escape of one (`\u0031`), which
 * then belongs to the range as a whole.
 * @param text the token's text
 * @param length how many characters
 */
export function lastCharacters(bytes: Uint8Array, { start, end }: ByteRange, text: string, length: number): ByteRange {
  const isPlain = text.length === end - start - 2; // each escape is longer than its character
  const characters = isPlain ? [] : (rawText(bytes, start, end).match(/\\u....|\\.|./gs) ?? []);
  const size = isPlain ? length : characters.slice(-length).join("").length;
  return { start: end - 1 - size, end: end - 1 };
}

/** The range between the quotes of a string token. */
function rawText(bytes: Uint8Array, start: number, end: number): string {
  const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString("utf8", start + 1, end - 1);
}
