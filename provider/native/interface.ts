// The plugin's interface: the schema is generated from it, and arguments are checked against it.

import { configFile, enforce, type ProviderConfig } from "../resource/inputs";
import { integer, listOf, mapOf, type Properties, text, version } from "../resource/shapes";
import type {
  ArnResult,
  DeclaredLayer,
  DeclaredLayersArgs,
  DeclaredLayersResult,
  LayerVersionArnArgs,
  LayerVersionsOutputs,
  PinLayerArgs,
} from "./types";

/** The package's name, and the first part of its types' and functions' names. */
export const packageName = "lambda-layers";
/** The type of the resource. */
export const resourceToken = "lambda-layers:index:LayerVersions";
/** The type of the entries below it, one per function. */
export const viewToken = "lambda-layers:index:FunctionLayers";

/** The provider's configuration. */
export const providerConfig: Properties<ProviderConfig> = {
  configFile: {
    description: "The config file, relative to the program's folder. Default: `layer_config.yaml`.",
    shape: text,
  },
  region: {
    description:
      "The AWS region of resources that do not set one. Default: the config's `settings.aws_region`, else `AWS_REGION` or `AWS_DEFAULT_REGION`.",
    shape: text,
  },
  profile: { description: "A profile of the shared AWS config files. Default: the AWS SDK's own chain.", shape: text },
  roleArn: { description: "A role to assume for all calls.", shape: text },
};

/** The outputs of the resource. */
export const layerVersionsOutputs: Properties<LayerVersionsOutputs> = {
  versions: {
    description:
      "The versions that the functions have, by function and layer. A version is a number, or a full layer version ARN if it belongs to a layer other than its key.",
    shape: mapOf(mapOf(version)),
    required: true,
  },
  before: {
    description: "The versions found before the first change, which `onDelete: restore` restores, in the same form.",
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
    description: `The function's name, for messages, or how Pulumi generates it: \`api-\${hex(7)}\`. \`LayerVersions\` does not reconcile a function that is pinned.`,
    shape: text,
  },
  region: { description: "The function's region. Default: the layer's.", shape: text },
  runtime: { description: "The function's runtime, such as `python3.12`.", shape: text },
  architecture: { description: "The function's architecture: `x86_64` or `arm64`.", shape: text },
  configFile,
};

const declaredLayersArgs: Properties<DeclaredLayersArgs> = { configFile };

const declaredLayer: Properties<DeclaredLayer> = {
  version: { description: "The declared version. Missing if only the entry's variants have one.", shape: integer },
  enforce: { description: "Whether newer versions are allowed too.", shape: enforce, required: true },
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
      "Additional function types, each with the property that holds its layers: the config's `settings.resource_types`.",
    shape: mapOf(text),
    required: true,
  },
};

/** The functions, by the last part of their names. */
export const functions = {
  getLayerVersionArn: {
    description:
      "The full layer version ARN of a declared layer: the entry's `arn`, else its first exact name, else `{name}-{stack}`, in the account from the config's settings, or else that of the credentials.",
    inputs: layerVersionArnArgs,
    outputs: arnResult,
  },
  pinLayer: {
    description:
      "What one layer of a function should be: the given ARN at the declared version. A layer that is not declared is returned unchanged. Fails if the declared version does not exist.",
    inputs: pinLayerArgs,
    outputs: arnResult,
  },
  getDeclaredLayers: {
    description: "What the config file declares for the stack.",
    inputs: declaredLayersArgs,
    outputs: declaredLayersResult,
  },
} as const;
