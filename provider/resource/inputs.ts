// What the resource takes, in one place: arguments are checked by it, and the plugin's schema is made from it.

import { boolean, listOf, mapOf, type Properties, text, version } from "./shapes";

/** One layer declared by a program, or its changes to an entry of the config file. */
export interface LayerDeclaration {
  readonly version?: number | string;
  readonly arn?: string;
  readonly names?: readonly string[];
  readonly enforce?: "exact" | "minimum";
}

/** Which functions, owned elsewhere, a resource reconciles. */
export interface FunctionSelection {
  readonly names?: readonly string[];
  readonly prefix?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** The provider's configuration: defaults for its resources and functions. */
export interface ProviderConfig {
  readonly configFile?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly roleArn?: string;
}

/** The inputs of `LayerVersions`. In a preview, any value may be unknown. */
export interface LayerVersionsInputs extends ProviderConfig {
  readonly layers?: Readonly<Record<string, LayerDeclaration>>;
  readonly functions?: FunctionSelection;
  readonly onDelete?: "keep" | "restore";
  readonly views?: boolean;
}

/** The rule of an entry. */
export const enforce = {
  kind: "choice",
  name: "Enforce",
  choices: { exact: "Only this version.", minimum: "This version or newer." },
} as const;

/** Where the config file is. */
export const configFile = {
  description: "The config file, relative to the program's folder. Default: the provider's, else `layer_config.yaml`.",
  shape: text,
} as const;

const layerDeclaration: Properties<LayerDeclaration> = {
  version: {
    description:
      "The version, as a number or a string. The output `version` of an `aws.lambda.LayerVersion` is always the newest.",
    shape: version,
  },
  arn: {
    description: "Exactly this layer: an ARN without a version, such as `layerArn` of an `aws.lambda.LayerVersion`.",
    shape: text,
  },
  names: {
    description:
      "The layers' names, instead of the entry's own: exact, or with `*` as a wildcard; `{stack}` is filled in.",
    shape: listOf(text),
  },
  enforce: { description: "Whether newer versions are allowed too. Default: `exact`.", shape: enforce },
};

const functionSelection: Properties<FunctionSelection> = {
  names: {
    description: "Function names or ARNs. A function that does not exist (yet) is skipped, and the preview says so.",
    shape: listOf(text),
  },
  prefix: { description: "The start of function names.", shape: text },
  tags: { description: "Tags that a function must have. All of them must match.", shape: mapOf(text) },
};

/** The inputs of the resource. */
export const layerVersionsInputs: Properties<LayerVersionsInputs> = {
  configFile,
  layers: {
    description:
      "Layers by the names of their entries, merged over those of the file field by field. If set, the default file need not exist.",
    shape: mapOf({
      kind: "object",
      name: "LayerDeclaration",
      description:
        "One layer that a program declares itself, or the fields that it changes in an entry of the config file.",
      properties: layerDeclaration,
    } as const),
  },
  functions: {
    description:
      "Functions owned elsewhere (another stack, the console, a pipeline) that this resource reconciles. Default: none.",
    shape: {
      kind: "object",
      name: "FunctionSelection",
      description: "Which functions to select: those that any of the parts selects.",
      properties: functionSelection,
    },
  },
  region: { description: "Where these functions are. Default: the provider's.", shape: text },
  profile: { description: "A profile of the shared AWS config files. Default: the provider's.", shape: text },
  roleArn: { description: "A role to assume for all calls. Default: the provider's.", shape: text },
  onDelete: {
    description: "What happens to the functions' layers when the resource is deleted. Default: `keep`.",
    shape: {
      kind: "choice",
      name: "OnDelete",
      choices: {
        keep: "The layers are not changed.",
        restore: "The versions found before the first change are restored.",
      },
    },
  },
  views: {
    description:
      "Whether previews and updates show a row for each function, with its old and new versions. Default: true. Each row is recorded in the stack's state; an update has at most 100, and the state keeps at most 200.",
    shape: boolean,
  },
};
