import { existsSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { type LayerConfig, parseConfig } from "../sdk/core/config/parse";
import { LayersError } from "../sdk/core/errors";
import { formatProblems } from "../sdk/core/problem";
import { defaultConfigFile, loadLayerConfig } from "../sdk/files/config-file";

/** The configuration of every policy. The keys of the inline form have the same meaning as in a config file. */
export interface PolicySettings {
  /** Path of the config file; relative to the directory that `pulumi` was called in. */
  readonly configFile?: string;
  /** The layers themselves, instead of a file. */
  readonly layers?: object;
  /** What differs by stack; only together with `layers`. */
  readonly stackOverrides?: object;
  /** Further function types, each with the property that holds its layers. */
  readonly resourceTypes?: Readonly<Record<string, string>>;
}

/** The name in messages of a config inside the policy's configuration. */
export const inlineConfigName = "the policy's configuration";

/** The variable that names the config file if the policy's configuration does not. */
export const configVariable = "LAMBDA_LAYERS_CONFIG";

/** The config, or why nothing can be checked. */
export type ConfigSearch =
  | { readonly found: true; readonly config: LayerConfig }
  | {
      readonly found: false;
      /** The message for the user, its lines. */
      readonly problem: readonly string[];
      /** Whether there is just no file, as in a project without functions. */
      readonly missing: boolean;
    };

/**
 * Reads the layers that policies compare with: from the settings (`configFile`, or `layers`), else from the file that
 * LAMBDA_LAYERS_CONFIG names, else from `layer_config.yaml` in the caller's directory or the nearest one above it, up
 * to the root of the repository, or without one to the folder of Pulumi.yaml: files further up may be anyone's. Never
 * throws because of user input.
 */
export function findConfig(settings: PolicySettings, env: NodeJS.ProcessEnv, directory: string): ConfigSearch {
  if (settings.configFile && settings.layers) {
    return refuse(`${inlineConfigName} has both configFile and layers. Nothing was checked. Set only one of them.`);
  }
  if (settings.layers) return readInline(settings);
  const named = settings.configFile || env[configVariable];
  if (named) return readNamed(named, settings.configFile ? "configFile" : configVariable, directory);
  const path = searchUpwards(directory);
  return path ? read(relative(directory, path) || path, directory) : notFound(directory);
}

/**
 * The directory that `pulumi` was called in. A policy pack runs in its own folder, but inherits PWD from the shell.
 * With `pulumi -C DIR` it is still the shell's directory, not DIR. Without PWD, as on Windows, the pack's own folder is
 * used, which is usually in the project's `node_modules`.
 */
export function callerDirectory(env: NodeJS.ProcessEnv): string {
  const { PWD } = env;
  return PWD && isAbsolute(PWD) && existsSync(PWD) ? PWD : process.cwd();
}

function readInline({ layers, stackOverrides, resourceTypes }: PolicySettings): ConfigSearch {
  const content = { layers, stack_overrides: stackOverrides, settings: { resource_types: resourceTypes } };
  const parsed = parseConfig(JSON.stringify(content, undefined, 2), inlineConfigName);
  if (parsed.ok) return { found: true, config: parsed.config };
  return refuse(`${inlineConfigName} is not valid. Nothing was checked.`, ...formatProblems(parsed.problems));
}

function readNamed(name: string, setting: string, directory: string): ConfigSearch {
  const path = resolve(directory, name);
  if (existsSync(path)) return read(name, directory);
  const problem = [
    `Layer config not found: ${name} (looked for ${path}). Nothing was checked.`,
    `It is named by ${setting}. ${aboutDirectory(directory)}`,
  ];
  return { found: false, missing: true, problem };
}

function notFound(directory: string): ConfigSearch {
  const root = searchRoot(directory);
  const problem = [
    `No layer config: there is no ${defaultConfigFile} in ${directory} or a directory above it, up to ${root}. Nothing was checked.`,
    `Set \`configFile\` in the configuration of layer-version-pinned, or ${configVariable}. ${aboutDirectory(directory)}`,
  ];
  return { found: false, missing: true, problem };
}

function aboutDirectory(directory: string): string {
  return (
    `Paths are relative to ${directory}, where pulumi was run; with \`pulumi -C DIR\` that is not DIR: ` +
    "set `configFile` then, to an absolute path or to one from there."
  );
}

function read(file: string, directory: string): ConfigSearch {
  try {
    return { found: true, config: loadLayerConfig(file, directory) };
  } catch (error) {
    if (error instanceof LayersError) return refuse(...error.messageLines, "Nothing was checked.");
    throw error;
  }
}

function refuse(...problem: readonly string[]): ConfigSearch {
  return { found: false, missing: false, problem };
}

/** The outermost folder that is searched. */
function searchRoot(directory: string): string {
  const holds = (...names: readonly string[]) => nearestWith(directory, names);
  return holds(".git") ?? holds("Pulumi.yaml", "Pulumi.yml") ?? directory;
}

function nearestWith(directory: string, names: readonly string[]): string | undefined {
  if (names.some((name) => existsSync(join(directory, name)))) return directory;
  const parent = dirname(directory);
  return parent === directory ? undefined : nearestWith(parent, names);
}

function searchUpwards(directory: string, root = searchRoot(directory)): string | undefined {
  const path = join(directory, defaultConfigFile);
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  const parent = dirname(directory);
  return directory === root || parent === directory ? undefined : searchUpwards(parent, root);
}
