/** A version: its number, or the full layer version ARN if it belongs to a layer other than the key's. */
export type Version = number | string;

/** Function to layer to version. */
export type VersionMap = Readonly<Record<string, Readonly<Record<string, Version>>>>;

/** The outputs of `LayerVersions`. */
export interface LayerVersionsOutputs {
  readonly versions: VersionMap;
  readonly before: VersionMap;
}

/** The arguments of `getLayerVersionArn`. */
export interface LayerVersionArnArgs {
  readonly name: string;
  readonly region?: string;
  readonly configFile?: string;
}

/** The arguments of `pinLayer`: one layer of a function, and what is known about the function. */
export interface PinLayerArgs {
  readonly layerArn: string;
  readonly functionName?: string;
  readonly region?: string;
  readonly runtime?: string;
  readonly architecture?: string;
  readonly configFile?: string;
}

/** The result of `getLayerVersionArn` and `pinLayer`. */
export interface ArnResult {
  readonly arn: string;
}

/** The arguments of `getDeclaredLayers`. */
export interface DeclaredLayersArgs {
  readonly configFile?: string;
}

/** One entry as it is declared for the stack. */
export interface DeclaredLayer {
  readonly version?: number;
  readonly enforce: "exact" | "minimum";
  readonly arn?: string;
  readonly names?: readonly string[];
  readonly description?: string;
}

/** The result of `getDeclaredLayers`. */
export interface DeclaredLayersResult {
  readonly layers: Readonly<Record<string, DeclaredLayer>>;
  readonly resourceTypes: Readonly<Record<string, string>>;
}
