import { countSites, type StackSite } from "../core/estate";
import { count, countLayers, listNames } from "../core/text";
import type { LiveChange, StateChange } from "../ops/plans";
import { layerSumText, type StackChanges, sumByLayer } from "../ops/report-changes";
import { refuseLargePlan } from "../ops/review";
import { confirmed } from "./confirm";
import type { Context } from "./context";
import { defaultParallel, type Estate, openEstate, type Place, type StackRun } from "./estate";
import { type RecordOptions, recordRun } from "./estate-run";
import { runStacks } from "./run-stacks";
import { finish, forEachStack, runOutcomes, type StackOutcome } from "./stacks";

/** What a command would do to one stack. */
export interface PlannedStack {
  /** What changes in its state. */
  readonly changes: readonly StateChange[];
  /** What changes in AWS. */
  readonly live: readonly LiveChange[];
  /**
   * Moves the state that the plan holds out of memory, until the returned function is called. Absent if it holds none.
   */
  setAside?(): () => void;
  /** Carries it out; in a dry run only reports. */
  carryOut(): Promise<StackOutcome>;
}

/** Options of {@link planStacks}. */
export interface PlanStacksOptions {
  /** The question to ask before anything is changed, such as `Update 5 layers of functions in 3 stacks?`. */
  readonly verb: string;
  /** Nothing is changed, whatever the plans say. */
  readonly isLook: boolean;
  /** The stacks. Default: those of the options. */
  readonly estate?: Estate;
  /** Whether each stack's output has its name as a heading, and all are shown as one plan. Default: true. */
  readonly isReported?: boolean;
  /** Writes a record of a run over several stacks. Default: none is written. */
  readonly record?: RecordOptions;
}

/**
 * Changes the selected stacks. A single stack is planned, confirmed and carried out; several are all planned first,
 * shown as one plan, confirmed once, and each carried out as planned: one that has changed in the meantime is left
 * alone.
 * @returns the first exit status that is not 0
 */
export async function planStacks(
  context: Context,
  plan: (run: StackRun) => Promise<PlannedStack>,
  options: PlanStacksOptions,
): Promise<number> {
  const { isLook, isReported = true } = options;
  const estate = options.estate ?? (await openEstate(context));
  if (!estate.isSeveral || isLook || !isReported) {
    const plans: StackChanges[] = [];
    const work = async (run: StackRun) => {
      const planned = await plan(run);
      plans[run.index] = changesOf(run, planned);
      return planned.carryOut();
    };
    const onEnd = () => {
      const known = plans.filter((one) => one !== undefined);
      if (isReported && estate.isSeveral) reportPlan(context, known);
    };
    return forEachStack(context, work, { writes: !isLook, estate, onEnd });
  }
  const { plans, failed } = await planAll(context, estate, plan);
  const stopped = [...failed.values()].find(({ error }) => error.code === "interrupted");
  if (stopped) {
    const outcomes = new Map(estate.places.map((place) => [place, failed.get(place) ?? stopped]));
    return finish(context, estate, outcomes, {});
  }
  const { recorded, live, sites } = reportPlans(context, plans);
  // `--max-changes` applies to the whole run.
  refuseLargePlan(live, context.options.maxChanges);
  if (sites.length > 0) await confirmed(context, questionOf(options.verb, recorded, live, sites));
  const record = sites.length > 0 && options.record ? await recordRun(context, options.record, sites) : undefined;
  const outcomes = await runOutcomes(
    context,
    estate,
    [...plans.keys()],
    async ({ index }) => {
      const place = estate.places[index] as Place;
      const { site, carryOut } = plans.get(place) as PlacedStack;
      // In a large estate, not all states are kept until the end.
      plans.delete(place);
      const own = sites.includes(site) ? record : undefined;
      await own?.stackBegins(site);
      const outcome = await carryOut();
      await own?.stackEnded(site, outcome.document);
      return outcome;
    },
    { writes: true, failed: failed.size },
  );
  await record?.end();
  return finish(context, estate, new Map([...failed, ...outcomes]), { writes: true });
}

/** A planned stack, and which one it is. */
interface PlacedStack extends PlannedStack {
  readonly site: StackSite;
  readonly stack: string;
  readonly label: string;
}

function changesOf({ stack, label }: Pick<PlacedStack, "stack" | "label">, plan: PlannedStack): StackChanges {
  return { stack, label, changes: [...plan.changes, ...plan.live] };
}

/** Plans all stacks, with few states in memory at a time. */
async function planAll(context: Context, estate: Estate, plan: (run: StackRun) => Promise<PlannedStack>) {
  const title = "Planning stacks";
  const parallel = context.options.parallel ?? defaultParallel;
  const planAside = async (run: StackRun): Promise<PlacedStack> => {
    const { changes, live, setAside, carryOut } = await plan(run);
    const takeUp = setAside?.();
    const { stack, folder, label } = run;
    return {
      ...{ site: { stack, folder }, stack, label, changes, live },
      async carryOut() {
        takeUp?.();
        return carryOut();
      },
    };
  };
  const planned = await runStacks(context, estate, estate.places, planAside, { title, parallel, headings: false });
  return {
    plans: new Map([...planned].flatMap(([place, done]) => ("value" in done ? [[place, done.value]] : []))),
    failed: new Map([...planned].flatMap(([place, done]) => ("error" in done ? [[place, done]] : []))),
  };
}

/**
 * Reports the plans that are to be carried out as one.
 * @returns how many layers change in states and in AWS, and the stacks where any does
 */
function reportPlans(context: Context, plans: ReadonlyMap<Place, PlacedStack>) {
  const all = [...plans.values()];
  const changes = all.map((one) => changesOf(one, one));
  reportPlan(context, changes);
  return {
    recorded: all.reduce((sum, one) => sum + one.changes.length, 0),
    live: all.reduce((sum, one) => sum + one.live.length, 0),
    sites: all.flatMap(({ site }, index) => (changes[index]?.changes.length ? [site] : [])),
  };
}

/** Reports the plans of several stacks as one, summed up by layer. */
function reportPlan({ reporter }: Context, plans: readonly StackChanges[]): void {
  // Why none could be planned has been said.
  if (plans.length === 0) return;
  const changed = plans.filter(({ changes }) => changes.length > 0);
  const sums = sumByLayer(plans);
  const all = count(plans.length, "stack");
  const layers = sums.reduce((total, { functions }) => total + functions, 0);
  reporter.info(
    changed.length === 0
      ? `The plan for ${all}: nothing to change`
      : `The plan for ${all}: ${countLayers(layers)} in ${count(changed.length, "stack")}:`,
  );
  for (const sum of sums) {
    const places = [...sum.stacks].map(([label, number]) => `${label} (${number})`);
    reporter.item(`${layerSumText(sum)}: ${listNames(places, mostStacks)}`);
  }
}

// More would make an unreadable line; `--json` lists all.
const mostStacks = 20;

function questionOf(verb: string, recorded: number, live: number, sites: readonly StackSite[]): string {
  const parts = [
    ...(recorded > 0 ? [`${countLayers(recorded)} in states`] : []),
    ...(live > 0 ? [`${countLayers(live)} in AWS`] : []),
  ];
  return `${verb} ${parts.join(" and ")}, in ${countSites(sites)}?`;
}
