import { type LayerVersionArn, layerArn, layerVersionArn, parseLayerVersionArn } from "./core/arn";
import type { DeclaredTarget, TargetOf } from "./core/assess";
import { type DeclaredLayers, declareFor } from "./core/config/declared";
import type { LayerConfig } from "./core/config/parse";
import { LayersError, unchanged } from "./core/errors";
import { createMatcher, type Matcher } from "./core/match";
import { pinLayer } from "./core/plan";
import type { StateFacts } from "./core/state/facts";
import { scanState } from "./core/state/scan";
import { plannedOnly } from "./ops/live/carry-out";
import type { LiveResult } from "./ops/live/plans";
import type { RolloutOptions } from "./ops/live/rollout";
import type { LoadedState } from "./ops/plans";
import { loadState } from "./ops/recorded/load";
import { proofFailure, proveState } from "./ops/recorded/prove";
import { tellMatches } from "./ops/tell";
import { unmatchedWarnings } from "./ops/unmatched";
import {
  type AppliedState,
  applyToState,
  executeUpdate,
  planUpdate,
  type UpdatePlan,
  type UpdateResult,
  updateFunctions,
} from "./ops/update";
import type { Ports } from "./ports";

/** What a {@link LayerVersionUpdater} is to do. */
export interface UpdaterOptions {
  /** Path to the YAML configuration file. Default `layer_config.yaml`. */
  readonly configPath?: string;
  /** Target Pulumi stack: `dev` or `organization/project/dev`. Default `dev`. */
  readonly stackName?: string;
  /** Shows the changes and writes nothing at all. */
  readonly dryRun?: boolean;
  /** Also updates the live functions. */
  readonly syncAws?: boolean;
  /** An exported state that is updated instead of the stack. */
  readonly stateFile?: string;
  /** Where that state goes. Default: the same file, which is replaced after a backup. */
  readonly out?: string;
  /** Writes nothing: what there is to change is told and returned, see `unexpected`. */
  readonly expectNoChanges?: boolean;
  /**
   * Imports only if the program keeps the new versions, as a preview on a copy of the stack shows. In a dry run, and in
   * what {@link LayerVersionUpdater.run} returns, see `proofFailure` for whether it does.
   */
  readonly prove?: boolean;
  /** Names in AWS: only these functions. */
  readonly functions?: readonly string[];
  /** Names in AWS: all but these functions. */
  readonly exclude?: readonly string[];
  /** With `syncAws`: also live functions that are tagged as the stack's. */
  readonly allFunctions?: boolean;
  /** With `syncAws`: also live functions that carry all of these tags. */
  readonly tags?: Readonly<Record<string, string>>;
  /** With `syncAws`: looks neither at permissions nor at layer versions beforehand. */
  readonly skipPreflight?: boolean;
  /** With `syncAws`: refuses a plan that changes more layers of functions in AWS. */
  readonly maxChanges?: number;
  /** With `syncAws`: how carefully live functions are updated. */
  readonly rollout?: RolloutOptions;
  /** Asked by {@link LayerVersionUpdater.run} before anything is written; false ends the run with code `interrupted`. */
  readonly confirm?: (plan: UpdatePlan) => Promise<boolean>;
}

/**
 * Updates the layer versions that a Pulumi stack records, and those of its live functions. `run` does all of it; the
 * other methods are its steps, in their order. Errors are LayersError; their messages say what was changed.
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
  #config: { config: LayerConfig; declared: DeclaredLayers; matcher: Matcher } | undefined;
  /** Functions share few layers: what each of them has to be at. */
  readonly #pinned = new Map<string, string>();
  readonly #targets = new Map<string, { readonly built: string; readonly target: DeclaredTarget | undefined }>();
  #state: LoadedState | undefined;
  #plan: UpdatePlan | undefined;
  #applied: AppliedState = { shown: null };

  /** @throws LayersError `usage` for options that exclude each other */
  constructor(options: UpdaterOptions, ports: Ports) {
    this.configPath = options.configPath ?? "layer_config.yaml";
    this.stackName = options.stackName ?? "dev";
    this.options = options;
    this.ports = ports;
    if (options.stateFile !== undefined && options.syncAws) {
      throw new LayersError(
        "usage",
        "A state file is updated without AWS: --state-file and --sync-aws exclude each other.",
      );
    }
    if (options.out !== undefined && options.stateFile === undefined) {
      throw new LayersError("usage", "--out says where a state file goes: it needs --state-file.");
    }
    if (options.prove && options.stateFile !== undefined) {
      throw new LayersError(
        "usage",
        "A program is proved on a stack of its own: --state-file and --prove exclude each other.",
      );
    }
    if (options.prove && options.expectNoChanges) {
      throw new LayersError(
        "usage",
        "--expect-no-changes imports nothing that could be proved: it and --prove exclude each other.",
      );
    }
    if ((options.allFunctions || Object.keys(options.tags ?? {}).length > 0) && !options.syncAws) {
      throw new LayersError("usage", "--all-functions and --tag choose live functions: they need --sync-aws.");
    }
  }

  /** Layer version mappings from the config: the declared version of each layer for this stack. */
  get layerMappings(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#loaded.declared.layers.map(({ key, version }) => [key, version]));
  }

  /** Exports the current Pulumi state, or reads the state file. Writes nothing. */
  async exportStackState(): Promise<LoadedState> {
    const { stackName: stack, options, ports } = this;
    void this.#loaded; // a config with problems is told before Pulumi is asked
    if (!options.dryRun && options.stateFile === undefined) ports.reporter.info(`Exporting stack state for ${stack}`);
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
    const plan = await planUpdate(this.ports, state, {
      ...{ dryRun, out, filter: { functions, exclude }, targetOf: this.#targetOf, settings: config.settings },
      hints: { declared, accountId: config.settings.accountId },
      live: syncAws ? { allFunctions, tags, skipPreflight, isLook: expectNoChanges } : undefined,
    });
    tellMatches(this.ports.reporter, plan.standings, matcher);
    const where = `${state.file ?? `the state of ${state.stack}`}${syncAws ? " or in AWS" : ""}`;
    // If all are excluded, nothing was looked for.
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
    const failure = proofFailure({ stack: this.stackName, proof });
    if (failure) throw failure;
    this.#applied = await applyToState(this.ports, plan, this.#scan);
    return this.#applied.shown;
  }

  /**
   * Brings live functions to their versions; in a dry run only tells. One function's failure leaves the others alone and
   * is in the outcomes.
   */
  async syncWithAws(): Promise<LiveResult> {
    const plan = this.#plan ?? (await this.updateLayerVersionsInState());
    if (!plan.aws) throw new LayersError("usage", "syncWithAws needs the option syncAws.");
    const done = plan.dryRun ? undefined : await updateFunctions(this.ports, plan, {}, this.#applied);
    return done ?? plannedOnly(this.ports, plan.aws);
  }

  /**
   * Does all of it: export, plan, confirmation, import, AWS.
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
   * The other half of {@link run}: confirmation, import, AWS, as planned. A stack that was changed since is left alone.
   * @throws LayersError as `run` does
   */
  async carryOut(): Promise<UpdateResult> {
    const { expectNoChanges, confirm, maxChanges, rollout, prove } = this.options;
    const plan = this.#plan ?? (await this.plan());
    return executeUpdate(this.ports, plan, this.#scan, { ...rollout, expectNoChanges, confirm, maxChanges, prove });
  }

  /**
   * The layer version ARN that a layer has to be at. Override it to add matching patterns of your own; only the version
   * may differ from what is given.
   * @param layerVersionArn as a state records it, or as a function has it
   * @param fn the function's name, and what is known of it
   */
  protected buildLayerArn(layerVersionArn: string, _fn: { readonly name: string }): string {
    const known = this.#pinned.get(layerVersionArn);
    const pinned = known ?? pinLayer(layerVersionArn, this.#loaded.matcher);
    if (known === undefined) this.#pinned.set(layerVersionArn, pinned);
    return pinned;
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
      this.#config = { config, declared, matcher: createMatcher(declared) };
    }
    return this.#config;
  }

  readonly #scan = (bytes: Uint8Array): StateFacts => this.findLambdaResources(bytes);

  readonly #targetOf: TargetOf = (layer, fn): DeclaredTarget | undefined => {
    const text = layerVersionArn(layer);
    const built = this.buildLayerArn(text, fn);
    const known = this.#targets.get(text);
    if (known?.built === built) return known.target;
    const target = this.#targetIn(built, layer);
    this.#targets.set(text, { built, target });
    return target;
  };

  /** What `buildLayerArn` says; if it leaves a layer as it is, the config tells whether it is declared at all. */
  #targetIn(built: string, layer: LayerVersionArn): DeclaredTarget | undefined {
    const declared = this.#loaded.matcher(layer)?.declared;
    const text = layerVersionArn(layer);
    if (built === text) return declared && { version: declared.version, enforce: declared.enforce, declared };
    const to = parseLayerVersionArn(built);
    if (!to || layerArn(to) !== layerArn(layer)) {
      throw new LayersError("usage", `buildLayerArn may change the version only: ${text} became ${built}`);
    }
    return { version: to.version, enforce: declared?.version === to.version ? declared.enforce : "exact", declared };
  }
}
