import { LayersError, unchanged } from "../core/errors";
import type { Ports, Progress, ProgressOptions, Reporter } from "../ports";

/**
 * Runs a step; adds to its errors what the run has changed so far, unless they already say so.
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
 * Changes a state before functions in AWS: a failure says that these were not reached, unless nothing at all was changed.
 * @param isFirst whether functions are to follow
 */
export async function beforeFunctions<T>(isFirst: boolean, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isFirst || !(error instanceof LayersError) || error.changed === unchanged) throw error;
    throw error.alsoHaving("No function was changed in AWS.");
  }
}

/**
 * Does what a run can go on without.
 * @param otherwise the result after a failure; an interruption is thrown
 */
export async function ifPossible<T>(work: () => Promise<T>, otherwise: (error: LayersError) => T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LayersError) || error.code === "interrupted") throw error;
    return otherwise(error);
  }
}

/**
 * Called between two steps.
 * @throws LayersError `interrupted`, with what the run has changed by then
 */
export async function checkpoint({ signal }: Pick<Ports, "signal">, changed: string): Promise<void> {
  // A signal to this process arrives between two turns of the event loop, and much of a run is synchronous.
  await new Promise((resolve) => setImmediate(resolve));
  if (signal?.aborted) throw new LayersError("interrupted", "Interrupted.", { changed });
}

/** Shows progress while work lasts. */
export async function withProgress<T>(
  reporter: Reporter,
  title: string,
  work: (progress: Progress) => Promise<T>,
  how?: ProgressOptions,
): Promise<T> {
  const progress = reporter.progress(title, how);
  try {
    return await work(progress);
  } finally {
    progress.end();
  }
}
