import { LayersError } from "../core/errors";
import type { Ports, Reporter } from "./ports";

/**
 * Does a part of a run; an error gets a sentence more that says what the run has changed by then.
 * @param soFar such as `Nothing was changed.`
 */
export async function during<T>(soFar: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw told(error, soFar);
  }
}

/** The error, with a sentence more at the end of its message. */
export function told(error: unknown, more: string): unknown {
  if (!(error instanceof LayersError) || error.message.includes(more)) return error;
  return new LayersError(error.code, `${sentence(error.message)} ${more}`, { next: error.next, cause: error });
}

/** The text with a full stop at its end, unless it has its own. */
export function sentence(text: string): string {
  return /[.!?:]$/.test(text) ? text : `${text}.`;
}

/**
 * Stands between two steps.
 * @throws LayersError `interrupted`, with what the run has changed by then
 */
export function checkpoint({ signal }: Pick<Ports, "signal">, soFar: string): void {
  if (signal?.aborted) throw new LayersError("interrupted", `Interrupted. ${soFar}`);
}

/** Shows a piece of work while it lasts. */
export async function withProgress<T>(reporter: Reporter, title: string, work: () => Promise<T>): Promise<T> {
  const progress = reporter.progress(title);
  try {
    return await work();
  } finally {
    progress.end();
  }
}
