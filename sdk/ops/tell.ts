import { changeLine } from "../core/report";
import type { AwsPlan, LiveChange, StateChange, StatePlan } from "./plans";
import type { Reporter } from "./ports";

/** A plan, of an update or a rollback. */
type AnyPlan = Pick<StatePlan, "changes" | "skipped" | "warnings"> & { readonly aws: AwsPlan | undefined };

/** Tells what has to be known about a plan before it is carried out. */
export function tellConcerns(reporter: Reporter, { warnings, skipped, aws }: AnyPlan): void {
  for (const line of warnings) reporter.warn(line);
  for (const { function: name, reason } of [...skipped, ...(aws?.skipped ?? [])]) {
    reporter.warn(`Function ${name} is skipped: ${reason}.`);
  }
}

/** Lists what a plan changes, and says where that is nothing. */
export function tellChanges(reporter: Reporter, { changes, aws }: AnyPlan): void {
  list(reporter, changes, "layer version updates");
  if (aws) list(reporter, aws.changes, "layer version updates in AWS");
}

function list(reporter: Reporter, changes: readonly (StateChange | LiveChange)[], what: string): void {
  reporter.info(changes.length > 0 ? `Found ${changes.length} ${what}:` : `Found no ${what}`);
  for (const change of changes) reporter.item(changeLine(change));
}
