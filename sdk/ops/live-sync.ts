import { LayersError } from "../core/errors";
import type { FunctionOutcome } from "../core/live";
import { changeLine } from "../core/report";
import { desiredLayers, withSession } from "./live-plan";
import type { AwsPlan, AwsResult, LiveTarget } from "./plans";
import type { Ports } from "./ports";
import { checkpoint } from "./steps";

/**
 * Brings live functions to their versions as planned; what changed since the plan is planned anew. One function's failure
 * leaves the others alone, and is in the outcomes.
 * @param soFar what the run has changed by then, in a sentence
 * @throws LayersError `interrupted`, naming the functions that were not updated; what the AWS port throws
 */
export async function syncLive(ports: Ports, plan: AwsPlan, target: LiveTarget, soFar: string): Promise<AwsResult> {
  const outcomes: FunctionOutcome[] = [];
  const changed = new Set(plan.changes.map(({ region, function: name }) => `${region} ${name}`));
  for (const { region, functions } of plan.regions) {
    const moving = functions.filter((fn) => changed.has(`${region} ${fn.name}`));
    if (moving.length === 0) continue;
    checkpoint(ports, `${soFar} ${tellOutcomes(outcomes)}`);
    ports.reporter.info(`Synchronizing ${moving.length} Lambda functions with AWS in ${region}`);
    outcomes.push(...(await syncRegion(ports, region, moving, plan, target)));
  }
  const cancelled = outcomes.filter(({ status }) => status === "cancelled");
  if (cancelled.length > 0) {
    throw new LayersError("interrupted", `Interrupted. ${soFar} ${tellOutcomes(outcomes)}`, {
      next: "Run again to finish: functions that are as declared are left alone.",
    });
  }
  return { changes: plan.changes, outcomes, skipped: plan.skipped };
}

async function syncRegion(
  ports: Ports,
  region: string,
  moving: AwsPlan["regions"][number]["functions"],
  plan: AwsPlan,
  target: LiveTarget,
): Promise<FunctionOutcome[]> {
  const { reporter, signal } = ports;
  const progress = reporter.progress(`Updating Lambda functions in ${region}`);
  let done = 0;
  const tell = (outcome: FunctionOutcome) => {
    progress.update(++done, moving.length);
    if (outcome.status === "failed") reporter.warn(notUpdated(outcome));
    if (outcome.status !== "updated") return;
    const mine = plan.changes.filter((change) => change.region === region && change.function === outcome.function);
    for (const change of mine) reporter.item(changeLine(change));
  };
  try {
    return await withSession(ports, region, (aws) =>
      aws.reconcile(moving, (fn) => desiredLayers(fn, target), { onOutcome: tell, signal }),
    );
  } finally {
    progress.end();
  }
}

function tellOutcomes(outcomes: readonly FunctionOutcome[]): string {
  const done = outcomes.filter(({ status }) => status === "updated" || status === "unchanged");
  const open = outcomes.filter(({ status }) => status === "failed" || status === "cancelled");
  const names = open.map(({ function: name }) => name).join(", ");
  return `In AWS ${done.length} functions are as declared${open.length > 0 ? `; not updated: ${names}` : ""}.`;
}

function notUpdated({ function: name, reason }: FunctionOutcome): string {
  return `Function ${name} was not updated in AWS: ${reason ?? "no reason given"}`;
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
