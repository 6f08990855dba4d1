export {
  type FunctionsArgs,
  LayerVersions,
  type LayerVersionsArgs,
  type PinLayersArgs,
  pinLayers,
  type Versions,
} from "../provider";
export { type DeclaredLayer, type DeclaredLayers, declareFor } from "./core/config/declared";
export type { LayerConfig, LayerEntry, LayerSettings, Source } from "./core/config/parse";
export { type ErrorCode, LayersError } from "./core/errors";
export type { FunctionFacts, StateFacts } from "./core/state/facts";
export { loadLayerConfig } from "./files/config-file";
export type { AwsPlan, AwsResult, LoadedState, RunResult, Skipped, StateChange, UpdatePlan } from "./ops/plans";
export type { Ports, Progress, Reporter } from "./ops/ports";
export { changesFound } from "./ops/updater";
export { createPorts, LayerVersionUpdater, type LayerVersionUpdaterOptions, type WiringOptions } from "./wiring";
