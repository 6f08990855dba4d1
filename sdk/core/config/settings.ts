/** A config's settings with their defaults filled in. */
export interface LayerSettings {
  readonly region: string | undefined;
  /** 12 digits; undefined: the account of the credentials. */
  readonly accountId: string | undefined;
  readonly tagKey: string;
  readonly validateLayerExists: boolean;
  readonly backupRetentionDays: number;
  /** Resource type to the property that holds its layers, beyond the built-in function types. */
  readonly resourceTypes: Readonly<Record<string, string>>;
  /** What `{stack}` stands for in stacks, by the last part of their names, that cannot be part of a layer's name. */
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

/** The config file that is looked for if none is named. */
export const defaultConfigFile = "layer_config.yaml";
