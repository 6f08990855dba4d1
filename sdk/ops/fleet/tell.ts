import type { FunctionOutcome } from "../../core/live";
import type { Reporter } from "../ports";
import type { PlannedPublish, PublishOutcome, StaleAlias } from "./aliases";
import type { AliasPutBack, PutBackResult } from "./put-back";

// What a fleet's runs tell beside the layers that they move.

/** Lists aliases that serve other layer versions than declared. */
export function tellAliases(reporter: Reporter, aliases: readonly StaleAlias[]): void {
  if (aliases.length === 0) return;
  const what = aliases.length === 1 ? "alias that serves" : "aliases that serve";
  reporter.info(`Found ${aliases.length} ${what} other layer versions:`);
  for (const { function: name, alias, version, layers } of aliases) {
    const wrong = layers.map(({ layer, from, to }) => `${layer} version ${from} instead of ${to}`).join(", ");
    reporter.item(`Function ${name}: alias ${alias} serves version ${version} with ${wrong}`);
  }
}

/** Lists what is to be published, and warns of what is known to be refused. */
export function tellToPublish(reporter: Reporter, planned: readonly PlannedPublish[]): void {
  const possible = planned.filter(({ refused }) => refused === undefined);
  const what = possible.length === 1 ? "function" : "functions";
  reporter.info(possible.length > 0 ? `Found ${possible.length} ${what} to publish:` : "Found no functions to publish");
  for (const { function: name, alias } of possible) {
    const from = alias?.from === undefined ? "" : ` version ${alias.from}`;
    reporter.item(`Function ${name}: ${alias ? `alias ${alias.name}${from} -> a new version` : "a new version"}`);
  }
  for (const { function: name, refused } of planned) {
    if (refused !== undefined) reporter.warn(`Function ${name} cannot be published: ${refused}`);
  }
}

/** Lists aliases that are to be moved back. */
export function tellAliasesToPutBack(reporter: Reporter, aliases: readonly AliasPutBack[]): void {
  if (aliases.length === 0) return;
  reporter.info(`Found ${aliases.length} ${aliases.length === 1 ? "alias" : "aliases"} to move back:`);
  for (const { function: name, alias, from, to } of aliases) {
    reporter.item(`Function ${name}: alias ${alias} version ${from} -> ${to}`);
  }
}

/** Tells how a run's functions came out. */
export function tellSummary(
  reporter: Reporter,
  outcomes: readonly FunctionOutcome[],
  published: readonly PublishOutcome[],
  rolledBack: PutBackResult | undefined,
): void {
  const number = (status: FunctionOutcome["status"]) => outcomes.filter((one) => one.status === status).length;
  const parts = [
    updatedPart(outcomes, rolledBack),
    ...(number("unchanged") > 0 ? [`${number("unchanged")} as declared already`] : []),
    ...(number("failed") > 0 ? [`${number("failed")} failed`] : []),
    ...(number("cancelled") > 0 ? [`${number("cancelled")} not attempted`] : []),
  ];
  reporter.info(`Lambda functions: ${parts.join(", ")}`);
  for (const { function: name, functionArn, version, alias } of published) {
    const isBack = rolledBack?.aliases.some((one) => one.functionArn === functionArn && one.reason === undefined);
    if (alias) {
      const back = isBack ? `, and back to ${alias.from}` : "";
      reporter.item(`Function ${name}: alias ${alias.name} version ${alias.from} -> ${version}${back}`);
    } else if (version) reporter.item(`Function ${name}: version ${version} is published`);
  }
  for (const { function: name } of outcomes.filter((one) => one.changedMeanwhile)) {
    reporter.warn(`Function ${name} was changed by somebody else during this run; it was planned anew from that.`);
  }
}

function updatedPart(outcomes: readonly FunctionOutcome[], rolledBack: PutBackResult | undefined): string {
  const updated = outcomes.filter(({ status }) => status === "updated");
  const back = new Set(rolledBack?.outcomes.filter(({ status }) => status !== "failed").map(({ arn }) => arn));
  const number = updated.filter(({ arn }) => back.has(arn)).length;
  if (number === 0) return `${updated.length} updated`;
  return number === updated.length
    ? `${number} updated and put back`
    : `${updated.length} updated, ${number} of them put back`;
}
