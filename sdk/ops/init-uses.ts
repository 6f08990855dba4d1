import { type LayerVersionArn, layerArn, partitionOf } from "../core/arn";
import type { AssessedFunction } from "../core/assess";
import { shortStackName } from "../core/config/declared";
import type { LayerUse } from "../core/config/draft";
import { usesOfStage } from "../core/config/stages";
import { assessedFunction, type LayerHints, type RecordedFunction } from "../core/recorded";
import { everyFunction, type FunctionFilter } from "../core/selection";
import { scanState } from "../core/state/scan";
import type { Ports } from "../ports";
import { type FunctionChoice, readNamed, tagSets, whereOf } from "./live/read";
import type { Skipped } from "./plans";
import { loadState } from "./recorded/load";
import { letGo } from "./recorded/memory";
import { refuseUnknown, type SelectedRecords, selectRecorded, skippedRecords } from "./recorded/select";
import { ifPossible } from "./steps";

/** The functions in AWS to make a config from. */
export interface LiveFunctions extends Pick<FunctionChoice, "allFunctions" | "tags" | "regions"> {
  /** The stacks that they are assigned to: one, or with {@link allFunctions} several. */
  readonly stacks: readonly string[];
}

/** A source of a config. */
export interface InitState {
  /** The stack's short name. */
  readonly stack: string;
  /** Where it was read: `the state of dev`, or a file. */
  readonly where: string;
  readonly selected: SelectedRecords;
}

/**
 * Reads the source of a config from a stack or an exported state.
 * @throws LayersError what reading a state throws, `usage` for the name of a version or an alias
 */
export async function readInitState(
  ports: Ports,
  { stack: named, file, filter }: { readonly stack: string; readonly file?: string; readonly filter: FunctionFilter },
): Promise<InitState> {
  const state = await loadState(ports, { stack: named, file, scan: scanState });
  letGo(state);
  const { facts } = state;
  const stack = shortStackName(file === undefined ? named : (facts.owner?.stack ?? named));
  return { stack, where: file ?? `the state of ${named}`, selected: selectRecorded(facts, filter) };
}

/** The layers of functions found, and what was skipped. */
export interface Found {
  readonly uses: readonly FoundLayer[];
  readonly skipped: readonly Skipped[];
}

// Nothing is declared yet, and an account that is not recorded is not guessed.
const noHints: LayerHints = { declared: { stack: "", file: "", layers: [] }, accountId: "?" };

/** A layer of a function, and the function's region and account. */
export interface FoundLayer extends LayerUse {
  readonly region: string | undefined;
  readonly runtime: string | undefined;
  readonly architectures: readonly string[] | undefined;
}

/**
 * The layers of functions in states.
 * @throws LayersError `usage` for names that match no function
 */
export function usesOfStates(found: readonly InitState[]): Found {
  // A name must match a function of one of the stacks.
  const unknown = (found[0]?.selected.unknown ?? []).filter((name) =>
    found.every(({ selected }) => selected.unknown.includes(name)),
  );
  const known = found.flatMap(({ selected }) => selected.known);
  const where = [...new Set(found.map((one) => one.where))].join(", ");
  refuseUnknown({ unknown, known }, `in ${where}`);
  const uses = found.flatMap(({ stack, selected }) => usesOfRecords(stack, selected.functions));
  // Names alone do not distinguish them from others of that name.
  const vague = uses.filter((use) => isVague(use) && uses.some((other) => isOtherOfName(use, other)));
  return {
    uses: uses.filter((use) => !vague.includes(use)),
    skipped: [
      // What a plan would skip, such as secret layers, is reported now.
      ...found.flatMap(({ selected }) => skippedRecords(selected)),
      ...vague.map(({ function: name, layer }) => ({
        function: name,
        reason: `the account of its layer ${layer.name} is not recorded`,
      })),
    ],
  };
}

/** The layers of a stack's functions. */
function usesOfRecords(stack: string, functions: readonly RecordedFunction[]): FoundLayer[] {
  const read = (fn: RecordedFunction, known?: LayerHints["known"]) =>
    usesOf(stack, assessedFunction(fn, undefined, { ...noHints, known }));
  const recorded = functions.flatMap((fn) => read(fn)).filter((use) => !isVague(use));
  const regions = new Set(functions.map(({ region }) => region));
  const known = new Map([...regions].map((region) => [region, layersFor(region, recorded)]));
  return functions.flatMap((fn) => read(fn, known.get(fn.region)));
}

/**
 * The layers that names stand for in a region, where a `LayerVersions` resource records only names: those of that name
 * in the region, otherwise in others; none if several accounts have one.
 */
function layersFor(region: string | undefined, uses: readonly FoundLayer[]): ReadonlyMap<string, LayerVersionArn> {
  if (region === undefined) return new Map();
  const byName = Map.groupBy(
    uses.map(({ layer }) => layer),
    ({ name }) => name,
  );
  return new Map(
    [...byName].flatMap(([name, all]) => {
      const here = all.filter((layer) => layer.region === region);
      const [first, ...others] = here.length > 0 ? here : all;
      const isClear = first && others.every(({ account }) => account === first.account);
      return isClear ? [[name, { ...first, region, partition: partitionOf(region) }] as const] : [];
    }),
  );
}

function isVague({ layer }: LayerUse): boolean {
  return layer.account === "?" || layer.region === "?";
}

function isOtherOfName(a: LayerUse, b: LayerUse): boolean {
  return a.layer.name === b.layer.name && layerArn(a.layer) !== layerArn(b.layer);
}

/** Reads the layers of live functions. */
export async function readLiveUses(
  ports: Ports,
  live: LiveFunctions,
  filter: FunctionFilter,
  tagKey: string,
): Promise<Found> {
  const { stacks, allFunctions } = live;
  const found: FoundLayer[] = [];
  for (const stack of stacks.map(shortStackName)) {
    const sets = tagSets(live, tagKey, stack);
    const selection = { filter, sets, where: whereOf(ports, undefined, live) };
    const { functions } = await readNamed(ports, selection, { hints: noHints, isLook: false });
    found.push(...functions.flatMap((fn) => usesOf(stack, fn)));
  }
  // Named functions, and those tagged as the stack's, are included.
  if (allFunctions || filter.functions.length > 0) return { uses: found, skipped: [] };
  const { own, others } = usesOfStage(found);
  const stages = new Map(others.map(({ stage, use }) => [use.function, stage]));
  const left = [...stages].map(([name, stage]) => ({
    function: name,
    reason: `layers of ${stage}, and none of the stack`,
  }));
  return { uses: own, skipped: left };
}

function usesOf(stack: string, fn: AssessedFunction): FoundLayer[] {
  const { name, region, account, runtime, architectures, recorded, live } = fn;
  const layers = (recorded ?? live)?.layers ?? [];
  return layers.map((layer) => ({ stack, function: name, region, account, runtime, architectures, layer }));
}

/** The functions found in AWS, by name, and whether all are tagged as the stack's. */
export interface TaggedFunctions {
  readonly names: readonly string[];
  readonly areAll: boolean;
}

/** Checks whether other commands can find the functions by their stack's tags. */
export async function findTagged(
  ports: Ports,
  { stacks, regions, allFunctions }: LiveFunctions,
  uses: readonly FoundLayer[],
  tagKey: string,
): Promise<TaggedFunctions> {
  const keyOf = ({ function: name, region }: Pick<FoundLayer, "function" | "region">) => `${region} ${name}`;
  const names = [...new Set(uses.map((use) => use.function))];
  if (allFunctions) return { names, areAll: true };
  const read = async () => {
    const sets = stacks.flatMap((stack) => tagSets({ allFunctions: true }, tagKey, stack));
    const selection = { filter: everyFunction, sets, where: whereOf(ports, undefined, { regions }) };
    const { functions } = await readNamed(ports, selection, { hints: noHints, isLook: false });
    const tagged = new Set(functions.map(({ name, region }) => keyOf({ function: name, region })));
    return uses.every((use) => tagged.has(keyOf(use)));
  };
  // No function has the tag, or reading tags is not permitted.
  return { names, areAll: await ifPossible(read, () => false) };
}
