import { labelsOfArns } from "../../core/function-arn";
import { type FunctionOutcome, hasFailed } from "../../core/live";
import { changeLine } from "../../core/report";
import { count } from "../../core/text";
import type { Ports, Progress, Reporter } from "../../ports";
import { withProgress } from "../steps";
import type {
  LayerDifference,
  LivePlan,
  LiveRollback,
  LiveRollbackPlan,
  LiveRollbackResult,
  PlannedPublish,
  PublishOutcome,
  StaleAlias,
} from "./plans";

// What runs report besides the layers that they move.

type Looked = Pick<LivePlan, "looked">;

/** Lists aliases that serve other layer versions than declared. */
export function reportAliases(reporter: Reporter, { looked }: Looked, aliases: readonly StaleAlias[]): void {
  if (aliases.length === 0) return;
  const label = labelsOfArns(looked);
  reporter.info(`Found ${count(aliases.length, "alias that serves", "aliases that serve")} other layer versions:`);
  for (const { functionArn, alias, version, layers } of aliases) {
    const wrong = layers.map(differenceText).join(", ");
    reporter.item(`Function ${label(functionArn)}: alias ${alias} serves version ${version} with ${wrong}`);
  }
}

function differenceText({ layer, from, to, target }: LayerDifference): string {
  if (target == null) return `${layer} version ${from} instead of ${to}`;
  return `${layer}:${from} instead of ${target.split(":").slice(-2).join(":")}`;
}

/** Lists what will be published, and warns of what is known to be refused. */
export function reportToPublish(reporter: Reporter, { looked }: Looked, planned: readonly PlannedPublish[]): void {
  const label = labelsOfArns(looked);
  const possible = planned.filter(({ refused }) => refused === undefined);
  reporter.info(
    possible.length > 0 ? `Found ${count(possible.length, "function")} to publish:` : "Found no functions to publish",
  );
  for (const { functionArn, alias } of possible) {
    const from = alias?.from === undefined ? "" : ` version ${alias.from}`;
    reporter.item(
      `Function ${label(functionArn)}: ${alias ? `alias ${alias.name}${from} -> a new version` : "a new version"}`,
    );
  }
  for (const { functionArn, refused } of planned) {
    if (refused !== undefined) reporter.warn(`Function ${label(functionArn)} cannot be published: ${refused}`);
  }
}

/** Lists aliases that will be moved back. */
export function reportAliasRollbacks(
  reporter: Reporter,
  { looked, rollback: { sites } }: Pick<LiveRollbackPlan, "looked" | "rollback">,
): void {
  const label = labelsOfArns(looked);
  const aliases = sites.flatMap((site) => site.aliases);
  if (aliases.length === 0) return;
  reporter.info(`Found ${count(aliases.length, "alias", "aliases")} to move back:`);
  for (const { functionArn, alias, from, to } of aliases) {
    reporter.item(`Function ${label(functionArn)}: alias ${alias} version ${from} -> ${to}`);
  }
}

/**
 * The message for a function that was not updated, or not rolled back.
 * @param label the display name of a function, by ARN
 */
export function notUpdated(
  { arn, reason, status }: FunctionOutcome,
  label: (arn: string) => string,
  rollback?: LiveRollback,
): string {
  const done = rollback ? "rolled back" : "updated";
  const why = reason ?? "no reason given";
  if (status === "unknown") return `Whether function ${label(arn)} was ${done} in AWS is unknown: ${why}`;
  return `Function ${label(arn)} was not ${done} in AWS: ${why}`;
}

/** Reports the outcomes of a run's functions. */
export function reportSummary(
  reporter: Reporter,
  { looked, rollback }: Pick<LivePlan, "looked" | "rollback">,
  outcomes: readonly FunctionOutcome[],
  published: readonly PublishOutcome[],
  rolledBack: LiveRollbackResult | undefined,
): void {
  const label = labelsOfArns(looked);
  const number = (status: FunctionOutcome["status"]) => outcomes.filter((one) => one.status === status).length;
  const parts = [
    updatedPart(outcomes, rollback, rolledBack),
    ...(number("unchanged") > 0 ? [`${number("unchanged")} already ${rollback ? "as before" : "as declared"}`] : []),
    ...(number("failed") > 0 ? [`${number("failed")} failed`] : []),
    ...(number("unknown") > 0 ? [`${number("unknown")} unknown`] : []),
    ...(number("cancelled") > 0 ? [`${number("cancelled")} not attempted`] : []),
  ];
  reporter.info(`Lambda functions: ${parts.join(", ")}`);
  for (const { functionArn, version, alias } of published) {
    const name = label(functionArn);
    const isBack = rolledBack?.aliases.some((one) => one.functionArn === functionArn && one.reason === undefined);
    if (alias) {
      const back = isBack ? `, then back to ${alias.from}` : "";
      reporter.item(`Function ${name}: alias ${alias.name} version ${alias.from} -> ${version}${back}`);
    } else if (version) reporter.item(`Function ${name}: version ${version} is published`);
  }
  for (const { arn } of outcomes.filter((one) => one.changedMeanwhile)) {
    reporter.warn(
      `Function ${label(arn)} was changed by someone else during this run, so its update was planned again from its new configuration.`,
    );
  }
}

function updatedPart(
  outcomes: readonly FunctionOutcome[],
  rollback: LiveRollback | undefined,
  rolledBack: LiveRollbackResult | undefined,
): string {
  const updated = outcomes.filter(({ status }) => status === "updated");
  if (rollback) return `${updated.length} rolled back`;
  const back = new Set(rolledBack?.outcomes.filter((one) => !hasFailed(one)).map(({ arn }) => arn));
  const number = updated.filter(({ arn }) => back.has(arn)).length;
  if (number === 0) return `${updated.length} updated`;
  return number === updated.length
    ? `${number} updated and rolled back`
    : `${updated.length} updated, ${number} of them rolled back`;
}

/** Follows the functions of a run until they are finished. */
export type Follower = ReturnType<typeof follow>;

/** Reports and counts functions as they are finished. */
export function follow({ reporter }: Ports, { looked, changes, rollback }: LivePlan, total: number) {
  const title = rollback ? "Rolling back Lambda functions" : "Updating Lambda functions";
  let progress: Progress | undefined;
  const byFunction = Map.groupBy(changes, ({ functionArn }) => functionArn);
  const label = labelsOfArns(looked);
  const [failed, unknown]: [string[], string[]] = [[], []];
  let [done, updated] = [0, 0];
  return {
    /**
     * Shows progress while functions are updated. It is hidden between portions, when others print or the user is
     * asked.
     */
    show: <T>(work: () => Promise<T>) =>
      withProgress(
        reporter,
        title,
        (shown) => {
          progress = shown;
          return work();
        },
        { from: done },
      ),
    note(outcome: FunctionOutcome) {
      if (outcome.status !== "cancelled") progress?.update(++done, total);
      if (hasFailed(outcome)) {
        (outcome.status === "failed" ? failed : unknown).push(label(outcome.arn));
        reporter.warn(notUpdated(outcome, label, rollback));
      }
      if (outcome.status !== "updated") return;
      updated += 1;
      for (const change of byFunction.get(outcome.arn) ?? []) {
        reporter.item(changeLine({ ...change, function: label(outcome.arn) }));
      }
    },
    soFar() {
      const what = rollback ? "were rolled back in AWS" : "were updated in AWS";
      const failures = failed.length > 0 ? ` Failed: ${failed.join(", ")}.` : "";
      const open = unknown.length > 0 ? ` Unknown: ${unknown.join(", ")}.` : "";
      return `${updated} of ${count(total, "function")} ${what}.${failures}${open}`;
    },
  };
}
