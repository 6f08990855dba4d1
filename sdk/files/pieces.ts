import { createHash } from "node:crypto";
import { closeSync, createReadStream, fstatSync, openSync, readSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { StateSource } from "../core/state/outline";

// Files of any size, read in pieces: what is only compared need not be in memory.

/** How much is read at once. */
const piece = 1 << 20;

/** The SHA-256 of a file, in hexadecimal digits. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: piece }), hash);
  return hash.digest("hex");
}

// Bytes per read: the system refuses more than 2 GiB.
const mostRead = 1 << 30;

/**
 * Fills a buffer from an open file, as far as the file goes.
 * @param from the offset in the file
 * @returns how many bytes there are
 */
export function readInto(buffer: Uint8Array, file: number, from: number): number {
  let length = 0;
  for (let read = 1; read > 0 && length < buffer.length; length += read)
    read = readSync(file, buffer, length, Math.min(buffer.length - length, mostRead), from + length);
  return length;
}

/** A file open for random, mostly sequential reading. */
export class FileSource implements StateSource {
  readonly size: number;
  readonly #file: number;
  /** The read buffer. A new one per part would pile up until garbage collection. */
  #memory: Buffer = Buffer.alloc(0);
  /** The part read last, and its offset in the file. */
  #window: Buffer = this.#memory;
  #start = 0;

  constructor(path: string) {
    this.#file = openSync(path, "r");
    this.size = fstatSync(this.#file).size;
  }

  read(start: number, end: number): Uint8Array {
    if (start < this.#start || end > this.#start + this.#window.length) this.#fill(start, end);
    return this.#window.subarray(start - this.#start, end - this.#start);
  }

  close(): void {
    closeSync(this.#file);
  }

  #fill(start: number, end: number): void {
    if (this.#memory.length < end - start || this.#memory.length === 0)
      this.#memory = Buffer.allocUnsafeSlow(Math.max(piece, end - start));
    const window = this.#memory;
    this.#window = window.subarray(0, readInto(window, this.#file, start));
    this.#start = start;
  }
}
