import { LayersError, unchanged } from "../core/errors";
import { countSites, type StackSite } from "../core/estate";
import { count, countLayers, listNames } from "../core/text";
import { layerSumText, sumByLayer } from "../ops/plan-sum";
import type { LiveChange, StateChange } from "../ops/plans";
import { confirmed } from "./confirm";
import type { Context } from "./context";
import { defaultParallel, type Estate, isFailedProject, openEstate, type Place, type StackRun } from "./estate";
import { type Done, runStacks } from "./run-stacks";
import { finish, forEachStack, type KeptOutcome, runOutcomes, type StackOutcome } from "./stacks";

/** What changes in a stack's state, and in AWS. */
interface PlannedChanges {
  readonly changes: readonly StateChange[];
  readonly live: readonly LiveChange[];
}

/** What a command would do to one stack. */
export interface PlannedStack extends PlannedChanges {
  /**
   * Moves the state that the plan holds out of memory, until the returned function is called. Absent if it holds none.
   */
  setAside?(): () => void;
  /** Carries it out; in a dry run only reports. */
  carryOut(): Promise<StackOutcome>;
}

/** Notified of what a run over several stacks does, so that it can be rolled back as a whole. */
export interface RunWitness {
  begin(sites: readonly StackSite[]): Promise<void>;
  stackBegins(site: StackSite): Promise<void>;
  stackEnded(site: StackSite, document: unknown): Promise<void>;
  end(): Promise<void>;
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
  readonly witness?: RunWitness;
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
  const { isLook, witness, isReported = true } = options;
  const estate = options.estate ?? (await openEstate(context));
  if (!estate.isSeveral || isLook || !isReported) {
    const plans = new Map<Place, PlannedChanges>();
    const work = async (run: StackRun) => {
      const planned = await plan(run);
      const place = estate.places[run.index];
      const { changes, live } = planned;
      if (place) plans.set(place, { changes, live });
      return planned.carryOut();
    };
    const onEnd = () => {
      if (isReported && estate.isSeveral) reportPlan(context, inOrder(estate, plans));
    };
    return forEachStack(context, work, { writes: !isLook, estate, onEnd });
  }
  const { plans, failed } = await planAll(context, estate, plan);
  const stopped = [...failed.values()].find(({ error }) => error.code === "interrupted");
  if (stopped) return finish(context, estate, withOthers(estate, failed, stopped), {});
  const changed = reportPlan(context, plans);
  refuseLargePlan(context, plans);
  if (changed.length > 0) await confirmed(context, questionOf(options.verb, plans, changed));
  if (changed.length > 0) await witness?.begin(changed.flatMap(({ site }) => (isFailedProject(site) ? [] : site)));
  const outcomes = await runOutcomes(
    context,
    estate,
    [...plans.keys()],
    async ({ index, stack, folder }) => {
      const place = estate.places[index] as Place;
      const site = { stack, folder };
      const isWitnessed = changed.includes(place) && witness !== undefined;
      if (isWitnessed) await witness.stackBegins(site);
      const outcome = await (plans.get(place) as PlannedStack).carryOut();
      if (isWitnessed) await witness.stackEnded(site, outcome.document);
      // In a large estate, not all states are kept until the end.
      plans.delete(place);
      return outcome;
    },
    { writes: true, failed: failed.size },
  );
  if (changed.length > 0) await witness?.end();
  return finish(context, estate, new Map([...failed, ...outcomes]), { writes: true });
}

/** Plans in the order of the places, whichever was finished first. */
function inOrder({ places }: Estate, plans: ReadonlyMap<Place, PlannedChanges>): Map<Place, PlannedChanges> {
  return new Map(
    places.flatMap((place) => {
      const own = plans.get(place);
      return own ? [[place, own] as const] : [];
    }),
  );
}

/** Plans all stacks, with few states in memory at a time. */
async function planAll(context: Context, estate: Estate, plan: (run: StackRun) => Promise<PlannedStack>) {
  const title = "Planning stacks";
  const parallel = context.options.parallel ?? defaultParallel;
  const planAside = async (run: StackRun): Promise<PlannedStack> => {
    const { changes, live, setAside, carryOut } = await plan(run);
    const takeUp = setAside?.();
    return {
      ...{ changes, live },
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

function withOthers(
  { places }: Estate,
  known: ReadonlyMap<Place, Done<never>>,
  others: Done<never>,
): Map<Place, KeptOutcome> {
  return new Map(places.map((place) => [place, known.get(place) ?? others]));
}

/**
 * Reports the plans of several stacks as one, summed up by layer.
 * @returns the places where something changes
 */
function reportPlan({ reporter }: Context, plans: ReadonlyMap<Place, PlannedChanges>): Place[] {
  const changed = [...plans].flatMap(([place, { changes, live }]) => (changes.length + live.length > 0 ? [place] : []));
  const sums = sumByLayer(
    [...plans].map(([{ site, label }, { changes, live }]) => {
      const { stack } = site as StackSite;
      return { stack, label, changes: [...changes, ...live] };
    }),
  );
  const all = count(plans.size, "stack");
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
  return changed;
}

// More would make an unreadable line; `--json` lists all.
const mostStacks = 20;

function questionOf(verb: string, plans: ReadonlyMap<Place, PlannedStack>, changed: readonly Place[]): string {
  const own = changed.flatMap((place) => plans.get(place) ?? []);
  const sum = (of: (one: PlannedStack) => number) => own.reduce((total, one) => total + of(one), 0);
  const [recorded, live] = [sum(({ changes }) => changes.length), sum((one) => one.live.length)];
  const parts = [
    ...(recorded > 0 ? [`${countLayers(recorded)} in states`] : []),
    ...(live > 0 ? [`${countLayers(live)} in AWS`] : []),
  ];
  return `${verb} ${parts.join(" and ")}, in ${countSites(changed.map(({ site }) => site as StackSite))}?`;
}

/** `--max-changes` applies to the whole run. */
function refuseLargePlan({ options }: Context, plans: ReadonlyMap<Place, PlannedStack>): void {
  const live = [...plans.values()].reduce((sum, one) => sum + one.live.length, 0);
  const { maxChanges } = options;
  if (maxChanges === undefined || live <= maxChanges) return;
  throw new LayersError(
    "too-many-changes",
    `The plan changes ${countLayers(live)} in AWS, but --max-changes allows only ${maxChanges}.`,
    { changed: unchanged, next: "Review them with --dry-run, and raise --max-changes if they are what you want." },
  );
}
