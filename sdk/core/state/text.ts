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
  const token = rawText(bytes, start, end);
  return token.includes("\\") ? (JSON.parse(token) as string) : token.slice(1, -1);
}

/**
 * Where the last `length` characters of a string token stand; each is a character of ASCII, or the escape of one
 * (`\u0031`), which then belongs to the range as a whole.
 */
export function lastCharacters(bytes: Uint8Array, { start, end }: ByteRange, length: number): ByteRange {
  const token = rawText(bytes, start, end).slice(1, -1);
  const characters = token.includes("\\") ? (token.match(/\\u....|\\.|./gs) ?? []) : undefined;
  const size = characters ? characters.slice(-length).join("").length : length;
  return { start: end - 1 - size, end: end - 1 };
}

function rawText(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
}
