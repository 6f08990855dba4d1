import { parseLayerVersionArn } from "../core/arn";
import { type DeclaredLayers, declareFor } from "../core/config/declared";
import type { LayerConfig } from "../core/config/parse";
import { LayersError } from "../core/errors";
import { createMatcher, type Matcher } from "../core/match";
import { pinLayer } from "../core/plan";
import type { StateFacts } from "../core/state/facts";
import { scanState } from "../core/state/scan";
import { syncLive } from "./live-sync";
import type { AwsResult, LoadedState, RunResult, UpdatePlan } from "./plans";
import type { Ports } from "./ports";
import { loadState } from "./state";
import { isOwned, recordedLayers } from "./state-plan";
import { during } from "./steps";
import { tellChanges, tellConcerns, tellMatches } from "./tell";
import { unmatchedWarnings } from "./unmatched";
import { applyToState, planUpdate } from "./update";

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
  /** Writes nothing: what there is to change is told and returned, see {@link changesFound}. */
  readonly expectNoChanges?: boolean;
  /** Names in AWS: only these functions. */
  readonly functions?: readonly string[];
  /** Names in AWS: all but these functions. */
  readonly exclude?: readonly string[];
  /** With `syncAws`: also live functions that are tagged as the stack's. */
  readonly allFunctions?: boolean;
  /** With `syncAws`: also live functions that carry all of these tags. */
  readonly tags?: Readonly<Record<string, string>>;
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
  #state: LoadedState | undefined;
  #plan: UpdatePlan | undefined;
  #backup: string | null = null;

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
    const scan = (bytes: Uint8Array) => this.findLambdaResources(bytes);
    this.#state = await loadState(ports, { stack, file: options.stateFile, scan });
    this.#plan = undefined;
    return this.#state;
  }

  /** Plans the new layer versions, and with `syncAws` what live functions need. Writes nothing. */
  async updateLayerVersionsInState(): Promise<UpdatePlan> {
    const state = this.#state ?? (await this.exportStackState());
    const {
      dryRun = false,
      out,
      functions = [],
      exclude = [],
      syncAws,
      allFunctions = false,
      tags = {},
    } = this.options;
    if (out !== undefined && (await this.ports.stateFiles.isSame(out, this.configPath))) {
      throw new LayersError("usage", `--out would replace the config ${this.configPath}. Nothing was changed.`);
    }
    const plan = await planUpdate(this.ports, state, {
      dryRun,
      out,
      filter: { functions, exclude },
      target: this.#versionFor,
      settings: this.#loaded.config.settings,
      live: syncAws ? { scope: { allFunctions, tags }, target: this.#versionFor } : undefined,
    });
    const { matcher } = this.#loaded;
    this.#plan = { ...plan, warnings: [...plan.warnings, ...unmatchedWarnings(plan, matcher, this.configPath)] };
    const owned = state.facts.functions.filter(isOwned);
    tellMatches(this.ports.reporter, owned.flatMap(recordedLayers), matcher);
    return this.#plan;
  }

  /**
   * Imports the modified state back to Pulumi, or writes the state file; in a dry run nothing.
   * @returns the backup of the state as it was; null where nothing had to be written
   */
  async importStackState(): Promise<string | null> {
    const plan = this.#plan ?? (await this.updateLayerVersionsInState());
    if (plan.dryRun) return null;
    this.#backup = await applyToState(this.ports, plan, (bytes) => this.findLambdaResources(bytes));
    return this.#backup;
  }

  /**
   * Brings live functions to their versions; in a dry run only tells. One function's failure leaves the others alone and
   * is in the outcomes.
   */
  async syncWithAws(): Promise<AwsResult> {
    const plan = this.#plan ?? (await this.updateLayerVersionsInState());
    const { aws } = plan;
    if (!aws) throw new LayersError("usage", "syncWithAws needs the option syncAws.");
    if (plan.dryRun) return { changes: aws.changes, outcomes: [], skipped: aws.skipped };
    const soFar = this.#backup === null ? "The state was not changed." : `The state of ${plan.stack} is updated.`;
    return during(soFar, () =>
      syncLive(this.ports, aws, this.#versionFor, { stack: plan.stack, soFar, backup: this.#backup }),
    );
  }

  /**
   * Does all of it: export, plan, confirmation, import, AWS.
   * @throws LayersError; but functions that AWS did not update are in the result: see `updateFailure`
   */
  async run(): Promise<RunResult> {
    const { ports, options } = this;
    await this.exportStackState();
    const plan = await this.updateLayerVersionsInState();
    const { stack, dryRun, changes, skipped } = plan;
    const found = changes.length + (plan.aws?.changes.length ?? 0);
    tellConcerns(ports.reporter, plan);
    const asked = options.confirm !== undefined && !dryRun && found > 0;
    if (dryRun || options.expectNoChanges || found === 0 || asked) tellChanges(ports.reporter, plan);
    if (options.expectNoChanges) return planned(plan);
    if (asked && !(await options.confirm?.(plan))) {
      throw new LayersError("interrupted", "Not confirmed. Nothing was changed.");
    }
    const backup = await this.importStackState();
    const aws = plan.aws && (await this.syncWithAws());
    if (!plan.aws && !dryRun && changes.length > 0 && plan.out === undefined) {
      ports.reporter.warn(
        "AWS was not touched: live functions keep their layers until they are updated with --sync-aws.",
      );
    }
    return { stack, dryRun, changes, skipped, backup, ...(aws && { aws }) };
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

  readonly #versionFor = (layerVersionArn: string, fn: { readonly name: string }): number | undefined => {
    const built = this.buildLayerArn(layerVersionArn, fn);
    if (built === layerVersionArn) return undefined;
    const version = parseLayerVersionArn(built)?.version;
    const withoutVersion = (arn: string) => arn.slice(0, arn.lastIndexOf(":"));
    if (version === undefined || withoutVersion(built) !== withoutVersion(layerVersionArn)) {
      throw new LayersError("usage", `buildLayerArn may change the version only: ${layerVersionArn} became ${built}`);
    }
    return version;
  };
}

/** A run's result before anything was done. */
function planned({ stack, dryRun, changes, skipped, aws }: UpdatePlan): RunResult {
  const inAws = aws && { changes: aws.changes, outcomes: [], skipped: aws.skipped };
  return { stack, dryRun, changes, skipped, backup: null, ...(inAws && { aws: inAws }) };
}

/** The error of a run that was expected to find nothing to change; undefined where it found nothing. */
export function changesFound({ changes, aws }: RunResult): LayersError | undefined {
  const count = changes.length + (aws?.changes.length ?? 0);
  if (count === 0) return undefined;
  return new LayersError("changes-found", `${count} layer versions are not as declared. Nothing was changed.`);
}
