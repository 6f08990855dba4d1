import type { StateProblem } from "./error";
import { afterColon, afterSpace, afterString, afterValue, comma, fail, openBrace, openBracket } from "./json";
import type { KeyTable } from "./keys";
import { type ByteRange, decodeString } from "./text";

/** The kind of a JSON value. */
export type Kind = "object" | "array" | "string" | "number" | "boolean" | "null";

/** Start offsets of values, by key. Unlike a map, it is reused for the next object without allocation. */
export class Places {
  private readonly places: Record<string, number | undefined> = Object.create(null);
  private readonly keys: string[] = [];

  get(key: string): number | undefined {
    const place = this.places[key];
    return place === undefined || place < 0 ? undefined : place;
  }

  set(key: string, place: number): void {
    if (this.places[key] === undefined) this.keys.push(key);
    this.places[key] = place;
  }

  clear(): void {
    const { keys, places } = this;
    for (let i = 0; i < keys.length; i++) places[keys[i] as string] = -1;
  }
}

/**
 * Reads JSON (RFC 8259, strictly) from its bytes, a value at a time. Everything else is checked, skipped and not kept.
 * Every method throws a {@link StateError} with the offset of the first wrong byte.
 */
export class JsonReader {
  /** The offset of the next byte. */
  position = 0;
  private depth = 0;

  constructor(readonly bytes: Uint8Array) {}

  /** The kind of the next value, from its first byte. */
  kind(): Kind {
    this.position = afterSpace(this.bytes, this.position);
    switch (this.bytes[this.position]) {
      case openBrace:
        return "object";
      case openBracket:
        return "array";
      case 0x22:
        return "string";
      case 0x74: // t
      case 0x66: // f
        return "boolean";
      case 0x6e: // n
        return "null";
      default:
        return "number";
    }
  }

  /** Skips a value and returns its range. */
  skip(): ByteRange {
    const start = afterSpace(this.bytes, this.position);
    this.position = afterValue(this.bytes, start, this.depth);
    return { start, end: this.position };
  }

  /**
   * Reads an object; skips keys that are not in the table. A duplicate key of the table is refused, also in another
   * case if case does not count.
   * @param member called for each key of the table at its value, which it has to read or skip
   */
  object(keys: KeyTable, member: (key: string) => void): void {
    const { bytes } = this;
    let seen = 0;
    for (let more = this.enter(openBrace); more; more = this.goesOn(openBrace)) {
      const start = afterSpace(bytes, this.position);
      const end = afterString(bytes, start);
      this.position = afterColon(bytes, end);
      const key = keys.find(bytes, start, end);
      if (key === undefined) {
        this.position = afterValue(bytes, this.position, this.depth);
        continue;
      }
      if (key === "other case") this.fail("ambiguous-key", "a Pulumi key spelled in another case", start);
      if (seen & key.bit) this.fail("ambiguous-key", `a second "${key.name}" in one object`, start);
      seen |= key.bit;
      member(key.name);
    }
  }

  /**
   * Reads an array.
   * @param element called at each value, which it has to read or skip
   */
  array(element: () => void): void {
    for (let more = this.enter(openBracket); more; more = this.goesOn(openBracket)) element();
  }

  /** Reads an array and gives what `element` returns for each value. */
  list<T>(element: () => T): T[] {
    const values: T[] = [];
    this.array(() => values.push(element()));
    return values.slice(); // an array that was pushed to has spare room, and there are several per function
  }

  /**
   * Skips an object and returns where the values of the table's keys start.
   * @param starts is written to, and returned
   */
  index(keys: KeyTable, starts: Places = new Places()): Places {
    starts.clear();
    this.object(keys, (key) => {
      starts.set(key, this.position);
      this.skip();
    });
    return starts;
  }

  /** Reads a string. */
  string(): string {
    this.require("string", "a value");
    const { start, end } = this.skip();
    return decodeString(this.bytes, start, end);
  }

  /** Reads a boolean; null is false, as for Pulumi. `what` names the value. */
  flag(what: string): boolean {
    if (!this.has("boolean", what)) return false;
    const { start, end } = this.skip();
    return end - start === "true".length;
  }

  /** Refuses a value of the wrong kind; `what` names the value. */
  require(kind: Kind, what: string): void {
    if (this.kind() === kind) return;
    const { start } = this.skip();
    this.fail("shape", `${what} is not ${kind === "array" || kind === "object" ? "an" : "a"} ${kind}`, start);
  }

  /** Whether a value of the kind comes next. Skips null, as Pulumi does; refuses anything else. */
  has(kind: Kind, what: string): boolean {
    if (this.kind() !== "null") {
      this.require(kind, what);
      return true;
    }
    this.skip();
    return false;
  }

  /** Reads a value that was skipped, and returns to the current offset. */
  revisit<T>(start: number, read: () => T): T {
    const back = this.position;
    this.position = start;
    const value = read();
    this.position = back;
    return value;
  }

  /** Checks that nothing follows the document. */
  end(): void {
    const end = afterSpace(this.bytes, this.position);
    if (end < this.bytes.length) this.fail("json", "extra content after the document", end);
  }

  fail(problem: StateProblem, what: string, offset = this.position): never {
    fail(problem, what, this.bytes, offset);
  }

  /** Enters a container and returns whether it holds anything. */
  private enter(mark: number): boolean {
    this.position = afterSpace(this.bytes, this.position);
    if (this.bytes[this.position] !== mark) this.fail("json", `no "${String.fromCharCode(mark)}"`);
    const first = afterSpace(this.bytes, this.position + 1);
    const empty = this.bytes[first] === mark + 2;
    this.position = empty ? first + 1 : first;
    if (!empty) this.depth++;
    return !empty;
  }

  /** After a member of a container, whether another one follows. */
  private goesOn(mark: number): boolean {
    const close = mark + 2;
    const i = afterSpace(this.bytes, this.position);
    const more = this.bytes[i] === comma;
    if (!more && this.bytes[i] !== close) this.fail("json", `no "," or "${String.fromCharCode(close)}"`, i);
    if (!more) this.depth--;
    this.position = i + 1;
    return more;
  }
}
