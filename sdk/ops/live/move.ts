import type { Goal } from "../../core/goal";
import type { FunctionOutcome } from "../../core/live";
import type { Ports } from "../../ports";
import type { Site } from "../plans";
import type { RunRecorder } from "./recorder";
import { sideBySide, withSession } from "./sessions";

/** How functions are moved. */
export interface MoveOptions {
  readonly recorder: RunRecorder;
  /** Begins no update any more once one function has failed. */
  readonly stopOnFailure?: boolean;
  readonly onOutcome: (outcome: FunctionOutcome) => void;
}

/** Why a function was not attempted in a run that stops at the first failure. */
const stoppedReason = "Not attempted: the run stopped because another function failed.";

/**
 * Brings functions to their layers, all accounts and regions side by side, and records each update before it is sent and
 * after it has ended. One function's failure leaves the others alone, and is in the outcomes.
 * @throws LayersError `backup-folder` where the record cannot be written, and what opening a session throws
 */
export async function moveFunctions(
  ports: Ports,
  sites: readonly Site[],
  goal: Goal,
  { recorder, stopOnFailure = false, onOutcome }: MoveOptions,
): Promise<FunctionOutcome[]> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(ports.signal ? [ports.signal] : [])]);
  const outcomes = await sideBySide(sites, (site) =>
    withSession(ports, site, (aws) =>
      aws.reconcile(site.functions, goal, {
        signal,
        beforeUpdate: (fn, layers, instead) => recorder.before(fn, layers, instead),
        onOutcome: async (outcome) => {
          if (outcome.status === "failed" && stopOnFailure) stop.abort();
          await recorder.after(outcome);
          onOutcome(outcome);
        },
      }),
    ),
  );
  const wasStopped = stop.signal.aborted && !ports.signal?.aborted;
  return outcomes
    .flat()
    .map((outcome) => (wasStopped && isUntouched(outcome) ? { ...outcome, reason: stoppedReason } : outcome));
}

/** Cancelled, and nothing is known to have been sent. */
function isUntouched({ status, before, after }: FunctionOutcome): boolean {
  return status === "cancelled" && before.join() === after.join();
}
