import { LayersError, unchanged } from "../core/errors";
import { type NamedFunction, parseFunctionArn } from "../core/function-arn";
import type { Portions } from "../core/rollout";
import { countLayers } from "../core/text";
import type { Ports } from "../ports";
import type { LivePlan } from "./live/plans";
import { reportAliases, reportAliasRollbacks, reportToPublish } from "./live/report-live";
import { describePortions } from "./live/rollout";
import { type LiveChange, type Skipped, type StateChange, skippedName } from "./plans";
import { labelsOfChanges, layerSumText, reportChanges, sumByLayer } from "./report-changes";
import { checkpoint } from "./steps";

/** What a plan does, for review before it is carried out. */
export interface Reviewed {
  /** What changes in the state; undefined if the state is not looked at. */
  readonly state?: readonly StateChange[];
  readonly skipped: readonly Skipped[];
  readonly warnings: readonly string[];
  readonly live?: LivePlan;
  /** Whether there is work without changes, which needs no confirmation. */
  readonly isMore?: boolean;
  /** Whether the state is written although none of its layer versions changes. */
  readonly isReplaced?: boolean;
  /** Every function that is looked at, to tell those of the same name apart. */
  readonly functions?: Iterable<NamedFunction>;
}

/** Options of a review. */
export interface ReviewOptions<Plan> extends Portions {
  /** Carry out nothing, and always report the changes. */
  readonly expectNoChanges?: boolean;
  /** Refuse a plan that changes more layers of functions in AWS. */
  readonly maxChanges?: number;
  /** Called before anything is written, if there is anything to write; false ends the run with code `interrupted`. */
  readonly confirm?: (plan: Plan) => Promise<boolean>;
}

/**
 * Reports a plan and asks for confirmation: the single step between planning and execution.
 * @returns whether the plan is to be carried out: not in a dry run, nor if there is nothing to do
 * @throws LayersError `too-many-changes`, or `interrupted` for a no
 */
export async function review<Plan extends { readonly dryRun: boolean }>(
  ports: Ports,
  plan: Plan,
  { state, live, skipped, warnings, isMore = false, isReplaced = false, functions }: Reviewed,
  options: ReviewOptions<Plan>,
): Promise<boolean> {
  const { reporter } = ports;
  const { dryRun } = plan;
  const { expectNoChanges = false, maxChanges, confirm } = options;
  const isLive = live !== undefined && (live.sites.length > 0 || (live.rollback?.sites.length ?? 0) > 0);
  const isNothing = (state ?? []).length === 0 && !isLive && !isReplaced;
  for (const line of [...warnings, ...(live?.warnings ?? [])]) reporter.warn(line);
  for (const one of [...skipped, ...(live?.skipped ?? [])]) {
    reporter.warn(`Function ${skippedName(one)} is skipped: ${one.reason}.`);
  }
  if (dryRun || expectNoChanges || confirm || isNothing) {
    const looked = live?.looked.flatMap((arn) => parseFunctionArn(arn) ?? []) ?? [];
    const label = labelsOfChanges([...(state ?? []), ...(live?.changes ?? [])], [...(functions ?? []), ...looked]);
    if (state) reportChanges(reporter, state, "", label);
    if (live) {
      reportChanges(reporter, live.changes, " in AWS", label);
      reportAliases(reporter, live, live.aliases);
      if (live.toPublish) reportToPublish(reporter, live, live.toPublish);
      else if (live.publish) reporter.info("What is left to publish is known only once the run continues");
      for (const line of describePortions(live, options)) reporter.info(line);
    }
    reportSum(reporter, [...(state ?? []), ...(live?.changes ?? [])]);
  }
  if (live?.rollback) reportAliasRollbacks(reporter, { ...live, rollback: live.rollback });
  if (live) refuseLargePlan(live.changes.length, maxChanges);
  if (dryRun || expectNoChanges || (isNothing && !isMore)) return false;
  if (confirm && !isNothing && !(await confirm(plan)))
    throw new LayersError("interrupted", "Not confirmed.", { changed: unchanged });
  await checkpoint(ports, unchanged);
  return true;
}

/** For a plan with many lines, a summary per layer. */
function reportSum(reporter: Ports["reporter"], changes: readonly (StateChange | LiveChange)[]): void {
  const sums = sumByLayer([{ stack: "", label: "", changes }]);
  const functions = sums.reduce((all, one) => all + one.functions, 0);
  if (functions > sums.length) reporter.aside?.("By layer:", sums.map(layerSumText));
}

/** @throws LayersError `too-many-changes` for more layers of functions to change in AWS than `--max-changes` allows */
export function refuseLargePlan(number: number, most: number | undefined): void {
  if (most === undefined || number <= most) return;
  throw new LayersError(
    "too-many-changes",
    `The plan changes ${countLayers(number)} in AWS, but --max-changes allows only ${most}.`,
    { changed: unchanged, next: "Review them with --dry-run, and raise --max-changes if they are what you want." },
  );
}
