import { realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { LayersError } from "../core/errors";
import { reasonOf } from "../core/system-error";
import type { StateFilePort } from "../ports";
import { setAside } from "./aside";
import { cannotWrite, holds, readWhole, replaceFile } from "./atomic";
import { digestOf, FileSource } from "./pieces";

/** Files that hold exported states; relative paths are relative to one folder. */
export class StateFiles implements StateFilePort {
  readonly #cwd: string;

  constructor(cwd = process.cwd()) {
    this.#cwd = cwd;
  }

  /** @throws LayersError `state-missing`, or `state-invalid` if it cannot be read */
  async read(file: string): Promise<Uint8Array> {
    try {
      return await readWhole(resolve(this.#cwd, file));
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") {
        throw new LayersError("state-missing", `State file not found: ${file}.`, {
          next: "Check the path, which is relative to --cwd. To create a state file: pulumi stack export --file state.json",
          cause,
        });
      }
      throw new LayersError("state-invalid", `Cannot read the state file ${file}: ${reasonOf(cause)}`, { cause });
    }
  }

  /**
   * Writes or replaces a file; a link stays, and its target is replaced.
   * @param expected the content to be replaced, checked just before
   * @throws LayersError `usage` if the path is not a file, or cannot be written, and `stack-changed` if the file does
   * not hold what is expected
   */
  async replace(file: string, content: Iterable<Uint8Array>, expected?: Uint8Array): Promise<void> {
    const path = await realpath(resolve(this.#cwd, file)).catch(() => resolve(this.#cwd, file));
    const found = await stat(path).catch(() => undefined);
    if (found && !found.isFile())
      throw new LayersError("usage", `Not a regular file, so it cannot be replaced: ${file}`);
    try {
      await replaceFile(path, content, undefined, async () => {
        if (expected && !(await holds(path, expected))) throw changedMeanwhile(file);
      });
    } catch (cause) {
      if (cause instanceof LayersError) throw cause;
      throw cannotWrite(file, "It was not changed.", cause);
    }
  }

  /** The SHA-256 of a file; undefined if it cannot be read. */
  async digest(file: string): Promise<string | undefined> {
    try {
      return await digestOf(resolve(this.#cwd, file));
    } catch {
      return undefined;
    }
  }

  /** Opens a file for reading in parts. */
  source(file: string): FileSource {
    return new FileSource(resolve(this.#cwd, file));
  }

  /** Moves bytes out of memory. */
  setAside(bytes: Uint8Array): (() => Uint8Array) | undefined {
    return setAside(bytes);
  }

  /** Whether two paths lead to the same file. */
  async isSame(a: string, b: string): Promise<boolean> {
    const [one, other] = await Promise.all(
      [a, b].map((file) => realpath(resolve(this.#cwd, file)).catch(() => resolve(this.#cwd, file))),
    );
    return one === other;
  }
}

function changedMeanwhile(file: string): LayersError {
  return new LayersError("stack-changed", `${file} was changed by something else during this run.`, {
    changed: "This run did not change it.",
    next: "Run again to plan from its current content.",
  });
}
