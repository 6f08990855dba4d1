import type { PolicyComplianceFramework, PolicyConfigSchema } from "@pulumi/policy";
import { configVariable } from "./config-source";

/** Tags of every policy. */
export const tags = ["aws", "lambda", "layers"];

/** Rules that Lambda itself has for a function's layers. */
export const lambdaRules: PolicyComplianceFramework = {
  name: "AWS Lambda API Reference",
  version: "2015-03-31",
  reference: "UpdateFunctionConfiguration, Layers",
  specification: "https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html",
};

/** The practice that a declared version serves: one reviewed place that says what runs. */
export const managedConfiguration: PolicyComplianceFramework = {
  name: "AWS Well-Architected Framework",
  version: "2023-04-10",
  reference: "OPS05-BP03",
  specification: "Use configuration management systems",
};

const resourceTypes: PolicyConfigSchema["properties"] = {
  resourceTypes: {
    type: "object",
    description: 'Additional function types, each with the property that holds its layers: {"my:mod:Fn": "layers"}.',
    additionalProperties: { type: "string", minLength: 1 },
  },
};

const declaredLayers: PolicyConfigSchema["properties"] = {
  configFile: {
    type: "string",
    minLength: 1,
    description: `The config file, relative to the directory in which pulumi was run. Default: the file that ${configVariable} names, else layer_config.yaml in that directory or the nearest one above it.`,
  },
  layers: {
    type: "object",
    description: "The layers, as under `layers` in a config file. Use instead of configFile.",
    additionalProperties: { type: "object" },
  },
  stackOverrides: {
    type: "object",
    description: "What differs by stack, as under `stack_overrides` in a config file. Use together with layers.",
    additionalProperties: { type: "object" },
  },
  ...resourceTypes,
};

/** The configuration of a policy that compares with declared layers. */
export const configSchema: PolicyConfigSchema = { properties: declaredLayers };

/** How long AWS may be asked by default, in seconds: time for 40,000 functions at Lambda's limit of 15 requests a second. */
export const defaultTimeout = 60;

/** The configuration of a policy that looks at live functions too. */
export const liveConfigSchema: PolicyConfigSchema = {
  properties: {
    ...declaredLayers,
    region: {
      type: "string",
      description: "The region of functions that do not set one. Default: AWS_REGION or AWS_DEFAULT_REGION.",
    },
    profile: { type: "string", description: "A profile of the shared AWS config and credentials files." },
    roleArn: { type: "string", description: "A role to assume." },
    timeoutSeconds: {
      type: "integer",
      minimum: 1,
      maximum: 3600,
      default: defaultTimeout,
      description: "How many seconds reading from AWS may take. What was not read by then is reported as not checked.",
    },
  },
};
