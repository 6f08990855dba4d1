import { layerArn } from "../core/arn";
import { declareFor, shortStackName } from "../core/config/declared";
import { type DraftVariant, draftEntries } from "../core/config/draft";
import { type DraftSettings, writeDraft } from "../core/config/draft-text";
import { parseConfig } from "../core/config/parse";
import { defaultSettings } from "../core/config/settings";
import { foldEntries } from "../core/draft-fold";
import { LayersError, unchanged } from "../core/errors";
import { createMatcher } from "../core/match";
import { formatProblems } from "../core/problem";
import type { FunctionFilter } from "../core/selection";
import { declaredTargets, isAsDeclared, isTarget, targetArnOf } from "../core/target";
import { only } from "../core/text";
import type { Ports } from "../ports";
import {
  type FoundLayer,
  findTagged,
  type InitState,
  type LiveFunctions,
  readLiveUses,
  type TaggedFunctions,
  usesOfStates,
} from "./init-uses";
import type { Skipped } from "./plans";
import { ifPossible } from "./steps";

/** The sources of a new config, and where to write it. */
export interface InitRequest {
  readonly file: string;
  /** The states of stacks, or of exported files. */
  readonly states: readonly InitState[];
  /** The functions in AWS, instead of any state. */
  readonly live?: LiveFunctions;
  readonly filter: FunctionFilter;
  readonly force: boolean;
}

/** A layer of a function whose version differs from that of most functions in the stack. */
export interface InitChange extends Omit<FoundLayer, "layer" | "runtime" | "architectures"> {
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

/**
 * Drafts a config that declares for each layer and stack the version that most of its functions use.
 * @throws LayersError `usage` if the file already exists, for names that match no function, or if there are no layers;
 * what the ports throw
 */
export async function planInit(ports: Ports, request: InitRequest): Promise<InitPlan> {
  const { file, force, live } = request;
  refuseToReplace(ports, file, force);
  const tagKey = live && (stackTag(live) ?? (await formerTag(ports, file)));
  const tag = tagKey ?? defaultSettings.tagKey;
  const found =
    live === undefined ? usesOfStates(request.states) : await readLiveUses(ports, live, request.filter, tag);
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
    tagKey,
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
    ...(live && !ports.stacks.hasProject() && { tagged: await findTagged(ports, live, uses, tag) }),
  };
}

/** The tag among those that chose the functions that has the stack as its value; undefined if that is the default one. */
function stackTag({ stacks: [stack = ""], tags = {} }: LiveFunctions): string | undefined {
  const keys = Object.keys(tags).filter((key) => tags[key] === shortStackName(stack));
  return keys.includes(defaultSettings.tagKey) ? undefined : keys[0];
}

/** The tag that the file to be replaced names; undefined if there is none, or it cannot be read. */
async function formerTag({ configs }: Ports, file: string): Promise<string | undefined> {
  if (!configs.exists(file)) return undefined;
  const { tagKey } = await ifPossible(
    async () => configs.load(file).settings,
    () => defaultSettings,
  );
  return tagKey === defaultSettings.tagKey ? undefined : tagKey;
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
