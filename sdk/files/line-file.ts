import { type FileHandle, open } from "node:fs/promises";
import { LayersError } from "../core/errors";
import { reasonOf } from "../core/system-error";
import type { LineWriter } from "../ports";

const lineBreak = 0x0a;

/**
 * An append-only file of lines that are on disk once `append` has resolved. Lines that arrive during a write are
 * written together.
 */
export class LineFile implements LineWriter {
  readonly #file: FileHandle;
  readonly #path: string;
  #waiting: string[];
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #failure: LayersError | undefined;

  private constructor(file: FileHandle, path: string, isTorn: boolean) {
    this.#file = file;
    this.#path = path;
    this.#waiting = isTorn ? [""] : [];
  }

  /** Opens an existing file. An incomplete last line, left by a killed process, becomes a line of its own. */
  static async open(path: string): Promise<LineFile> {
    const file = await open(path, "a+", 0o600);
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    return new LineFile(file, path, size > 0 && last[0] !== lineBreak);
  }

  /** @throws LayersError `backup-folder` if the file cannot be written, as on a full disk */
  append(line: string): Promise<void> {
    this.#waiting.push(line);
    this.#next ??= this.#writing.then(() => this.#write());
    return this.#next;
  }

  async close(): Promise<void> {
    await this.#next?.catch(() => {}); // the callers of `append` get the error
    await this.#writing;
    await this.#file.close();
  }

  #write(): Promise<void> {
    const lines = this.#waiting;
    this.#waiting = [];
    this.#next = undefined;
    const written = this.#writeLines(lines);
    this.#writing = written.catch(() => {}); // passed on to those who appended these lines
    return written;
  }

  async #writeLines(lines: readonly string[]): Promise<void> {
    // Lines after half a line could not be read.
    if (this.#failure) throw this.#failure;
    try {
      await this.#file.appendFile(`${lines.join("\n")}\n`);
      await this.#file.datasync();
    } catch (cause) {
      const message = `Cannot write to ${this.#path}: ${reasonOf(cause)}.`;
      this.#failure = new LayersError("backup-folder", message, { cause });
      throw this.#failure;
    }
  }
}
