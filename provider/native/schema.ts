import { layerVersionsInputs } from "../resource/inputs";
import type { AnyProperties, AnyShape } from "../resource/shapes";
import { functions, layerVersionsOutputs, packageName, providerConfig, resourceToken } from "./interface";

type Json = Record<string, unknown>;

const about =
  "Keeps AWS Lambda layer versions at those declared in one YAML file: `pulumi preview` lists every function that changes, and `pulumi up` updates it.";

const example = `{{% examples %}}
## Example Usage

{{% example %}}
### Functions owned elsewhere

\`\`\`yaml
resources:
  layers:
    type: lambda-layers:LayerVersions
    properties:
      configFile: layer_config.yaml
      functions: { prefix: billing- }
\`\`\`
{{% /example %}}
{{% /examples %}}`;

/** Pulumi's schema of the package, from which its SDKs are generated. */
export function packageSchema(packageVersion: string): Json {
  const types: Record<string, Json> = {};
  const provider = objectSpec(providerConfig, types);
  return {
    name: packageName,
    displayName: "Lambda Layers",
    version: packageVersion,
    description: about,
    keywords: ["pulumi", "aws", "lambda", "layers", "category/cloud", "kind/native"],
    license: "Apache-2.0",
    meta: { moduleFormat: "(.*)" },
    config: { variables: provider.properties },
    provider: {
      description: "The config file, account and region of resources and functions that do not set their own.",
      inputProperties: provider.properties,
    },
    resources: {
      [resourceToken]: {
        description: `Keeps the layer versions of functions that are owned elsewhere at those declared in a config file. Each function that changes has its own row in \`pulumi preview\`.\n\n${example}`,
        inputProperties: objectSpec(layerVersionsInputs, types).properties,
        ...objectSpec(layerVersionsOutputs, types),
      },
    },
    functions: Object.fromEntries(
      Object.entries(functions).map(([name, { description, inputs, outputs }]) => [
        `${packageName}:index:${name}`,
        { description, inputs: objectSpec(inputs, types), outputs: objectSpec(outputs, types) },
      ]),
    ),
    types,
    language: {
      nodejs: { packageName: "pulumi-lambda-layers-sdk", respectSchemaVersion: true },
      python: { packageName: "pulumi_lambda_layers", respectSchemaVersion: true, pyproject: { enabled: true } },
      go: { respectSchemaVersion: true },
      csharp: { respectSchemaVersion: true },
    },
  };
}

/** @param types receives the named types */
function objectSpec(properties: AnyProperties, types: Record<string, Json>): Json {
  const entries = Object.entries(properties);
  const required = entries.filter(([, one]) => one.required).map(([name]) => name);
  return {
    type: "object",
    properties: Object.fromEntries(
      entries.map(([name, { description, shape }]) => [name, { description, ...typeSpec(shape, types) }]),
    ),
    ...(required.length > 0 && { required }),
  };
}

function typeSpec(shape: AnyShape, types: Record<string, Json>): Json {
  switch (shape.kind) {
    case "text":
      return { type: "string" };
    case "integer":
    case "boolean":
      return { type: shape.kind };
    case "version":
      return { oneOf: [{ type: "integer" }, { type: "string" }] };
    case "list":
      return { type: "array", items: typeSpec(shape.of, types) };
    case "map":
      return { type: "object", additionalProperties: typeSpec(shape.of, types) };
    case "choice": {
      const values = Object.entries(shape.choices).map(([value, description]) => ({ value, description }));
      return named(shape.name, { type: "string", enum: values }, types);
    }
    case "object": {
      // Reserves its place first, so that its own parts come after it.
      const spec = named(shape.name, {}, types);
      types[tokenOf(shape.name)] = { description: shape.description, ...objectSpec(shape.properties, types) };
      return spec;
    }
  }
}

function named(name: string, spec: Json, types: Record<string, Json>): Json {
  types[tokenOf(name)] = spec;
  return { $ref: `#/types/${tokenOf(name)}` };
}

function tokenOf(name: string): string {
  return `${packageName}:index:${name}`;
}
