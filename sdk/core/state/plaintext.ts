import { afterSpace, closeBrace, openBrace, openBracket } from "./json";
import { KeyTable } from "./keys";
import { JsonReader } from "./reader";
import { secretSignature, signatureKey } from "./secret";

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const closeBracket = openBracket + 2;

const plaintextKey = Buffer.from('"plaintext"');
const signatureKeys = new KeyTable([signatureKey], { ofStruct: false });

/**
 * Whether a state holds secrets in plaintext, as `pulumi stack export --show-secrets` writes them. Most states have the
 * word nowhere, which one search over the bytes tells; only around it is anything read.
 * @param bytes a state that was scanned, and so is valid
 */
export function holdsPlaintext(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = buffer.indexOf(plaintextKey); at >= 0; at = buffer.indexOf(plaintextKey, at + plaintextKey.length)) {
    if (isKey(bytes, at) && isSecret(bytes, objectAround(bytes, at))) return true;
  }
  return false;
}

/** Whether the word is a key: neither a value, nor the end of a text. */
function isKey(bytes: Uint8Array, start: number): boolean {
  return !isEscaped(bytes, start) && bytes[afterSpace(bytes, start + plaintextKey.length)] === colon;
}

function isSecret(bytes: Uint8Array, start: number): boolean {
  const reader = new JsonReader(bytes);
  reader.position = start;
  const signature = reader.index(signatureKeys).get(signatureKey);
  if (signature === undefined) return false;
  return reader.revisit(signature, () => reader.kind() === "string" && reader.string() === secretSignature);
}

/** Where the object begins that a key is in. */
function objectAround(bytes: Uint8Array, key: number): number {
  let inside = 0;
  let i = key - 1;
  for (; i > 0; i--) {
    const byte = bytes[i];
    if (byte === quote) i = openingQuote(bytes, i);
    else if (byte === closeBrace || byte === closeBracket) inside++;
    else if ((byte === openBrace || byte === openBracket) && inside-- === 0) break;
  }
  return i;
}

function openingQuote(bytes: Uint8Array, closing: number): number {
  let i = closing - 1;
  while (i > 0 && (bytes[i] !== quote || isEscaped(bytes, i))) i--;
  return i;
}

/** Whether an odd number of backslashes stands before a quote: an even one are escapes of themselves. */
function isEscaped(bytes: Uint8Array, at: number): boolean {
  let i = at;
  while (bytes[i - 1] === backslash) i--;
  return (at - i) % 2 === 1;
}
