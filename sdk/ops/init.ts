import { layerArn } from "../core/arn";
import type { AssessedFunction } from "../core/assess";
import { declareFor, shortStackName } from "../core/config/declared";
import { type DraftVariant, draftEntries, type LayerUse } from "../core/config/draft";
import { type DraftSettings, writeDraft } from "../core/config/draft-text";
import { parseConfig } from "../core/config/parse";
import { defaultSettings } from "../core/config/settings";
import { usesOfStage } from "../core/config/stages";
import { foldEntries } from "../core/draft-fold";
import { LayersError, unchanged } from "../core/errors";
import { parseFunctionArn } from "../core/function-arn";
import type { TagSet } from "../core/live";
import { createMatcher } from "../core/match";
import { formatProblems } from "../core/problem";
import { assessedFunction, type LayerHints } from "../core/recorded";
import { everyFunction, type FunctionFilter } from "../core/selection";
import { scanState } from "../core/state/scan";
import { declaredTargets, isAsDeclared, isTarget, targetArnOf } from "../core/target";
import type { Ports } from "../ports";
import { readNamed, tagSets, whereOf } from "./live/read";
import type { Skipped } from "./plans";
import { loadState } from "./recorded/load";
import { letGo } from "./recorded/memory";
import { refuseUnknown, type SelectedRecords, selectRecorded, withoutStanding } from "./recorded/plan";

/** The functions in AWS to make a config from. */
export interface LiveFunctions {
  /** The stacks that they are assigned to: one, or with {@link allFunctions} several. */
  readonly stacks: readonly string[];
  /** Only those that are tagged as the stack's. */
  readonly allFunctions?: boolean;
  /** Only those that carry all of these tags. */
  readonly tags?: TagSet;
  /** Only those of these regions. Default: the run's, else the environment's. */
  readonly regions?: readonly string[];
}

/** The sources of a new config, and where to write it. */
export interface InitRequest {
  /** The config file to write. */
  readonly file: string;
  /** The states of stacks, or of exported files. */
  readonly states: readonly InitState[];
  /** The functions in AWS, instead of any state. */
  readonly live?: LiveFunctions;
  readonly filter: FunctionFilter;
  /** Whether to replace an existing file. */
  readonly force: boolean;
}

/** A source of a config. */
export interface InitState {
  /** The stack's short name. */
  readonly stack: string;
  /** Where it was read: `the state of dev`, or a file. */
  readonly where: string;
  readonly selected: SelectedRecords;
}

/** A layer of a function whose version differs from that of most functions in the stack. */
export interface InitChange extends Omit<FoundLayer, "layer" | "runtime" | "architectures"> {
  /** The layer's name in AWS. */
  readonly layer: string;
  readonly from: number;
  readonly to: number;
  /** The layer's ARN without version, and the full ARN of its replacement; absent if none. */
  readonly arn?: string;
  readonly target?: string;
}

/** A new config. Nothing has been written. */
export interface InitPlan {
  readonly file: string;
  readonly text: string;
  readonly force: boolean;
  readonly stacks: readonly string[];
  readonly layers: readonly {
    readonly key: string;
    readonly version: number;
    readonly overrides: Readonly<Record<string, number>>;
    /** How many layers of functions it covers. */
    readonly uses: number;
    /** What differs by region, runtime or architecture; absent if nothing does. */
    readonly variants?: readonly Pick<DraftVariant, "when" | "version">[];
  }[];
  /** What the first update would change, planned with the new config. */
  readonly changes: readonly InitChange[];
  readonly skipped: readonly Skipped[];
  /** The line missing in `.gitignore`, since backups hold whole states; undefined if git already ignores them. */
  readonly ignoreLine: string | undefined;
  /** How commands select the config's live functions; undefined if they are those of a state. */
  readonly tagged?: TaggedFunctions;
}

/** The functions found in AWS, by name, and whether all are tagged as the stack's. */
export interface TaggedFunctions {
  readonly names: readonly string[];
  readonly areAll: boolean;
}

/**
 * Drafts a config that declares for each layer and stack the version that most of its functions use.
 * @throws LayersError `usage` if the file already exists, for names that match no function, or if there are no layers;
 * what the ports throw
 */
export async function planInit(ports: Ports, request: InitRequest): Promise<InitPlan> {
  const { file, force, live } = request;
  refuseToReplace(ports, file, force);
  const found = live === undefined ? usesOfStates(request) : await readLiveUses(ports, live, request);
  const { uses } = found;
  if (uses.length === 0) {
    throw new LayersError("usage", "No function with a layer was found, so there is nothing to declare.", {
      next: "Name other stacks with --stack, use an exported state with --state-file, or read functions from AWS with --live.",
      changed: unchanged,
    });
  }
  const names = [...new Set(uses.map(({ stack }) => stack))];
  const { entries, text } = draft(file, uses, {
    schema: ports.configs.schemaFor(file),
    from: `${live === undefined ? "recorded" : "live functions"} of ${names.join(", ")}`,
    region: only(uses.flatMap(({ layer }) => (layer.region === "?" ? [] : layer.region))),
    account: only(uses.flatMap(({ account }) => account ?? [])),
  });
  return {
    ...{ file, text, force, stacks: names, skipped: found.skipped },
    layers: entries.map(({ key, version, overrides, uses: own, variants = [] }) => ({
      ...{ key, version, overrides: Object.fromEntries(overrides) },
      uses: [own, ...variants.map((variant) => variant.uses)].flat().length,
      ...(variants.length > 0 && {
        variants: variants.map(({ when, version: its }) => ({ when, version: its })),
      }),
    })),
    changes: planChanges(text, file, uses),
    ignoreLine: await ports.backups.missingIgnoreLine(),
    ...(live && !ports.stacks.hasProject() && { tagged: await findTagged(ports, live, uses) }),
  };
}

/**
 * Refuses an existing file, unless it may be replaced.
 * @throws LayersError `usage`
 */
export function refuseToReplace({ configs }: Ports, file: string, force: boolean): void {
  if (force || !configs.exists(file)) return;
  throw new LayersError("usage", `${file} already exists.`, {
    next: "Choose another file with --config, or replace it with --force.",
    changed: unchanged,
  });
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

/** Checks whether other commands can find the functions by their stack's tags. */
async function findTagged(
  ports: Ports,
  { stacks, regions, allFunctions }: LiveFunctions,
  uses: readonly FoundLayer[],
): Promise<TaggedFunctions> {
  const keyOf = ({ function: name, region }: Pick<FoundLayer, "function" | "region">) => `${region} ${name}`;
  const names = [...new Set(uses.map((use) => use.function))];
  if (allFunctions) return { names, areAll: true };
  try {
    const sets = stacks.flatMap((stack) => tagSets({ allFunctions: true, tags: {} }, defaultSettings.tagKey, stack));
    const selection = { filter: everyFunction, sets, where: whereOf(ports, undefined, { regions }) };
    const { functions } = await readNamed(ports, selection, { hints: noHints, isLook: false });
    const tagged = new Set(functions.map(({ name, region }) => keyOf({ function: name, region })));
    return { names, areAll: uses.every((use) => tagged.has(keyOf(use))) };
  } catch (error) {
    // No function has the tag, or reading tags is not permitted.
    if (error instanceof LayersError && error.code !== "interrupted") return { names, areAll: false };
    throw error;
  }
}

/**
 * The config with layers of several regions, runtimes and architectures folded, if that means the same for every
 * function.
 */
function draft(file: string, uses: readonly FoundLayer[], settings: DraftSettings) {
  const entries = draftEntries(uses);
  const plain = { entries, text: writeDraft(entries, settings) };
  const fewer = foldEntries(entries);
  if (fewer.length === entries.length) return plain;
  const folded = { entries: fewer, text: writeDraft(fewer, settings) };
  const [before, after] = [plain, folded].map(({ text }) =>
    targetsIn(text, file, uses)
      .map(({ use, target }) => (isTarget(target) ? targetArnOf(use.layer, target) : "none"))
      .join(),
  );
  return before === after ? folded : plain;
}

/** Writes the config as planned. */
export async function executeInit(ports: Ports, { file, text, force }: InitPlan): Promise<void> {
  await ports.configs.write(file, text, { replace: force });
}

interface Found {
  readonly uses: readonly FoundLayer[];
  readonly skipped: readonly Skipped[];
}

// Nothing is declared yet.
const noHints: LayerHints = { declared: { stack: "", file: "", layers: [] }, accountId: undefined };

/** A layer of a function, and the function's region and account. */
interface FoundLayer extends LayerUse {
  readonly region: string | undefined;
  readonly runtime: string | undefined;
  readonly architectures: readonly string[] | undefined;
}

function usesOfStates({ states: found }: InitRequest): Found {
  // A name must match a function of one of the stacks.
  const unknown = (found[0]?.selected.unknown ?? []).filter((name) =>
    found.every(({ selected }) => selected.unknown.includes(name)),
  );
  const known = found.flatMap(({ selected }) => selected.known);
  const where = [...new Set(found.map((one) => one.where))].join(", ");
  refuseUnknown({ unknown, known }, `in ${where}`);
  const all = found.flatMap(({ stack, selected }) => selected.functions.map((fn) => ({ stack, fn })));
  const accounts = new Set(all.flatMap(({ fn }) => parseFunctionArn(fn.arn ?? "")?.account ?? []));
  // A LayerVersions resource records only names.
  const hints = { ...noHints, accountId: only([...accounts]) };
  const uses = all.flatMap(({ stack, fn }) => usesOf(stack, assessedFunction(fn, undefined, hints)));
  // Names alone do not distinguish them from others of that name.
  const vague = uses.filter((use) => isVague(use) && uses.some((other) => isOtherOfName(use, other)));
  return {
    uses: uses.filter((use) => !vague.includes(use)),
    skipped: [
      // What a plan would skip, such as secret layers, is reported now.
      ...found.flatMap(({ selected }) => withoutStanding(selected)),
      ...vague.map(({ function: name, layer }) => ({
        function: name,
        reason: `the account of its layer ${layer.name} is not recorded`,
      })),
    ],
  };
}

function isVague({ layer }: LayerUse): boolean {
  return layer.account === "?" || layer.region === "?";
}

function isOtherOfName(a: LayerUse, b: LayerUse): boolean {
  return a.layer.name === b.layer.name && layerArn(a.layer) !== layerArn(b.layer);
}

async function readLiveUses(ports: Ports, live: LiveFunctions, { filter }: InitRequest): Promise<Found> {
  const { stacks, allFunctions = false, tags = {}, regions } = live;
  const found: FoundLayer[] = [];
  for (const stack of stacks.map(shortStackName)) {
    const sets = tagSets({ allFunctions, tags }, defaultSettings.tagKey, stack);
    const selection = { filter, sets, where: whereOf(ports, undefined, { regions }) };
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

/** What the text declares for each layer of each function. */
function targetsIn(text: string, file: string, uses: readonly FoundLayer[]) {
  const parsed = parseConfig(text, file);
  if (!parsed.ok) throw new LayersError("internal", `The draft is not valid:\n${formatProblems(parsed.problems)}`);
  return [...Map.groupBy(uses, ({ stack }) => stack)].flatMap(([stack, own]) => {
    const targetOf = declaredTargets(createMatcher(declareFor(parsed.config, stack)));
    return own.map((use) => ({ use, target: targetOf(use.layer, { ...use, name: use.function }) }));
  });
}

/** The written text is parsed, so that the report matches what an update will do. */
function planChanges(text: string, file: string, uses: readonly FoundLayer[]): InitChange[] {
  return targetsIn(text, file, uses).flatMap(({ use: { layer, runtime, architectures, ...fn }, target }) => {
    if (!isTarget(target) || isAsDeclared(layer.version, target)) return [];
    const change = { layer: layer.name, from: layer.version, to: target.version };
    const move = target.by === undefined ? {} : { arn: layerArn(layer), target: targetArnOf(layer, target) };
    return [{ ...fn, ...change, ...move }];
  });
}

/** The value that all share; undefined if they differ. */
function only(values: readonly string[]): string | undefined {
  const [first, ...others] = new Set(values);
  return others.length === 0 ? first : undefined;
}
