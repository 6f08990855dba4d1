import { labelsOfArns } from "../../core/function-arn";
import { type FunctionOutcome, hasFailed, type LiveFunction } from "../../core/live";
import { divide, interleave, type Portion, type Portions, shareText } from "../../core/rollout";
import { count, listNames } from "../../core/text";
import type { Ports, Progress } from "../../ports";
import type { Site } from "../plans";
import { withProgress } from "../steps";
import { publishFunctions } from "./aliases";
import { moveFunctions } from "./move";
import type { LivePlan, PublishOutcome, Stop } from "./plans";
import type { RunRecorder } from "./recorder";
import type { Follower } from "./report-live";

/** How carefully a fleet is updated. */
export interface RolloutOptions extends Portions {
  /**
   * What a function's failure means for the others. `continue` (default): all are attempted. `stop`: no further update
   * is started. `rollback`: changes are also rolled back.
   */
  readonly onFailure?: "continue" | "stop" | "rollback";
  /** A command line to run after each portion; if it fails, the run stops. */
  readonly check?: string;
  /** Seconds to wait after each portion, before the check. Default: 60 after a canary without a check. */
  readonly pause?: number;
  /** Asks the user whether to continue after the canary; absent: there is no one to ask. */
  readonly proceed?: (question: string) => Promise<boolean>;
}

/** The words of a command line that continues a run as carefully: its record does not have them. */
export function rolloutWords({ canary, batch, check, pause, onFailure }: RolloutOptions): string[] {
  return [
    ...(canary ? ["--canary", shareText(canary)] : []),
    ...(batch ? ["--batch", shareText(batch)] : []),
    ...(check === undefined ? [] : ["--check", check]),
    ...(pause === undefined ? [] : ["--pause", String(pause)]),
    ...(onFailure === undefined ? [] : ["--on-failure", onFailure]),
  ];
}

/** The result of a rollout. */
export interface Rollout {
  readonly outcomes: readonly FunctionOutcome[];
  readonly published: readonly PublishOutcome[];
  readonly stopped?: Stop;
}

const canaryPause = 60;
const second = 1000;

interface Item {
  readonly site: Site;
  readonly fn: LiveFunction;
}

/**
 * The functions of a plan, portion by portion. Accounts and regions take turns, so that all of them always have work.
 */
function portionsOf({ sites }: Pick<LivePlan, "sites">, options: Portions): Portion<Item>[] {
  return divide<Item>(interleave(sites.map((site) => site.functions.map((fn) => ({ site, fn })))), options);
}

/** The portions of a plan, one line each; none if it is carried out at once. */
export function describePortions(plan: Pick<LivePlan, "looked" | "sites">, options: Portions): string[] {
  const portions = portionsOf(plan, options);
  const [first, ...others] = portions;
  if (!first || (first.kind !== "canary" && others.length === 0)) return [];
  const batches = portions.filter(({ kind }) => kind === "batch");
  const label = labelsOfArns(plan.looked);
  const names = listNames(first.items.map(({ fn }) => label(fn.arn)));
  return [
    ...(first.kind === "canary" ? [`Canary: ${count(first.items.length, "function")}: ${names}`] : []),
    ...(batches[0] ? [batchesText(batches[0].items.length, batches.length)] : []),
  ];
}

function batchesText(size: number, batches: number): string {
  if (batches === 1) return `Then the other ${size === 1 ? "function" : `${size} functions`}`;
  return `Then ${batches} batches of at most ${count(size, "function")}`;
}

/**
 * Updates the functions of a plan, portion by portion: the canary, then batches. Between them it waits, runs the check,
 * or asks. Ends early if the run is interrupted.
 * @throws LayersError what {@link moveFunctions} throws
 */
export async function rollOut(
  ports: Ports,
  plan: LivePlan,
  options: RolloutOptions,
  recorder: RunRecorder,
  follower: Follower,
): Promise<Rollout> {
  const { onFailure = "continue" } = options;
  const portions = portionsOf(plan, options);
  const outcomes: FunctionOutcome[] = [];
  const published: PublishOutcome[] = [];
  const goOnRefused = options.onFailure === "continue";
  const onOutcome = follower.note;
  const withPlan = { recorder, stopOnFailure: onFailure !== "continue", goOnRefused, onOutcome };
  for (const [index, portion] of portions.entries()) {
    const moved = await follower.show(() => moveFunctions(ports, bySite(portion.items), plan.goal, withPlan));
    outcomes.push(...moved);
    if (ports.signal?.aborted) break;
    const left = portions.slice(index + 1).flatMap((one) => one.items);
    try {
      const released = plan.publish ? await publish(ports, portion, moved, plan, recorder) : [];
      published.push(...released);
      const stopped =
        afterFailures(portion, [...moved, ...released], onFailure, plan) ??
        (await gate(ports, portion, left, options, plan));
      if (stopped)
        return { outcomes: [...outcomes, ...left.map((item) => notAttempted(item, stopped))], published, stopped };
    } catch (error) {
      if (!ports.signal?.aborted) throw error;
    }
    if (ports.signal?.aborted) break;
  }
  return { outcomes, published };
}

function bySite(items: readonly Item[]): Site[] {
  const groups = Map.groupBy(items, ({ site }) => site);
  return [...groups].map(([site, group]) => ({ ...site, functions: group.map(({ fn }) => fn) }));
}

/** Publishes functions that have their layers: updated ones, and those that only have an outdated alias. */
function publish(
  ports: Ports,
  { items }: Portion<Item>,
  outcomes: readonly FunctionOutcome[],
  { publish: request }: LivePlan,
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
  plan: LivePlan,
): Stop | undefined {
  const unknown = outcomes.filter(({ status }) => status === "unknown").length;
  const failed = outcomes.filter(hasFailed).length - unknown;
  if (failed + unknown === 0) return undefined;
  const reasonOf = (of: (number: number) => string) =>
    [
      ...(failed > 0 ? [`${of(failed)} failed`] : []),
      ...(unknown > 0 ? [`the outcome of ${of(unknown)} is unknown`] : []),
    ].join(", and ");
  if (kind === "canary") {
    const first = theFirst(items.length, plan);
    return { cause: "canary", reason: reasonOf((number) => (items.length === 1 ? first : `${number} of ${first}`)) };
  }
  if (onFailure === "continue") return undefined;
  return { cause: "failure", reason: reasonOf((number) => count(number, "function")) };
}

/** The canary in words: of a resumed run, others came before it. */
function theFirst(number: number, { resumed, rollback }: Pick<LivePlan, "resumed" | "rollback">): string {
  const which = resumed && !rollback ? "next" : "first";
  return number === 1 ? `the ${which} function` : `the ${which} ${number} functions`;
}

async function gate(
  ports: Ports,
  { kind, items }: Portion<Item>,
  left: readonly Item[],
  { check, pause, proceed }: RolloutOptions,
  plan: LivePlan,
): Promise<Stop | undefined> {
  const { stack } = plan;
  const { commands, reporter, signal } = ports;
  const isCanary = kind === "canary";
  const which = isCanary ? theFirst(items.length, plan) : `a batch of ${count(items.length, "function")}`;
  const isAsked = isCanary && check === undefined && proceed !== undefined && left.length > 0;
  const seconds = pause ?? (isCanary && check === undefined && !isAsked ? canaryPause : 0);
  if (seconds > 0 && (left.length > 0 || check !== undefined)) {
    reporter.info(`Updated ${which}; waiting ${seconds} s`);
    const next = check === undefined ? `the other ${left.length}` : "the check";
    await wait(ports, seconds, `Waiting after ${which}, before ${next}`);
  }
  if (check !== undefined) {
    reporter.info(`Updated ${which}; checking: ${check}`);
    const input = JSON.stringify({ stack, portion: kind, functions: items.map(({ fn }) => fn.arn), left: left.length });
    const variables = { LAMBDA_LAYERS_STACK: stack, LAMBDA_LAYERS_PORTION: kind };
    const failure = await commands.run(check, input, variables, signal);
    if (failure) return { cause: "check", reason: `the check after ${which} failed (${failure}): ${check}` };
  }
  if (isAsked && !(await proceed(`Updated ${which}. Continue with the other ${left.length}?`))) {
    return { cause: "person", reason: `not confirmed after ${which}` };
  }
  return undefined;
}

function wait({ clock, reporter, signal }: Ports, seconds: number, title: string): Promise<void> {
  const work = async (progress: Progress) => {
    for (let waited = 0; waited < seconds; waited++) {
      progress.update(waited, seconds);
      await clock.sleep(Math.min(1, seconds - waited) * second, signal);
    }
  };
  return withProgress(reporter, title, work, { unit: "s" });
}

function notAttempted({ fn }: Item, stopped: Stop): FunctionOutcome {
  const { name, arn, layers, revisionId } = fn;
  const unchanged = { before: layers, after: layers, ...(revisionId !== undefined && { revisionId }) };
  return { function: name, arn, ...unchanged, status: "cancelled", reason: `Not attempted: ${stopped.reason}.` };
}
