import { pooled } from "../core/pool";
import type { AwsPort } from "../ports";
import type { Caller } from "./caller";
import type { Clients } from "./clients";
import type { ReadFunction } from "./functions";
import { anySignal } from "./interrupt";
import { defaultRate } from "./limiter";
import { type MoveContext, moveFunction } from "./move";
import type { AwsOptions } from "./types";

const defaultDeadline = 300_000;
const startedPerRate = 10;

/** Creates the reconciler of one session. */
export function createReconciler(
  clients: Clients,
  caller: Caller,
  read: ReadFunction,
  { rate = defaultRate }: AwsOptions,
): AwsPort["reconcile"] {
  return async (functions, desired, options = {}) => {
    const hooks = new AbortController();
    // An error from a hook is the caller's own: it ends the run once the functions in progress are done.
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
      beforeUpdate: (fn, layers, instead) => guarded(() => options.beforeUpdate?.(fn, layers, instead)),
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
