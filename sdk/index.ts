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
export { loadLayerConfig } from "./files/config-file";
