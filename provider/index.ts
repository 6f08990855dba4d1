import { resolveAwsInputs } from "./aws-inputs";
import { loadProgramConfig, type PinLayersArgs, pinTo } from "./program";

export { type FunctionsArgs, LayerVersions, type LayerVersionsArgs } from "./layer-versions";
export type { PinLayersArgs } from "./program";
export type { Versions } from "./record";

/**
 * Pins the layers of every function that the program registers from now on to the versions that the config declares,
 * without a resource of its own.
 * @throws pulumi.RunError the config file is missing or not valid, with all its problems
 */
export function pinLayers(args: PinLayersArgs = {}): void {
  const program = loadProgramConfig(args.configFile);
  pinTo(program, resolveAwsInputs({}, program.config));
}
