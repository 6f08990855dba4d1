import { LayersError } from "../core/errors";
import type { FunctionOutcome } from "../core/live";
import { follow, notUpdated } from "./fleet/follow";
import { moveFunctions } from "./fleet/move";
import { RunRecorder, recordedPlan } from "./fleet/recorder";
import type { AwsPlan, AwsResult, LiveTarget } from "./plans";
import type { Ports } from "./ports";
import { checkpoint } from "./steps";

/** The run that live functions are a part of. */
export interface LiveRun {
  readonly stack: string;
  /** What the run has changed by then, in a sentence. */
  readonly soFar: string;
  /** The state's backup of the same run; null where the state was as it has to be. */
  readonly backup: string | null;
}

/**
 * Brings live functions to their versions as planned, all regions side by side; what changed since the plan is planned
 * anew. One function's failure leaves the others alone, and is in the outcomes. A run record says what was changed.
 * @throws LayersError `interrupted`, naming the functions that were not updated; what the AWS port throws
 */
export async function syncLive(
  ports: Ports,
  plan: AwsPlan,
  target: LiveTarget,
  { stack, soFar, backup }: LiveRun,
): Promise<AwsResult> {
  const { changes, skipped } = plan;
  const moving = movingFunctions(plan);
  if (moving.length === 0) return { changes, outcomes: [], skipped };
  checkpoint(ports, soFar);
  for (const { region, functions } of moving) {
    ports.reporter.info(`Synchronizing ${functions.length} Lambda functions with AWS in ${region}`);
  }
  const recorder = await RunRecorder.create(ports, recordedPlan(stack, moving, changes), backup ?? undefined);
  const total = moving.reduce((sum, { functions }) => sum + functions.length, 0);
  const { tell, end } = follow(ports.reporter, "Updating Lambda functions", total, changes);
  try {
    const outcomes = await moveFunctions(ports, moving, target, { recorder, onOutcome: tell });
    if (outcomes.some(({ status }) => status === "cancelled")) throw interrupted(soFar, outcomes);
    await recorder.end();
    return { changes, outcomes, skipped, record: recorder.file };
  } finally {
    end();
    await recorder.close();
  }
}

/** The functions that a plan changes, by account and region. */
export function movingFunctions({ regions, changes }: Pick<AwsPlan, "regions" | "changes">): AwsPlan["regions"] {
  const changed = new Set(changes.map(({ functionArn }) => functionArn));
  return regions
    .map((one) => ({ ...one, functions: one.functions.filter(({ arn }) => changed.has(arn)) }))
    .filter(({ functions }) => functions.length > 0);
}

function interrupted(soFar: string, outcomes: readonly FunctionOutcome[]): LayersError {
  const done = outcomes.filter(({ status }) => status === "updated" || status === "unchanged");
  const open = outcomes.filter(({ status }) => status === "failed" || status === "cancelled");
  const names = open.map(({ function: name }) => name).join(", ");
  const inAws = `In AWS ${done.length} functions are as declared; not updated: ${names}.`;
  return new LayersError("interrupted", `Interrupted. ${soFar} ${inAws}`, {
    next: "Run again to finish: functions that are as declared are left alone.",
  });
}

/** The error of a run whose state is done and in which some functions were not updated in AWS; undefined where all were. */
export function updateFailure(result: AwsResult | undefined): LayersError | undefined {
  const failed = result?.outcomes.filter(({ status }) => status === "failed") ?? [];
  if (failed.length === 0) return undefined;
  const lines = failed.map((outcome) => `  ${notUpdated(outcome)}`);
  const count = `${failed.length} of ${result?.outcomes.length} functions were not updated in AWS`;
  return new LayersError("aws-update-failed", [`${count}:`, ...lines].join("\n"), {
    next: "All others are done. Run again with --sync-aws to finish.",
  });
}
