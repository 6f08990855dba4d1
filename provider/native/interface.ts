// What the plugin offers, in one place: the schema is made from this, and arguments are checked by it.

import { boolean, integer, listOf, mapOf, type Properties, text, version } from "./shapes";
import type {
  ArnResult,
  DeclaredLayer,
  DeclaredLayersArgs,
  DeclaredLayersResult,
  FunctionSelection,
  LayerDeclaration,
  LayerVersionArnArgs,
  LayerVersionsInputs,
  LayerVersionsOutputs,
  PinLayerArgs,
  ProviderConfig,
} from "./types";

/** The package's name, and the first part of its types' and functions' names. */
export const packageName = "lambda-layers";
/** The type of the resource. */
export const resourceToken = "lambda-layers:index:LayerVersions";
/** The type of the entries below it, one a function. */
export const viewToken = "lambda-layers:index:FunctionLayers";

const enforce = {
  kind: "choice",
  name: "Enforce",
  choices: { exact: "This version and no other.", minimum: "Newer versions are fine too." },
} as const;

const configFile = {
  description: "The config file, relative to the program's folder. Default: the provider's, else `layer_config.yaml`.",
  shape: text,
} as const;

const layerDeclaration: Properties<LayerDeclaration> = {
  version: {
    description:
      "The version, as a number or its text: the output `version` of an `aws.lambda.LayerVersion` is always the newest.",
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
  enforce: { description: "Whether newer versions are fine too. Default: `exact`.", shape: enforce },
};

const functionSelection: Properties<FunctionSelection> = {
  names: {
    description: "Function names or ARNs. One that does not exist (yet) is left out, and the preview says so.",
    shape: listOf(text),
  },
  prefix: { description: "The beginning of function names.", shape: text },
  tags: { description: "Tags that a function must have, all of them.", shape: mapOf(text) },
};

/** The provider's configuration. */
export const providerConfig: Properties<ProviderConfig> = {
  configFile: {
    description: "The config file, relative to the program's folder. Default: `layer_config.yaml`.",
    shape: text,
  },
  region: {
    description:
      "The AWS region of resources that name none. Default: the config's `settings.aws_region`, else `AWS_REGION` or `AWS_DEFAULT_REGION`.",
    shape: text,
  },
  profile: { description: "A profile of the shared AWS config files. Default: the AWS SDK's own chain.", shape: text },
  roleArn: { description: "A role to assume for all calls.", shape: text },
};

/** The inputs of the resource. */
export const layerVersionsInputs: Properties<LayerVersionsInputs> = {
  configFile,
  layers: {
    description:
      "Layers by the names of their entries, over those of the file, field by field. With these, the default file need not be there.",
    shape: mapOf({
      kind: "object",
      name: "LayerDeclaration",
      description: "One layer that a program declares itself, or what it changes of an entry of the config file.",
      properties: layerDeclaration,
    } as const),
  },
  functions: {
    description:
      "Functions owned elsewhere (another stack, the console, a pipeline) that this resource reconciles. Default: none.",
    shape: {
      kind: "object",
      name: "FunctionSelection",
      description: "Which functions are meant: those that any of the parts means.",
      properties: functionSelection,
    },
  },
  region: { description: "Where these functions are. Default: the provider's.", shape: text },
  profile: { description: "A profile of the shared AWS config files. Default: the provider's.", shape: text },
  roleArn: { description: "A role to assume for all calls. Default: the provider's.", shape: text },
  onDelete: {
    description: "What becomes of the functions' layers when the resource is deleted. Default: `keep`.",
    shape: {
      kind: "choice",
      name: "OnDelete",
      choices: {
        keep: "The layers stay as they are.",
        restore: "The versions found before the first change are put back.",
      },
    },
  },
  views: {
    description:
      "Whether previews and updates have a row for each function, with the versions that it moves between. Default: true. Each row is recorded in the stack's state; an update has at most 100.",
    shape: boolean,
  },
};

/** The outputs of the resource. */
export const layerVersionsOutputs: Properties<LayerVersionsOutputs> = {
  versions: {
    description:
      "The versions that the functions have: function to layer to version. A version is a number, or a full layer version ARN if it is of another layer than the one that it stands under.",
    shape: mapOf(mapOf(version)),
    required: true,
  },
  before: {
    description: "The versions found before the first change, which `onDelete: restore` puts back; of the same form.",
    shape: mapOf(mapOf(version)),
    required: true,
  },
};

const arnResult: Properties<ArnResult> = {
  arn: { description: "A full layer version ARN.", shape: text, required: true },
};

const layerVersionArnArgs: Properties<LayerVersionArnArgs> = {
  name: { description: "The name of an entry of the config file.", shape: text, required: true },
  region: { description: "The region of the layer. Default: the provider's.", shape: text },
  configFile,
};

const pinLayerArgs: Properties<PinLayerArgs> = {
  layerArn: { description: "The layer version ARN that the program gives the function.", shape: text, required: true },
  functionName: {
    description:
      "The function's name, for messages. A function that is pinned is left out of what `LayerVersions` reconciles.",
    shape: text,
  },
  region: { description: "The function's region. Default: the layer's.", shape: text },
  runtime: { description: "The function's runtime, such as `python3.12`.", shape: text },
  architecture: { description: "The function's architecture: `x86_64` or `arm64`.", shape: text },
  configFile,
};

const declaredLayersArgs: Properties<DeclaredLayersArgs> = { configFile };

const declaredLayer: Properties<DeclaredLayer> = {
  version: { description: "The declared version; missing if the entry's variants give it.", shape: integer },
  enforce: { description: "Whether newer versions are fine too.", shape: enforce, required: true },
  arn: { description: "The layer's ARN without a version, if the entry names exactly one layer.", shape: text },
  names: { description: "Exact names and wildcards, if the entry has them.", shape: listOf(text) },
  description: { description: "The entry's description.", shape: text },
};

const declaredLayersResult: Properties<DeclaredLayersResult> = {
  layers: {
    description: "The entries by their names.",
    shape: mapOf({
      kind: "object",
      name: "DeclaredLayer",
      description: "One entry as it is declared for the stack.",
      properties: declaredLayer,
    } as const),
    required: true,
  },
  resourceTypes: {
    description:
      "Further types of functions, each with the property that holds its layers: the config's `settings.resource_types`.",
    shape: mapOf(text),
    required: true,
  },
};

/** The functions, by the last part of their names. */
export const functions = {
  getLayerVersionArn: {
    description:
      "The full layer version ARN of a declared layer: the entry's `arn`, else its first exact name, else `{name}-{stack}`, in the account of the config's settings or else of the credentials.",
    inputs: layerVersionArnArgs,
    outputs: arnResult,
  },
  pinLayer: {
    description:
      "What one layer of a function has to be: the ARN that is given, at the declared version. A layer that nothing declares comes back as it is. Fails if the declared version does not exist.",
    inputs: pinLayerArgs,
    outputs: arnResult,
  },
  getDeclaredLayers: {
    description: "What the config file declares for the stack.",
    inputs: declaredLayersArgs,
    outputs: declaredLayersResult,
  },
} as const;
