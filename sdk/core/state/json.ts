import { StateError, type StateProblem } from "./error";

/** Go's encoding/json, which Pulumi reads states with, refuses deeper nesting. */
const deepest = 10_000;

const quote = 0x22;
const backslash = 0x5c;
/** Bytes with a meaning in JSON. In ASCII, both closing brackets come two after their opening bracket. */
export const comma = 0x2c;
export const openBracket = 0x5b;
export const openBrace = 0x7b;
export const closeBrace = openBrace + 2;

/** 1 for each byte that a string may hold as it is. */
const plain = new Uint8Array(256).fill(1, 0x20, 0x80);
plain[quote] = 0;
plain[backslash] = 0;

/** The closing brackets of the open containers in the value being skipped. */
const open = new Uint8Array(deepest);

/** Refuses a state; an offset beyond its end means that it is truncated. */
export function fail(problem: StateProblem, what: string, bytes: Uint8Array, offset: number): never {
  if (offset >= bytes.length) throw new StateError("json", "it ends unexpectedly", bytes, bytes.length);
  throw new StateError(problem, what, bytes, offset);
}

/** The offset after white space. */
export function afterSpace(bytes: Uint8Array, start: number): number {
  let i = start;
  let byte = bytes[i];
  while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++i];
  return i;
}

/**
 * The offset after a value of any kind, which is checked against RFC 8259.
 * @param start the value's first byte
 * @param depth how many containers the value is in
 */
export function afterValue(bytes: Uint8Array, start: number, depth: number): number {
  const outside = depth;
  let inside = depth;
  let i = start;
  for (;;) {
    const first = bytes[i];
    if (first === quote) i = afterString(bytes, i);
    else if (first === openBrace || first === openBracket) {
      if (inside === deepest) fail("depth", `more than ${deepest} levels of nesting`, bytes, i);
      const close = first + 2;
      open[inside++] = close;
      i = afterSpace(bytes, i + 1);
      if (bytes[i] !== close) {
        if (close === closeBrace) i = afterKey(bytes, i);
        continue;
      }
    } else i = afterScalar(bytes, i);

    while (inside > outside) {
      i = afterSpace(bytes, i);
      const close = open[inside - 1];
      if (bytes[i] === comma) {
        i = afterSpace(bytes, i + 1);
        if (close === closeBrace) i = afterKey(bytes, i);
        break;
      }
      if (bytes[i] !== close) fail("json", close === closeBrace ? 'no "," or "}"' : 'no "," or "]"', bytes, i);
      i++;
      inside--;
    }
    if (inside === outside) return i;
  }
}

function afterKey(bytes: Uint8Array, start: number): number {
  return afterColon(bytes, afterString(bytes, start));
}

/** The offset after a colon and the white space around it. */
export function afterColon(bytes: Uint8Array, start: number): number {
  const i = afterSpace(bytes, start);
  if (bytes[i] !== 0x3a) fail("json", 'no ":"', bytes, i);
  return afterSpace(bytes, i + 1);
}

/** The offset after a string. */
export function afterString(bytes: Uint8Array, start: number): number {
  if (bytes[start] !== quote) fail("json", "not a string", bytes, start);
  let i = start + 1;
  for (;;) {
    let byte = bytes[i];
    while (byte !== undefined && plain[byte] === 1) byte = bytes[++i];
    if (byte === quote) return i + 1;
    if (byte === backslash) i = afterEscape(bytes, i);
    else if (byte !== undefined && byte >= 0x80) i = afterMultibyte(bytes, i, byte);
    else fail("json", "a control character in a string", bytes, i);
  }
}

function afterEscape(bytes: Uint8Array, start: number): number {
  const letter = String.fromCharCode(bytes[start + 1] ?? 0);
  if (letter !== "u") {
    if (!'"\\/bfnrt'.includes(letter)) fail("json", "an unknown escape", bytes, start + 1);
    return start + 2;
  }
  for (let i = start + 2; i < start + 6; i++) {
    if (!/[\da-fA-F]/.test(String.fromCharCode(bytes[i] ?? 0))) fail("json", "a broken \\u escape", bytes, i);
  }
  return start + 6;
}

/** The offset after a non-ASCII character: the well-formed byte sequences of the Unicode standard, table 3-7. */
function afterMultibyte(bytes: Uint8Array, start: number, first: number): number {
  if (first < 0xc2 || first > 0xf4) fail("utf8", "a byte that is not UTF-8", bytes, start);
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  for (let i = start + 1; i < start + length; i++) {
    const byte = bytes[i] ?? 0;
    // The second byte has narrower bounds: no overlong forms, no surrogates, nothing above U+10FFFF.
    const second = i === start + 1;
    const least = second && first === 0xe0 ? 0xa0 : second && first === 0xf0 ? 0x90 : 0x80;
    const most = second && first === 0xed ? 0x9f : second && first === 0xf4 ? 0x8f : 0xbf;
    if (byte < least || byte > most) fail("utf8", "a byte that is not UTF-8", bytes, i);
  }
  return start + length;
}

function afterScalar(bytes: Uint8Array, start: number): number {
  const first = bytes[start];
  if (first === 0x74) return afterWord(bytes, start, "true");
  if (first === 0x66) return afterWord(bytes, start, "false");
  if (first === 0x6e) return afterWord(bytes, start, "null");
  return afterNumber(bytes, start);
}

function afterWord(bytes: Uint8Array, start: number, word: string): number {
  for (let i = 0; i < word.length; i++) {
    if (bytes[start + i] !== word.charCodeAt(i)) fail("json", "not a JSON value", bytes, start + i);
  }
  return start + word.length;
}

function afterNumber(bytes: Uint8Array, start: number): number {
  let i = bytes[start] === 0x2d ? start + 1 : start;
  i = bytes[i] === 0x30 ? i + 1 : afterDigits(bytes, i);
  if (bytes[i] === 0x2e) i = afterDigits(bytes, i + 1);
  if (bytes[i] === 0x65 || bytes[i] === 0x45) {
    const signed = bytes[i + 1] === 0x2b || bytes[i + 1] === 0x2d;
    i = afterDigits(bytes, signed ? i + 2 : i + 1);
  }
  return i;
}

function afterDigits(bytes: Uint8Array, start: number): number {
  let i = start;
  let byte = bytes[i] ?? 0;
  while (byte >= 0x30 && byte <= 0x39) byte = bytes[++i] ?? 0;
  if (i === start) fail("json", "not a JSON value", bytes, start);
  return i;
}
