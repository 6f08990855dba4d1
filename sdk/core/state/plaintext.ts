import { afterSpace, afterString, closeBrace, openBrace, openBracket } from "./json";
import { KeyTable } from "./keys";
import { secretSignature, signatureKey } from "./secret";
import { decodeString } from "./text";

const quote = 0x22;
const colon = 0x3a;
const closeBracket = openBracket + 2;

const plaintextName = "plaintext";
const plaintextKey = Buffer.from(JSON.stringify(plaintextName));
/** The end of the key from its rarest byte on, by which a search finds few places; quotes are everywhere. */
const rareEnd = plaintextKey.subarray(plaintextKey.indexOf("x"));
const secretKeys = new KeyTable([signatureKey, plaintextName], { ofStruct: false });

// What is known about an open object.
const hasPlaintext = 1;
const isMarked = 2;
const isSecret = hasPlaintext | isMarked;

/**
 * Whether a state holds secrets in plaintext, as `pulumi stack export --show-secrets` writes them. Most states do not
 * contain the word, which one search over the bytes shows; one that does is walked once.
 * @param bytes a state that was scanned, and so is valid
 */
export function holdsPlaintext(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return hasPlaintextKey(buffer) && hasSecret(bytes);
}

function hasPlaintextKey(buffer: Buffer): boolean {
  const before = plaintextKey.length - rareEnd.length;
  for (let at = buffer.indexOf(rareEnd); at >= 0; at = buffer.indexOf(rareEnd, at + 1))
    if (at >= before && buffer.subarray(at - before, at + rareEnd.length).equals(plaintextKey)) return true;
  return false;
}

/** Whether any object has both keys: the secret marker with its value, and the plaintext. */
function hasSecret(bytes: Uint8Array): boolean {
  const open: number[] = [];
  let depth = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === openBrace || byte === openBracket) open[depth++] = 0;
    else if (byte === closeBrace || byte === closeBracket) depth--;
    else if (byte === quote) {
      const end = afterString(bytes, i);
      const behind = afterSpace(bytes, end);
      if (bytes[behind] !== colon) {
        i = end - 1;
        continue;
      }
      // Only a key is followed by a colon.
      const key = secretKeys.find(bytes, i, end);
      i = behind;
      if (key === undefined || key === "other case") continue;
      const known = open[depth - 1] ?? 0;
      const is = known | (key.name === plaintextName ? hasPlaintext : isSignature(bytes, behind + 1) ? isMarked : 0);
      if (is === isSecret) return true;
      open[depth - 1] = is;
    }
  }
  return false;
}

function isSignature(bytes: Uint8Array, value: number): boolean {
  const start = afterSpace(bytes, value);
  return bytes[start] === quote && decodeString(bytes, start, afterString(bytes, start)) === secretSignature;
}
