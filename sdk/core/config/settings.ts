/** A config's settings with their defaults filled in. */
export interface LayerSettings {
  readonly region: string | undefined;
  /** 12 digits; default: the account of the credentials. */
  readonly accountId: string | undefined;
  readonly tagKey: string;
  readonly validateLayerExists: boolean;
  readonly backupRetentionDays: number;
  /** Resource type to the property that holds its layers, besides the built-in function types. */
  readonly resourceTypes: Readonly<Record<string, string>>;
  /** The value of `{stack}` by the last part of a stack's name, for names that cannot be part of a layer's name. */
  readonly stackNames: Readonly<Record<string, string>>;
}

/** The settings of a config that says nothing about them, and of a run without a config. */
export const defaultSettings: LayerSettings = {
  region: undefined,
  accountId: undefined,
  tagKey: "environment",
  validateLayerExists: true,
  backupRetentionDays: 30,
  resourceTypes: {},
  stackNames: {},
};

/** The default config file. */
export const defaultConfigFile = "layer_config.yaml";
