// Lines with chained checksums: each covers its line and all lines before it, so that none can be changed, removed or
// moved unnoticed. Whoever can rewrite the whole file can also compute new sums; the folder's permissions prevent that.

/** A hash of a text, in hexadecimal digits. */
export type Digest = (text: string) => string;

/** The point before the first line. */
export const chainStart = "";

const sumDigits = 32;
const sealedPattern = /^(.*),"sum":"([0-9a-f]{32})"\}$/s;

/** The lines of a record, of which the last is empty if it is complete. Copying may have converted their ends. */
export function linesOf(content: string): string[] {
  return content.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}

/** Whether a line has a sum, right or wrong. */
export function hasSum(line: string): boolean {
  return sealedPattern.test(line);
}

/** Writes lines that continue a chain from a point. */
export class ChainWriter {
  /** @param point {@link chainStart}, or {@link ChainReader.point} */
  constructor(
    private point: string,
    private readonly digest: Digest,
  ) {}

  /** A line: a JSON object, not empty, with its sum as the last property. */
  seal(line: string): string {
    this.point = sumOf(this.digest, this.point, line);
    return `${line.slice(0, -1)},"sum":"${this.point}"}`;
  }
}

/**
 * Reads lines in order, and checks that each is where it was written. Two processes may write to one file at once: each
 * line must follow one that no other line has followed; a line that starts a session may follow any.
 */
export class ChainReader {
  readonly #digest: Digest;
  readonly #points = new Set([chainStart]);
  /** The points that a line may continue. */
  readonly #ends = new Set([chainStart]);
  #isSealed = false;

  constructor(digest: Digest) {
    this.#digest = digest;
  }

  /** The point that the next lines continue. */
  get point(): string {
    return [...this.#ends].at(-1) ?? chainStart;
  }

  /** What is wrong with a line's place or sum; undefined if nothing is. Lines need sums from the first that has one. */
  refusalOf(line: string, beginsSession: boolean): string | undefined {
    const [, beginning, sum] = sealedPattern.exec(line) ?? [];
    if (beginning === undefined || sum === undefined) {
      if (this.#isSealed) return "its checksum is missing";
      this.pass(line);
      return undefined;
    }
    this.#isSealed = true;
    const places = [...(beginsSession ? this.#points : this.#ends)];
    const before = places.findLast((point) => sumOf(this.#digest, point, `${beginning}}`) === sum);
    if (before === undefined || this.#points.has(sum))
      return "its checksum does not match: this line or an earlier one was changed";
    if (!beginsSession) this.#ends.delete(before);
    this.#goOn(sum);
    return undefined;
  }

  /** Continues after a text that has no sum and needs none. */
  pass(text: string): void {
    const before = this.point;
    this.#ends.delete(before);
    this.#goOn(sumOf(this.#digest, before, text));
  }

  #goOn(point: string): void {
    this.#points.add(point);
    this.#ends.add(point);
  }
}

function sumOf(digest: Digest, point: string, text: string): string {
  return digest(`${point}\n${text}`).slice(0, sumDigits);
}
