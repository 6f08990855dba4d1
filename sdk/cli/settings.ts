import type { LayerSettings } from "../core/config/parse";
import { LayersError } from "../core/errors";
import type { Ports } from "../ops/ports";
import type { OptionValues } from "./options";

const defaultConfigFile = "layer_config.yaml";

/** The config file that is meant. */
export function configFile({ config = defaultConfigFile }: OptionValues): string {
  return config;
}

/**
 * The config's settings for a command that needs no config: undefined where none is named and there is none.
 * @throws LayersError `config-invalid`
 */
export function settingsIfAny({ configs }: Ports, options: OptionValues): LayerSettings | undefined {
  try {
    return configs.load(configFile(options)).settings;
  } catch (error) {
    if (options.config === undefined && isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether an error is that of a config file that is not there. */
export function isMissing(error: unknown): error is LayersError {
  if (!(error instanceof LayersError) || error.code !== "config-invalid") return false;
  return (error.cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
}
