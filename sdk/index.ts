export {
  type FunctionsArgs,
  type LayerArgs,
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
export { unexpected } from "./ops/expectation";
export { liveFailure } from "./ops/live/failure";
export type { LivePlan, LiveResult } from "./ops/live/plans";
export type {
  AwsResult,
  LiveChange,
  LoadedState,
  Proof,
  RunResult,
  Skipped,
  StateChange,
  UndoneChange,
} from "./ops/plans";
export { proofFailure } from "./ops/recorded/prove";
export type { UpdatePlan, UpdateResult } from "./ops/update";
export type { Ports, PreviewStep, ProgramPort, Progress, ProgressOptions, Reporter } from "./ports";
export { createPorts, LayerVersionUpdater, type LayerVersionUpdaterOptions, type WiringOptions } from "./wiring";
