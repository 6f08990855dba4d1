import type { LayerConfig } from "../core/config/parse";
import { defaultConfigFile, defaultSettings } from "../core/config/settings";
import { LayersError } from "../core/errors";
import type { Ports } from "../ports";
import type { OptionValues } from "./options";

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

/** Whether an error says that the config file is missing. */
function isMissing(error: unknown): boolean {
  if (!(error instanceof LayersError) || error.code !== "config-invalid") return false;
  return (error.cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
}
