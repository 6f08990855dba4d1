import type { LayerConfig } from "../core/config/parse";
import { defaultConfigFile, defaultSettings } from "../core/config/settings";
import { LayersError } from "../core/errors";
import type { RolloutOptions } from "../ops/live/rollout";
import type { Ports } from "../ports";
import type { Context } from "./context";
import { type OptionValues, rolloutNames } from "./options";

// Requests that several commands build from their options.

/** Which functions, and where. */
export function selectionOf(options: OptionValues) {
  const { function: functions, exclude, allFunctions, tag: tags, regions, profiles } = options;
  return { functions, exclude, allFunctions, tags, regions, profiles };
}

/** Whether nothing is changed, as if there must be no changes. */
export function isLookOnly({ dryRun = false, expectNoChanges = false }: OptionValues): boolean {
  return dryRun || expectNoChanges;
}

/**
 * How a command carries out its plan.
 * @param question what to ask the user first
 */
export function runOptions<Plan>({ options, ask }: Context, question: (plan: Plan) => string) {
  const { canary, batch, check, pause, onFailure, maxChanges } = options;
  const rollout: RolloutOptions = { canary, batch, check, pause, onFailure, proceed: ask };
  return { ...rollout, maxChanges, confirm: ask && ((plan: Plan) => ask(question(plan))) };
}

/** A contradiction between options: whether it applies, and what is wrong with it. */
export type Contradiction = readonly [isThere: unknown, message: string];

/**
 * Refuses the first contradiction.
 * @param changed what the run has changed so far
 * @throws LayersError `usage`
 */
export function refuse(contradictions: readonly Contradiction[], changed?: string): void {
  const found = contradictions.find(([isThere]) => isThere);
  if (found) throw new LayersError("usage", found[1], { changed });
}

/** One region or profile together with several. */
export function placesTwice({ region, regions, profile, profiles }: OptionValues): Contradiction[] {
  return [
    [region !== undefined && regions, "--region and --regions cannot be combined."],
    [profile !== undefined && profiles, "--profile and --profiles cannot be combined."],
  ];
}

/** Options that say how live functions are moved, without `--sync-aws`. */
export function rolloutOfNone(options: OptionValues): Contradiction {
  return [
    !options.syncAws && rolloutNames.some((name) => options[name] !== undefined),
    options.resume === undefined
      ? "Options for careful updates of live functions need --sync-aws."
      : "--resume finishes a run that updates live functions, so it needs --sync-aws.",
  ];
}

/** The config file to use. */
export function configFile({ config = defaultConfigFile }: OptionValues): string {
  return config;
}

/**
 * The config for a command that needs none: undefined if none is named and the default does not exist.
 * @throws LayersError `config-invalid`
 */
export function configIfAny({ configs }: Ports, options: OptionValues): LayerConfig | undefined {
  try {
    return configs.load(configFile(options));
  } catch (error) {
    if (options.config === undefined && isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * How long backups are kept, in days: also for a command that needs no config.
 * @throws LayersError `config-invalid`
 */
export function retentionDays(ports: Ports, options: OptionValues): number {
  return (configIfAny(ports, options)?.settings ?? defaultSettings).backupRetentionDays;
}

/**
 * What a command that goes by a run record takes from the config. A broken one does not keep it from undoing or finishing
 * a run: nothing is then removed as too old, because it is not known what that is.
 * @throws LayersError `config-invalid` for a config that is named
 */
export function recordSettings(
  ports: Ports,
  options: OptionValues,
): { readonly config?: LayerConfig; readonly retentionDays: number } {
  try {
    const config = configIfAny(ports, options);
    return { ...(config && { config }), retentionDays: (config?.settings ?? defaultSettings).backupRetentionDays };
  } catch (error) {
    if (options.config !== undefined || !(error instanceof LayersError) || error.code !== "config-invalid") throw error;
    ports.reporter.warn(
      `${configFile(options)} is not valid, and not needed for this. To see what is wrong: ${ports.advise(["validate"])}`,
    );
    return { retentionDays: Number.POSITIVE_INFINITY };
  }
}

/** Whether an error says that the config file is missing. */
function isMissing(error: unknown): boolean {
  if (!(error instanceof LayersError) || error.code !== "config-invalid") return false;
  return (error.cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
}
