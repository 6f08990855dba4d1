// For one short text in a run: node:crypto takes longer to load than the state of a thousand resources takes to read.

const primes = firstPrimes(64);
const roundConstants = primes.map((prime) => fraction(Math.cbrt(prime)));
const initial = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));

/** The SHA-256 of a text in UTF-8 (FIPS 180-4), in hexadecimal. */
export function sha256(text: string): string {
  const hash = Int32Array.from(initial);
  const message = padded(Buffer.from(text));
  for (let at = 0; at < message.length; at += 64) addBlock(hash, message.subarray(at, at + 64));
  return Array.from(hash, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** A one bit behind the text, and the text's length in bits at the end of the last block. */
function padded(text: Buffer): Buffer {
  const message = Buffer.alloc(Math.ceil((text.length + 9) / 64) * 64);
  message.set(text);
  message[text.length] = 0x80;
  message.writeBigUInt64BE(BigInt(text.length) * 8n, message.length - 8);
  return message;
}

function addBlock(hash: Int32Array, block: Buffer): void {
  const words = new Int32Array(64);
  const word = (i: number) => words[i] as number;
  for (let i = 0; i < 64; i++) {
    if (i < 16) words[i] = block.readInt32BE(4 * i);
    else {
      const [far, near] = [word(i - 15), word(i - 2)];
      const small = rotated(far, 7) ^ rotated(far, 18) ^ (far >>> 3);
      const large = rotated(near, 17) ^ rotated(near, 19) ^ (near >>> 10);
      words[i] = word(i - 16) + small + word(i - 7) + large;
    }
  }
  let [a, b, c, d, e, f, g, h] = [...hash] as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const mixed = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const one = (h + mixed + ((e & f) ^ (~e & g)) + (roundConstants[i] as number) + word(i)) | 0;
    const other = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + other) | 0];
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) hash[i] = (hash[i] as number) + value;
}

function rotated(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/** The first 32 bits of a number's fraction. */
function fraction(number: number): number {
  return ((number % 1) * 2 ** 32) | 0;
}

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let number = 2; found.length < count; number++)
    if (found.every((prime) => number % prime !== 0)) found.push(number);
  return found;
}
