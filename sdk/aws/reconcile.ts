import type { FunctionOutcome, LiveFunction } from "../core/live";
import type { Caller } from "./caller";
import type { Clients } from "./clients";
import type { ReadFunction } from "./functions";
import { anySignal } from "./interrupt";
import { defaultRate } from "./limiter";
import { type MoveContext, moveFunction } from "./move";
import { pooled } from "./pool";
import type { AwsOptions } from "./session";

/** How a fleet is brought to its layers. */
export interface ReconcileOptions {
  /**
   * Called immediately before an update is sent, with the function as it was found and the layers it is to get; again
   * where the function had to be read anew for another update. If it fails, no update is sent any more and `reconcile` fails with its error.
   */
  readonly beforeUpdate?: (fn: LiveFunction, layers: readonly string[]) => void | Promise<void>;
  /** Called once a function as soon as its outcome is known, those included that needed nothing. Failing acts as above. */
  readonly onOutcome?: (outcome: FunctionOutcome) => void | Promise<void>;
  /** How long one function may take, in milliseconds, waiting for Lambda included. Default 300,000. */
  readonly deadlineMs?: number;
  /**
   * Functions at work at the same time, most of them waiting for Lambda to finish. Default ten a request a second: as
   * many as have been started when an update that takes ten seconds is done.
   */
  readonly concurrency?: number;
  /** Ends the work beside the session's signal: updates under way are finished, no other is begun. */
  readonly signal?: AbortSignal;
}

/** The session's `reconcile`. */
export type Reconcile = (
  functions: readonly LiveFunction[],
  desired: (fn: LiveFunction) => readonly string[],
  options?: ReconcileOptions,
) => Promise<FunctionOutcome[]>;

const defaultDeadline = 300_000;
const startedPerRate = 10;

/** Makes the reconciler of one session. */
export function createReconciler(
  clients: Clients,
  caller: Caller,
  read: ReadFunction,
  { rate = defaultRate }: AwsOptions,
): Reconcile {
  return async (functions, desired, options = {}) => {
    const hooks = new AbortController();
    // What a hook throws is the caller's own error: it ends the run, and what is under way ends first.
    const guarded = async (hook: () => void | Promise<void> | undefined) => {
      try {
        await hook();
      } catch (error) {
        if (!hooks.signal.aborted) hooks.abort(error);
      }
    };
    const context: MoveContext = {
      lambda: clients.lambda,
      caller,
      read,
      desired,
      signal: anySignal([caller.signal, options.signal, hooks.signal]),
      deadlineMs: options.deadlineMs ?? defaultDeadline,
      beforeUpdate: (fn, layers) => guarded(() => options.beforeUpdate?.(fn, layers)),
    };
    const concurrency = options.concurrency ?? Math.max(1, Math.ceil(rate * startedPerRate));
    const outcomes = await pooled(functions, concurrency, async (fn) => {
      const outcome = await moveFunction(context, fn);
      await guarded(() => options.onOutcome?.(outcome));
      return outcome;
    });
    hooks.signal.throwIfAborted();
    return outcomes;
  };
}
