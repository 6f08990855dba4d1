import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { LayersError } from "../core/errors";

/** The error of work that was stopped by its AbortSignal. */
export function interrupted(): LayersError {
  return new LayersError("interrupted", "Interrupted.");
}

/** One signal shared by many listeners, so that hundreds of waiting requests do not set off Node's leak warning. */
export function anySignal(signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  const signal = AbortSignal.any(signals.filter((one) => one !== undefined));
  setMaxListeners(0, signal);
  return signal;
}

/** @throws LayersError `interrupted` if the signal has aborted */
export function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw interrupted();
}

/**
 * Waits a number of milliseconds.
 * @throws LayersError `interrupted` if the signal aborts first
 */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  throwIfInterrupted(signal);
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch {
    throw interrupted();
  }
}
