/** A file of an archive. */
export interface ArchiveEntry {
  /** With `/` between folders; at most 100 bytes. */
  readonly path: string;
  readonly content: Uint8Array;
  /** Such as 0o644. */
  readonly mode: number;
}

const block = 512;

/**
 * A tar archive (POSIX ustar). It does not depend on time or user, so that the same files give the same archive.
 * @throws RangeError a path is too long for the format
 */
export function tarOf(entries: readonly ArchiveEntry[]): Uint8Array {
  const parts = entries.flatMap(({ path, content, mode }) => [
    header(path, content.length, mode),
    content,
    new Uint8Array((block - (content.length % block)) % block),
  ]);
  const all = [...parts, new Uint8Array(2 * block)];
  const archive = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of all) {
    archive.set(part, at);
    at += part.length;
  }
  return archive;
}

function header(path: string, size: number, mode: number): Uint8Array {
  const bytes = new Uint8Array(block);
  const write = (text: string, at: number) => bytes.set(new TextEncoder().encode(text), at);
  const octal = (number: number, digits: number) => number.toString(8).padStart(digits, "0");
  if (new TextEncoder().encode(path).length > 100) throw new RangeError(`${path} is too long for an archive`);
  write(path, 0);
  write(`${octal(mode, 7)}\0`, 100);
  write(`${octal(0, 7)}\0`, 108);
  write(`${octal(0, 7)}\0`, 116);
  write(`${octal(size, 11)}\0`, 124);
  write(`${octal(0, 11)}\0`, 136);
  write("0", 156);
  write("ustar\x0000", 257);
  // The checksum is computed with its own field as blanks.
  write(" ".repeat(8), 148);
  write(
    `${octal(
      bytes.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
  );
  return bytes;
}
