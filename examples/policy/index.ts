import { PolicyPack, type ResourceValidationPolicy } from "@pulumi/policy";
import { layerPolicies } from "pulumi-lambda-layers/policy-pack";

const functionHasDatadog: ResourceValidationPolicy = {
  name: "function-has-datadog",
  description: "Functions use the Datadog layer.",
  enforcementLevel: "advisory",
  validateResource: ({ type, props }, reportViolation) => {
    if (type !== "aws:lambda/function:Function") return;
    const layers: string[] = props.layers ?? [];
    if (!layers.some((arn) => arn.includes(":layer:Datadog-"))) reportViolation("Add the Datadog layer.");
  },
};

new PolicyPack(
  "our-rules",
  { policies: [...layerPolicies, functionHasDatadog] },
  {
    // The configuration of the first policy applies to all of layerPolicies.
    "layer-version-pinned": { enforcementLevel: "remediate", configFile: "layer_config.yaml" },
    "layer-declared": "mandatory",
  },
);
