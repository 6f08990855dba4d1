import { LayersError } from "../core/errors";
import type { Ports, Progress, Reporter } from "../ports";

/**
 * Does a part of a run; an error says then what the run has changed by then, unless it knows better.
 * @param soFar such as `Nothing was changed.`
 */
export async function during<T>(soFar: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof LayersError ? error.having(soFar) : error;
  }
}

/**
 * Stands between two steps.
 * @throws LayersError `interrupted`, with what the run has changed by then
 */
export function checkpoint({ signal }: Pick<Ports, "signal">, changed: string): void {
  if (signal?.aborted) throw new LayersError("interrupted", "Interrupted.", { changed });
}

/** Shows a piece of work while it lasts. */
export async function withProgress<T>(
  reporter: Reporter,
  title: string,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = reporter.progress(title);
  try {
    return await work(progress);
  } finally {
    progress.end();
  }
}
