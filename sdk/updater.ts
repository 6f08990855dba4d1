import { type LayerVersionArn, layerArn, layerVersionArn, parseLayerVersionArn } from "./core/arn";
import { type DeclaredLayers, declareFor } from "./core/config/declared";
import type { LayerConfig } from "./core/config/parse";
import { LayersError, unchanged } from "./core/errors";
import type { TargetFacts } from "./core/form";
import { createMatcher, type Matcher } from "./core/match";
import { pinLayer } from "./core/plan";
import type { StateFacts } from "./core/state/facts";
import { scanState } from "./core/state/scan";
import { declaredTargets, isTarget, type TargetOf, targetArnOf } from "./core/target";
import { plannedOnly } from "./ops/live/carry-out";
import type { LiveResult } from "./ops/live/plans";
import type { RolloutOptions } from "./ops/live/rollout";
import type { LoadedState } from "./ops/plans";
import { loadState } from "./ops/recorded/load";
import { proofFailure, proveState } from "./ops/recorded/prove";
import { reportMatches, unmatchedWarnings } from "./ops/report-standings";
import {
  applyToState,
  executeUpdate,
  planUpdate,
  type UpdatePlan,
  type UpdateResult,
  updateFunctions,
} from "./ops/update";
import type { Ports } from "./ports";

/** Options of a {@link LayerVersionUpdater}. */
export interface UpdaterOptions {
  /** Path to the YAML configuration file. Default `layer_config.yaml`. */
  readonly configPath?: string;
  /** Target Pulumi stack: `dev` or `organization/project/dev`. Default `dev`. */
  readonly stackName?: string;
  /** How lines of a run over several projects name the stack. Default: its name. */
  readonly label?: string;
  /** Show the changes and write nothing at all. */
  readonly dryRun?: boolean;
  /** Also update the live functions. */
  readonly syncAws?: boolean;
  /** An exported state to update instead of the stack. */
  readonly stateFile?: string;
  /** The output file for that state. Default: the same file, which is replaced after a backup. */
  readonly out?: string;
  /** Write nothing: changes are reported and returned, see `unexpected`. */
  readonly expectNoChanges?: boolean;
  /**
   * Import only if the program keeps the new versions, as shown by a preview on a copy of the stack. For the result, in
   * a dry run too, see `proofFailure`.
   */
  readonly prove?: boolean;
  /** Names in AWS: only these functions. */
  readonly functions?: readonly string[];
  /** Names in AWS: all but these functions. */
  readonly exclude?: readonly string[];
  /** With `syncAws`: also live functions tagged as the stack's. */
  readonly allFunctions?: boolean;
  /** With `syncAws`: also live functions with all of these tags. */
  readonly tags?: Readonly<Record<string, string>>;
  /** With `syncAws`: check neither permissions nor layer versions in advance. */
  readonly skipPreflight?: boolean;
  /** With `syncAws`: refuse a plan that changes more layers of functions in AWS. */
  readonly maxChanges?: number;
  /** With `syncAws`: how carefully live functions are updated. */
  readonly rollout?: RolloutOptions;
  /**
   * Called by {@link LayerVersionUpdater.run} before anything is written; false ends the run with code `interrupted`.
   */
  readonly confirm?: (plan: UpdatePlan) => Promise<boolean>;
}

/**
 * Updates the layer versions that a Pulumi stack records, and those of its live functions. `run` does everything; the
 * other methods are its steps, in order. Errors are LayersError; their messages say what was changed.
 *
 * To extend it, override {@link buildLayerArn}, {@link loadConfig} or {@link findLambdaResources}.
 */
export class LayerVersionUpdater {
  /** Path to the YAML configuration file. */
  readonly configPath: string;
  /** Target Pulumi stack. */
  readonly stackName: string;
  protected readonly ports: Ports;
  protected readonly options: UpdaterOptions;
  #config: { config: LayerConfig; declared: DeclaredLayers; matcher: Matcher; targetOf: TargetOf } | undefined;
  #state: LoadedState | undefined;
  #plan: UpdatePlan | undefined;
  #backup: string | null = null;

  /** @throws LayersError `usage` for contradicting options */
  constructor(options: UpdaterOptions, ports: Ports) {
    this.configPath = options.configPath ?? "layer_config.yaml";
    this.stackName = options.stackName ?? "dev";
    this.options = options;
    this.ports = ports;
    const found = contradictions(options).find(([isThere]) => isThere);
    if (found) throw new LayersError("usage", found[1]);
  }

  /** Layer version mappings from the config: the declared version of each layer for this stack, if it has one for all functions. */
  get layerMappings(): Readonly<Record<string, number>> {
    const { layers } = this.#loaded.declared;
    return Object.fromEntries(layers.flatMap(({ key, version }) => (version === undefined ? [] : [[key, version]])));
  }

  /** Exports the current Pulumi state, or reads the state file. Writes nothing. */
  async exportStackState(): Promise<LoadedState> {
    const { stackName: stack, options, ports } = this;
    void this.#loaded; // a config with problems is reported before Pulumi is asked
    const { label = stack } = options;
    if (!options.dryRun && options.stateFile === undefined) ports.reporter.info(`Exporting stack state for ${label}`);
    this.#state = await loadState(ports, { stack, file: options.stateFile, scan: this.#scan });
    this.#plan = undefined;
    return this.#state;
  }

  /** Plans the new layer versions, and with `syncAws` what live functions need. Writes nothing. */
  async updateLayerVersionsInState(): Promise<UpdatePlan> {
    const state = this.#state ?? (await this.exportStackState());
    const { dryRun = false, out, functions = [], exclude = [], syncAws, skipPreflight = false } = this.options;
    const { allFunctions = false, tags = {}, expectNoChanges = false } = this.options;
    if (out !== undefined && (await this.ports.stateFiles.isSame(out, this.configPath))) {
      throw new LayersError("usage", `--out would replace the config ${this.configPath}.`, { changed: unchanged });
    }
    const { config, declared, matcher } = this.#loaded;
    const targetOf = this.#targetOf;
    const plan = await planUpdate(this.ports, state, {
      ...{ dryRun, out, filter: { functions, exclude }, targetOf, settings: config.settings },
      hints: { declared, accountId: config.settings.accountId },
      live: syncAws ? { allFunctions, tags, skipPreflight, isLook: expectNoChanges } : undefined,
    });
    reportMatches(this.ports.reporter, plan.standings, matcher);
    const where = `${state.file ?? `the state of ${state.stack}`}${syncAws ? " or in AWS" : ""}`;
    // If all are excluded, nothing was searched for.
    const isEmpty = plan.standings.length === 0 && plan.skipped.length > 0;
    const unmatched = isEmpty ? [] : unmatchedWarnings(plan.standings, where, this.configPath);
    this.#plan = { ...plan, warnings: [...plan.warnings, ...unmatched] };
    return this.#plan;
  }

  /**
   * Imports the modified state back to Pulumi, or writes the state file; in a dry run nothing.
   * @returns the backup of the state as it was; null if nothing had to be written
   * @throws LayersError `program-undoes`, `not-proved` with the option `prove`
   */
  async importStackState(): Promise<string | null> {
    const plan = this.#plan ?? (await this.updateLayerVersionsInState());
    if (plan.dryRun) return null;
    const proof = this.options.prove ? await proveState(this.ports, plan, this.#scan) : undefined;
    const failure = proofFailure(this.ports, { stack: this.stackName, proof });
    if (failure) throw failure;
    this.#backup = await applyToState(this.ports, plan, this.#scan);
    return this.#backup;
  }

  /**
   * Brings live functions to their versions; in a dry run only reports. One function's failure does not affect the
   * others and is in the outcomes.
   */
  async syncWithAws(): Promise<LiveResult> {
    const plan = this.#plan ?? (await this.updateLayerVersionsInState());
    if (!plan.aws) throw new LayersError("usage", "syncWithAws needs the option syncAws.");
    const done = plan.dryRun ? undefined : await updateFunctions(this.ports, plan, {}, this.#backup);
    return done ?? plannedOnly(this.ports, plan.aws);
  }

  /**
   * Does everything: export, plan, confirmation, import, AWS.
   * @throws LayersError; but functions that AWS did not update, and a proof that failed, are in the result: see
   * `liveFailure` and `proofFailure`
   */
  async run(): Promise<UpdateResult> {
    await this.plan();
    return this.carryOut();
  }

  /** The first half of {@link run}: export and plan. Writes nothing. */
  async plan(): Promise<UpdatePlan> {
    await this.exportStackState();
    return this.updateLayerVersionsInState();
  }

  /**
   * The other half of {@link run}: confirmation, import, AWS, as planned. A stack that has changed since is left alone.
   * @throws LayersError as `run` does
   */
  async carryOut(): Promise<UpdateResult> {
    const { expectNoChanges, confirm, maxChanges, rollout, prove } = this.options;
    const plan = this.#plan ?? (await this.plan());
    return executeUpdate(this.ports, plan, this.#scan, { ...rollout, expectNoChanges, confirm, maxChanges, prove });
  }

  /**
   * The target ARN of a layer. Override it to add your own matching patterns: an override may only change the version,
   * and returns this method's result for everything else.
   * @param layerVersionArn as a state records it, or as a function has it
   * @param fn the function's name, and what is known of it
   */
  protected buildLayerArn(layerVersionArn: string, fn: TargetFacts & { readonly name: string }): string {
    return pinLayer(layerVersionArn, this.#loaded.targetOf, fn);
  }

  /** Reads the config. Override it to take the declared versions from elsewhere, or to extend the format. */
  protected loadConfig(): LayerConfig {
    return this.ports.configs.load(this.configPath);
  }

  /**
   * Finds the functions in an exported state. Override it to add resource types, or to leave functions out.
   * @param resourceTypes further types, each with the property that holds its layers
   */
  protected findLambdaResources(
    state: Uint8Array,
    resourceTypes: Readonly<Record<string, string>> = this.#loaded.config.settings.resourceTypes,
  ): StateFacts {
    return scanState(state, { resourceTypes });
  }

  get #loaded() {
    if (!this.#config) {
      const config = this.loadConfig();
      const declared = declareFor(config, this.stackName);
      const matcher = createMatcher(declared);
      this.#config = { config, declared, matcher, targetOf: declaredTargets(matcher) };
    }
    return this.#config;
  }

  readonly #scan = (bytes: Uint8Array): StateFacts => this.findLambdaResources(bytes);

  /** The config's targets, with the results of an overridden `buildLayerArn`. */
  get #targetOf(): TargetOf {
    const { targetOf } = this.#loaded;
    const isOwn = this.buildLayerArn === LayerVersionUpdater.prototype.buildLayerArn;
    return isOwn ? targetOf : (layer, fn) => this.#builtTarget(layer, fn, targetOf(layer, fn));
  }

  /** The result of `buildLayerArn`; if it keeps a layer, the config decides whether it is declared at all. */
  #builtTarget(layer: LayerVersionArn, fn: TargetFacts, found: ReturnType<TargetOf>): ReturnType<TargetOf> {
    const text = layerVersionArn(layer);
    const built = this.buildLayerArn(text, { ...fn, name: fn.name ?? "" });
    const target = isTarget(found) ? found : undefined;
    if (built === text || (target && built === targetArnOf(layer, target))) return found;
    const to = parseLayerVersionArn(built);
    if (!to || layerArn(to) !== layerArn(layer)) {
      throw new LayersError("usage", `buildLayerArn may only change the version, but ${text} became ${built}`);
    }
    const { declared } = target ?? {};
    return { version: to.version, enforce: target?.version === to.version ? target.enforce : "exact", declared };
  }
}

/** Contradictions between options: whether they apply, and what is wrong. */
function contradictions(options: UpdaterOptions): readonly (readonly [isThere: boolean, message: string])[] {
  const { stateFile, out, syncAws, prove, expectNoChanges, allFunctions, tags = {} } = options;
  const isFile = stateFile !== undefined;
  return [
    [
      isFile && syncAws === true,
      "--state-file and --sync-aws cannot be combined: a state file is updated without AWS.",
    ],
    [out !== undefined && !isFile, "--out needs --state-file: it says where the updated state file is written."],
    [
      isFile && prove === true,
      "--state-file and --prove cannot be combined: --prove checks the program before the stack's own state is imported.",
    ],
    [
      expectNoChanges === true && prove === true,
      "--expect-no-changes and --prove cannot be combined: --expect-no-changes imports nothing.",
    ],
    [
      (allFunctions || Object.keys(tags).length > 0) && !syncAws,
      "--all-functions and --tag need --sync-aws: they choose live functions.",
    ],
  ];
}
