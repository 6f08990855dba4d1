import type { FunctionOutcome, LiveFunction } from "../../core/live";
import { divide, interleave, type Portion, type Portions } from "../../core/rollout";
import type { RegionPlan } from "../plans";
import type { Ports } from "../ports";
import { type PublishOutcome, publishFunctions } from "./aliases";
import { moveFunctions } from "./move";
import type { SyncPlan } from "./plan";
import type { RunRecorder } from "./recorder";

/** How carefully a fleet is updated. */
export interface RolloutOptions extends Portions {
  /**
   * What a function's failure means for the others. Default `continue`: all are attempted. `stop`: no update is begun any
   * more. `rollback`: and what was changed is put back.
   */
  readonly onFailure?: "continue" | "stop" | "rollback";
  /** A command line that is run after each portion; where it fails, the run stops. */
  readonly check?: string;
  /** Seconds to wait after each portion, before it is checked. Default: 60 after the canary where there is no check. */
  readonly pause?: number;
  /** Asks a person whether to go on after the canary; absent: nobody can be asked. */
  readonly proceed?: (question: string) => Promise<boolean>;
}

/** What a rollout came to. */
export interface Rollout {
  readonly outcomes: readonly FunctionOutcome[];
  readonly published: readonly PublishOutcome[];
  readonly stopped?: Stop;
}

/** Why a rollout did not go on to its end. */
export interface Stop {
  readonly cause: "failure" | "canary" | "check" | "person";
  readonly reason: string;
}

const canaryPause = 60;

interface Item {
  readonly site: RegionPlan;
  readonly fn: LiveFunction;
}

/**
 * Updates the functions of a plan, portion by portion: the canary, then batches. Between them waits, runs the check, or
 * asks. Accounts and regions take turns in the order, so that all of them have work at any time. Ends early where the
 * run is interrupted.
 * @throws LayersError what {@link moveFunctions} throws
 */
export async function rollOut(
  ports: Ports,
  plan: SyncPlan,
  options: RolloutOptions,
  recorder: RunRecorder,
  onOutcome: (outcome: FunctionOutcome) => void,
): Promise<Rollout> {
  const { onFailure = "continue" } = options;
  const items = interleave(plan.sites.map((site) => site.functions.map((fn) => ({ site, fn }))));
  const portions = divide<Item>(items, options);
  const outcomes: FunctionOutcome[] = [];
  const published: PublishOutcome[] = [];
  const withPlan = { recorder, stopOnFailure: onFailure !== "continue", onOutcome };
  for (const [index, portion] of portions.entries()) {
    const moved = await moveFunctions(ports, bySite(portion.items), plan.target, withPlan);
    outcomes.push(...moved);
    const left = portions.slice(index + 1).flatMap((one) => one.items);
    try {
      const released = plan.publish ? await publish(ports, portion, moved, plan, recorder) : [];
      published.push(...released);
      const stopped =
        afterFailures(portion, [...moved, ...released], onFailure) ?? (await gate(ports, portion, left, options, plan));
      if (stopped)
        return { outcomes: [...outcomes, ...left.map((item) => notAttempted(item, stopped))], published, stopped };
    } catch (error) {
      if (!ports.signal?.aborted) throw error;
    }
    if (ports.signal?.aborted) break;
  }
  return { outcomes, published };
}

function bySite(items: readonly Item[]): RegionPlan[] {
  const groups = Map.groupBy(items, ({ site }) => site);
  return [...groups].map(([site, group]) => ({ ...site, functions: group.map(({ fn }) => fn) }));
}

/** Publishes what has its layers: what was updated, and what needed no update but has an alias behind. */
function publish(
  ports: Ports,
  { items }: Portion<Item>,
  outcomes: readonly FunctionOutcome[],
  { publish: request }: SyncPlan,
  recorder: RunRecorder,
): Promise<PublishOutcome[]> {
  const done = new Set(
    outcomes.filter(({ status }) => status === "updated" || status === "unchanged").map(({ arn }) => arn),
  );
  const sites = bySite(items.filter(({ fn }) => done.has(fn.arn)));
  const arns = sites.map((site) => ({ ...site, functions: site.functions.map(({ arn }) => arn) }));
  return publishFunctions(ports, arns, request?.alias, recorder);
}

function afterFailures(
  { kind, items }: Portion<Item>,
  outcomes: readonly { readonly status: string }[],
  onFailure: RolloutOptions["onFailure"],
): Stop | undefined {
  const failed = outcomes.filter(({ status }) => status === "failed").length;
  if (failed === 0) return undefined;
  if (kind === "canary") return { cause: "canary", reason: `${failed} of the first ${functions(items.length)} failed` };
  return onFailure === "continue" ? undefined : { cause: "failure", reason: `${functions(failed)} failed` };
}

/** Waits, checks and asks after a portion. */
async function gate(
  { clock, commands, reporter, signal }: Ports,
  { kind, items }: Portion<Item>,
  left: readonly Item[],
  { check, pause, proceed }: RolloutOptions,
  { stack }: SyncPlan,
): Promise<Stop | undefined> {
  const isCanary = kind === "canary";
  const which = `${isCanary ? "the first" : "a batch of"} ${functions(items.length)}`;
  const isAsked = isCanary && check === undefined && proceed !== undefined && left.length > 0;
  const seconds = pause ?? (isCanary && check === undefined && !isAsked ? canaryPause : 0);
  if (seconds > 0 && (left.length > 0 || check !== undefined)) {
    reporter.info(`Updated ${which}; waiting ${seconds} s`);
    await clock.sleep(seconds * 1000, signal);
  }
  if (check !== undefined) {
    reporter.info(`Updated ${which}; checking: ${check}`);
    const input = JSON.stringify({ stack, portion: kind, functions: items.map(({ fn }) => fn.arn), left: left.length });
    const failure = await commands.run(
      check,
      input,
      { LAMBDA_LAYERS_STACK: stack, LAMBDA_LAYERS_PORTION: kind },
      signal,
    );
    if (failure) return { cause: "check", reason: `the check after ${which} failed (${failure}): ${check}` };
  }
  if (isAsked && !(await proceed(`Updated ${which}. Go on with the other ${left.length}?`))) {
    return { cause: "person", reason: `not confirmed after ${which}` };
  }
  return undefined;
}

function functions(count: number): string {
  return `${count} function${count === 1 ? "" : "s"}`;
}

function notAttempted({ fn }: Item, stopped: Stop): FunctionOutcome {
  const { name, arn, layers, revisionId } = fn;
  const unchanged = { before: layers, after: layers, ...(revisionId !== undefined && { revisionId }) };
  return { function: name, arn, ...unchanged, status: "cancelled", reason: `Not attempted: ${stopped.reason}.` };
}
