import { layerVersionArn, parseLayerVersionArn } from "../core/arn";
import { declareFor, shortStackName } from "../core/config/declared";
import { draftEntries, type LayerUse } from "../core/config/draft";
import { writeDraft } from "../core/config/draft-text";
import { parseConfig } from "../core/config/parse";
import { LayersError } from "../core/errors";
import { createMatcher } from "../core/match";
import { planLayer } from "../core/plan";
import { formatProblem } from "../core/problem";
import { scanState } from "../core/state/scan";
import { withSession } from "./fleet/sites";
import type { FunctionFilter, Skipped } from "./plans";
import type { Ports } from "./ports";
import { loadState } from "./state";
import { isMeant, isOwned, planState, recordedLayers } from "./state-plan";

/** What a config is made from, and where it goes. */
export interface InitRequest {
  /** The config file to be written. */
  readonly file: string;
  readonly stacks: readonly string[];
  /** Exported states instead of the stacks' own; each says itself which stack's it is. */
  readonly stateFiles: readonly string[];
  /** The functions in AWS instead of any state, as those of the one stack. */
  readonly live: boolean;
  readonly filter: FunctionFilter;
  /** Whether a file that is there is replaced. */
  readonly force: boolean;
}

/** A layer of a function that is not at the version that most functions use. */
export interface InitChange {
  readonly stack: string;
  readonly function: string;
  readonly layer: string;
  readonly from: number;
  readonly to: number;
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
    /** How many layers of functions it is about. */
    readonly uses: number;
  }[];
  /** What the first update would change: planned with the new config itself. */
  readonly changes: readonly InitChange[];
  readonly skipped: readonly Skipped[];
}

/**
 * Drafts a config that declares for each layer the version that most functions use.
 * @throws LayersError `usage` where the file is there already, or there are no layers; what the ports throw
 */
export async function planInit(ports: Ports, request: InitRequest): Promise<InitPlan> {
  const { file, force, stacks, stateFiles, live } = request;
  if (!force && ports.configs.exists(file)) {
    throw new LayersError("usage", `${file} is there already. Nothing was changed.`, {
      next: "Write another file with --config, or replace it with --force.",
    });
  }
  if (live && (stacks.length > 1 || stateFiles.length > 0))
    throw new LayersError("usage", "--live is for the functions of one stack, and needs no state file.");
  const found = live ? await readLiveUses(ports, request) : await readStateUses(ports, request);
  const { uses } = found;
  if (uses.length === 0) {
    throw new LayersError(
      "usage",
      "No function with a layer was found: there is nothing to declare. Nothing was changed.",
      {
        next: "Name other stacks with --stack, an exported state with --state-file, or look in AWS with --live.",
      },
    );
  }
  const entries = draftEntries(uses);
  const names = [...new Set(uses.map(({ stack }) => stack))];
  const text = writeDraft(entries, {
    schema: ports.configs.schemaFor(file),
    from: `${live ? "live functions" : "recorded"} of ${names.join(", ")}`,
    region: only(uses.map(({ layer }) => layer.region)),
    account: only(uses.flatMap(({ account }) => account ?? [])),
  });
  return {
    ...{ file, text, force, stacks: names, skipped: found.skipped },
    layers: entries.map(({ key, version, overrides, uses: own }) => ({
      ...{ key, version, overrides: Object.fromEntries(overrides), uses: own.length },
    })),
    changes: planChanges(text, file, uses),
  };
}

/** Writes the config as planned. */
export async function executeInit(ports: Ports, { file, text, force }: InitPlan): Promise<void> {
  await ports.configs.write(file, text, { replace: force });
}

async function readStateUses(ports: Ports, { stacks, stateFiles, filter }: InitRequest) {
  const uses: LayerUse[] = [];
  const skipped: Skipped[] = [];
  const sources =
    stateFiles.length > 0
      ? stateFiles.map((file) => ({ named: stacks[0] ?? "dev", file }))
      : stacks.map((named) => ({ named, file: undefined }));
  for (const { named, file } of sources) {
    const { facts } = await loadState(ports, { stack: named, file, scan: scanState });
    const stack = shortStackName(file === undefined ? named : (facts.owner?.stack ?? named));
    const functions = facts.functions.filter((fn) => isOwned(fn) && isMeant(fn.name, filter));
    // What a plan would leave alone, such as layers that are a secret, is said now.
    skipped.push(...planState(functions, () => undefined).skipped);
    for (const fn of functions) {
      uses.push(...usesOf({ stack, name: fn.name, account: fn.arn?.split(":")[4], layers: recordedLayers(fn) }));
    }
  }
  return { uses, skipped };
}

async function readLiveUses(ports: Ports, { stacks: [name = ""], filter }: InitRequest) {
  const stack = shortStackName(name);
  const selection = filter.functions.length > 0 ? { names: filter.functions } : { all: true };
  const { functions, missing } = await withSession(ports, { region: undefined }, (aws) => aws.listFunctions(selection));
  return {
    uses: functions
      .filter((fn) => isMeant(fn.name, filter))
      .flatMap((fn) => usesOf({ stack, name: fn.name, account: fn.arn.split(":")[4], layers: fn.layers })),
    skipped: missing.map((fn) => ({ function: fn, reason: "AWS has no such function" })),
  };
}

interface FoundFunction {
  readonly stack: string;
  readonly name: string;
  readonly account: string | undefined;
  readonly layers: readonly string[];
}

function usesOf({ stack, name, account, layers }: FoundFunction): LayerUse[] {
  return layers.flatMap((text) => {
    const layer = parseLayerVersionArn(text);
    return layer ? [{ stack, function: name, account, layer }] : [];
  });
}

/** The text itself is asked, so that what is said is what an update will do. */
function planChanges(text: string, file: string, uses: readonly LayerUse[]): InitChange[] {
  const parsed = parseConfig(text, file);
  if (!parsed.ok)
    throw new LayersError("internal", `The draft is not valid:\n${parsed.problems.map(formatProblem).join("\n")}`);
  return [...Map.groupBy(uses, ({ stack }) => stack)].flatMap(([stack, own]) => {
    const matcher = createMatcher(declareFor(parsed.config, stack));
    return own.flatMap(({ function: name, layer }) => {
      const change = planLayer(layerVersionArn(layer), matcher);
      return change ? [{ stack, function: name, layer: layer.name, from: change.from, to: change.to }] : [];
    });
  });
}

/** The one value that all are; undefined where they differ. */
function only(values: readonly string[]): string | undefined {
  const [first, ...others] = new Set(values);
  return others.length === 0 ? first : undefined;
}
