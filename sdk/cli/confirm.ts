import { createInterface } from "node:readline/promises";

/** Who is asked, and how. */
export interface Asking {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/**
 * Asks a person a question. Only `y` and `yes` mean yes: a bare Enter, the end of the input and Ctrl-C do not.
 */
export async function confirm(question: string, { input, output, signal }: Asking): Promise<boolean> {
  // Without a terminal of its own the interface leaves Ctrl-C to the system, which makes it the signal that all of the
  // program listens to.
  const asking = createInterface({ input, output, terminal: false });
  const ended = new Promise<string>((resolve) => asking.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([asking.question(`${question} [y/N] `, { signal }), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    asking.close();
  }
}
