import { layerArn, parseLayerVersionArn } from "../core/arn";
import type { Matcher } from "../core/match";
import { changeLine } from "../core/report";
import type { AwsPlan, LiveChange, StateChange, StatePlan } from "./plans";
import type { Reporter } from "./ports";

/** A plan, of an update or a rollback. */
type AnyPlan = Pick<StatePlan, "changes" | "skipped" | "warnings"> & { readonly aws: AwsPlan | undefined };

/** Tells what has to be known about a plan before it is carried out. */
export function tellConcerns(reporter: Reporter, { warnings, skipped, aws }: AnyPlan): void {
  for (const line of [...warnings, ...(aws?.warnings ?? [])]) reporter.warn(line);
  for (const { function: name, reason } of [...skipped, ...(aws?.skipped ?? [])]) {
    reporter.warn(`Function ${name} is skipped: ${reason}.`);
  }
}

/** Lists what a plan changes, and says where that is nothing. */
export function tellChanges(reporter: Reporter, { changes, aws }: AnyPlan): void {
  list(reporter, changes, "layer version updates");
  if (aws) tellLiveChanges(reporter, aws.changes);
}

/** Lists what live functions need. */
export function tellLiveChanges(reporter: Reporter, changes: readonly LiveChange[]): void {
  list(reporter, changes, "layer version updates in AWS");
}

function list(reporter: Reporter, changes: readonly (StateChange | LiveChange)[], what: string): void {
  reporter.info(changes.length > 0 ? `Found ${changes.length} ${what}:` : `Found no ${what}`);
  for (const change of changes) reporter.item(changeLine(change));
}

/**
 * Tells, with `--verbose`, of each layer once which entry declares it and why, or that none does.
 * @param texts layer version ARNs, as a state or functions have them
 */
export function tellMatches(reporter: Reporter, texts: Iterable<string>, matcher: Matcher): void {
  const layers = [...new Set(texts)].flatMap((text) => parseLayerVersionArn(text) ?? []);
  for (const [arn, layer] of new Map(layers.map((one) => [layerArn(one), one]))) {
    const match = matcher(layer);
    if (!match) {
      reporter.verbose(`Layer ${arn} is declared by no entry`);
      continue;
    }
    const { key, version, enforce, source } = match.declared;
    const wanted = enforce === "minimum" ? `version ${version} or newer` : `version ${version}`;
    const entry = `"${key}" (${source.file}:${source.line})`;
    reporter.verbose(`Layer ${arn} is declared by ${entry}, matched by ${match.rule}: ${wanted}`);
  }
}
