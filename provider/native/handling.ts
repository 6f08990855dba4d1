import { withHost } from "../host/host";
import type { Engine } from "./engine";

const nothing: ReadonlySet<string> = new Set();

/** Runs the handlers for one process of the plugin. */
export class Handling {
  readonly #cancelled = new AbortController();

  constructor(readonly engine: Engine) {}

  /** Stops between functions; what was done is recorded. */
  cancel(): void {
    this.#cancelled.abort();
  }

  /**
   * Runs handlers whose lines appear at a resource.
   * @param hidden secret properties whose values the lines may contain; if any, no line appears
   */
  async run<T>(urn: string, work: () => Promise<T>, hidden: ReadonlySet<string> = nothing): Promise<T> {
    const log = (lines: string) => {
      if (hidden.size === 0) this.engine.log(lines, urn);
    };
    try {
      return await withHost({ signal: this.#cancelled.signal, log }, work);
    } finally {
      await this.engine.flushed();
    }
  }
}
