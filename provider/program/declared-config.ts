import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { type DeclaredLayers, declareFor } from "../../sdk/core/config/declared";
import { type LayerConfig, type LayerSettings, parseConfig } from "../../sdk/core/config/parse";
import { LayersError } from "../../sdk/core/errors";
import { defaultConfigFile, loadLayerConfig } from "../../sdk/files/config-file";
import type { ProgramLayer } from "./declarations";
import { type LayerArgs, withLayersArgument } from "./layers-argument";

/** Where a program declares its layers: in a file, in arguments, or both. */
export interface DeclaringArgs {
  /** Relative to the program's directory. Default `layer_config.yaml`. */
  readonly configFile?: string;
  readonly layers?: Readonly<Record<string, LayerArgs>>;
}

/** What the config file and the arguments declare for a stack. */
export interface DeclaredConfig {
  readonly settings: LayerSettings;
  /** What the file declares. */
  readonly declared: DeclaredLayers;
  /** The same, overridden by the arguments. */
  readonly layers: readonly ProgramLayer[];
  /** The file's name relative to the program, because absolute paths differ between machines. */
  readonly configFile: string;
}

/**
 * @param by the declaring resource, for messages
 * @param stack its short or full name
 * @throws LayersError `config-invalid`: the file is missing or not valid, with all its problems; `usage`: an argument
 * is not
 */
export function loadDeclared(by: string, args: DeclaringArgs, stack: string): DeclaredConfig {
  const configFile = relativeToProgram(args.configFile ?? defaultConfigFile);
  const isNeeded = args.configFile !== undefined || args.layers === undefined || existsSync(configFile);
  const config = isNeeded ? loadLayerConfig(configFile) : emptyConfig(configFile);
  const declared = declareFor(config, stack);
  const layers = withLayersArgument(declared, args.layers ?? {}, by);
  return { settings: config.settings, declared, layers, configFile };
}

function relativeToProgram(file: string): string {
  const here = process.cwd();
  // A program may name the folder by another path than Node.js does, through a link.
  const path = isAbsolute(file) ? join(realFolder(dirname(file)), basename(file)) : resolve(file);
  return relative(here, path).replaceAll("\\", "/") || ".";
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder; // the message about the missing file is more helpful
  }
}

function emptyConfig(file: string): LayerConfig {
  const parsed = parseConfig("layers: {}", file);
  if (!parsed.ok) throw new LayersError("internal", "An empty config is not valid");
  return parsed.config;
}
