import { PolicyPack } from "@pulumi/policy";
import { layerPolicies } from "./policies";

new PolicyPack("pulumi-lambda-layers", {
  policies: layerPolicies,
  displayName: "Lambda layer versions",
  description: "Lambda functions use the layer versions that layer_config.yaml declares.",
  provider: "aws",
  tags: ["aws", "lambda", "layers"],
});
