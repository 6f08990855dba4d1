import { LayersError } from "../../core/errors";
import type { Goal } from "../../core/goal";
import { type FunctionOutcome, hasFailed } from "../../core/live";
import type { Ports } from "../../ports";
import type { Site } from "../plans";
import type { RunRecorder } from "./recorder";
import { sideBySide, withSession } from "./sessions";

/** How functions are moved. */
export interface MoveOptions {
  readonly recorder: RunRecorder;
  /** Start no further update once a function has failed. */
  readonly stopOnFailure?: boolean;
  /** Continue even if every function so far was denied for a missing permission. */
  readonly goOnRefused?: boolean;
  readonly onOutcome: (outcome: FunctionOutcome) => void;
}

// If AWS denies this many functions and accepts none, they all lack the same permission.
const mostRefused = 10;

const stoppedReason = "Not attempted: the run stopped because another function failed.";

/**
 * Brings functions to their layers, all accounts and regions in parallel, and records each update before it is sent and
 * after it has ended. One function's failure does not affect the others, and is in the outcomes; a failure that is the
 * same for all ends the run.
 * @throws LayersError `aws-credentials`, `aws-permission` for what all functions share, `backup-folder` if the record
 * cannot be written, and what opening a session throws
 */
export async function moveFunctions(
  ports: Ports,
  sites: readonly Site[],
  goal: Goal,
  { recorder, stopOnFailure = false, goOnRefused = false, onOutcome }: MoveOptions,
): Promise<FunctionOutcome[]> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(ports.signal ? [ports.signal] : [])]);
  const total = sites.reduce((sum, { functions }) => sum + functions.length, 0);
  const refusedForAll = Math.max(2, Math.min(mostRefused, total));
  let [refused, updated] = [0, 0];
  let shared: LayersError | undefined;
  const note = ({ status, code, reason = "" }: FunctionOutcome) => {
    if (status === "updated") updated += 1;
    if (code === "aws-permission") refused += 1;
    const isForAll = code === "aws-permission" && !goOnRefused && updated === 0 && refused >= refusedForAll;
    if (shared === undefined && (code === "aws-credentials" || isForAll)) {
      const next = isForAll ? "If only some functions are refused, go on with `--on-failure continue`." : undefined;
      shared = new LayersError(code, reason, { next });
    }
    return shared;
  };
  const outcomes = await sideBySide(sites, (site) =>
    withSession(ports, site, (aws) =>
      aws.reconcile(site.functions, goal, {
        signal,
        beforeUpdate: (fn, layers, instead) => recorder.before(fn, layers, instead),
        onOutcome: async (outcome) => {
          const isOver = note(outcome) !== undefined;
          if (isOver || (hasFailed(outcome) && stopOnFailure)) stop.abort();
          // Reported once for all, and before it is recorded, because it was done even if the disk is full.
          if (!isOver || outcome.status === "updated") onOutcome(outcome);
          await recorder.after(outcome);
        },
      }),
    ),
  );
  if (shared) throw shared;
  const wasStopped = stop.signal.aborted && !ports.signal?.aborted;
  return outcomes
    .flat()
    .map((outcome) => (wasStopped && isUntouched(outcome) ? { ...outcome, reason: stoppedReason } : outcome));
}

/** Cancelled before anything is known to have been sent. */
function isUntouched({ status, before, after }: FunctionOutcome): boolean {
  return status === "cancelled" && before.join() === after.join();
}
