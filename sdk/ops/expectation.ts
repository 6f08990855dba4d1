import type { Totals } from "../core/assess";
import { type ErrorCode, LayersError } from "../core/errors";
import { countLayers } from "../core/text";
import type { Ports } from "../ports";

/** Whether AWS was read completely, or why not. `code`: how it failed; absent if AWS was not to be asked. */
export type LiveReading =
  | { readonly read: true }
  | { readonly read: false; readonly reason: string; readonly code?: ErrorCode };

/** Whether AWS was read, derived from what failed. */
export function readingOf(failures: readonly LayersError[]): LiveReading {
  const [first] = failures;
  if (first === undefined) return { read: true };
  const reason = [...new Set(failures.map(({ message }) => message))].join(" ");
  // Which place fails first is chance, and the exit status must not be.
  const { code } = failures.find((one) => codeOfUnknown(one.code) !== "not-known") ?? first;
  return { read: false, reason, code };
}

/** Why AWS could not be read, with an error code; undefined if it was read, or was not to be. */
export function failedReading(
  live: LiveReading | undefined,
): { readonly reason: string; readonly code: ErrorCode } | undefined {
  if (live === undefined || live.read || live.code === undefined) return undefined;
  return { reason: live.reason, code: codeOfUnknown(live.code) };
}

/** The error code for unknown: that of credentials or permissions if these were the cause. */
export function codeOfUnknown(code: ErrorCode): ErrorCode {
  return code === "aws-credentials" || code === "aws-permission" ? code : "not-known";
}

/** The error code for a run with several unknowns; undefined if there are none. */
export function worstUnknown(codes: readonly ErrorCode[]): ErrorCode | undefined {
  return codes.find((code) => code !== "not-known") ?? codes[0];
}

/** `2 of 5 layers of functions are not as declared`; undefined without drift. */
export function driftText({ drift, layersOfFunctions }: Totals): string | undefined {
  if (drift === 0) return undefined;
  return `${drift} of ${countLayers(layersOfFunctions)} ${drift === 1 ? "is" : "are"} not as declared`;
}

/** What decides whether a run that expects no changes fails. */
export interface Expectation {
  readonly stack: string;
  readonly totals: Totals;
  /** Absent if AWS was not to be asked. */
  readonly live?: LiveReading;
}

/**
 * Why a run that expects no changes fails: drift, otherwise unknowns; undefined if everything is as declared.
 * @param plan the command that shows the changes
 */
export function unexpected(
  { advise }: Pick<Ports, "advise">,
  { stack, totals, live }: Expectation,
  plan = advise(["--stack", stack, "--dry-run"]),
): LayersError | undefined {
  const drift = driftText(totals);
  if (drift !== undefined) {
    return new LayersError("changes-found", `Stack ${stack} has drifted: ${drift}.`, {
      next: `To see what an update would change: ${plan}`,
    });
  }
  const failed = failedReading(live);
  if (totals.unknown === 0 && failed === undefined) return undefined;
  const { code, reason } = failed ?? { code: "not-known", reason: "it cannot be read from the state." };
  const what = totals.unknown > 0 ? ` (${countLayers(totals.unknown)} could not be read)` : "";
  return new LayersError(code, `Could not determine whether stack ${stack} has drifted${what}: ${reason}`);
}
