import { functionTypes } from "../sdk/core/function-types";
import { watchFunctions } from "./program/pinned-functions";
import { declare, loadProgramConfig, type PinLayersArgs, requireArguments } from "./program/program";
import { watchProgram } from "./program/registry";

export { LayerVersions, type LayerVersionsArgs } from "./layer-versions";
export type { LayerArgs } from "./program/layers-argument";
export type { PinLayersArgs } from "./program/program";
export type { FunctionsArgs } from "./program/selecting";
export type { Versions } from "./resource/record";

// Starts now, because layers and functions may be registered before the first declaration.
watchProgram();
watchFunctions(functionTypes);

/**
 * Pins the layers of every function that the program registers from now on to the versions that the config declares,
 * without a separate resource.
 * @throws pulumi.RunError the config file is missing or not valid, with all its problems; or another declaration says
 * something else about a layer
 */
export function pinLayers(args: PinLayersArgs = {}): void {
  requireArguments("pinLayers", args);
  const { configFile, layers } = args;
  declare(loadProgramConfig("pinLayers", { configFile, layers }));
}
