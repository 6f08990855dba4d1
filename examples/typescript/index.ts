import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { LayerVersions } from "pulumi-lambda-layers";

// Declare the layers first: every function registered after this line is pinned to layer_config.yaml.
const layers = new LayerVersions("layers", {
  configFile: "layer_config.yaml",
  // Owned by another team and deployed by their pipeline; this stack keeps its layers at the declared versions.
  functions: { names: ["billing-export"] },
});

const role = new aws.iam.Role("role", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});

const common = {
  role: role.arn,
  runtime: aws.lambda.Runtime.Python3d12,
  handler: "index.handler",
  code: new pulumi.asset.FileArchive("function"),
};

// Ask the config for a layer by its name...
const api = new aws.lambda.Function("api", {
  ...common,
  layers: [layers.arn("receipt-dynamo"), layers.arn("datadog")],
});

// ...or keep the ARNs that you have: a declared layer is pinned whatever version is written here, and keeps its place
// in the list, which is the order in which Lambda merges layers.
const worker = new aws.lambda.Function("worker", {
  ...common,
  layers: [
    "arn:aws:lambda:us-east-1:123456789012:layer:receipt-label-dev:1",
    "arn:aws:lambda:us-east-1:123456789012:layer:receipt-dynamo-dev:1",
  ],
});

export const functions = [api.name, worker.name];
export const shared = layers.functions;
