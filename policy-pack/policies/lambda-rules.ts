import type { ResourceValidationPolicy } from "@pulumi/policy";
import { isBuiltInLayer, layerArn } from "../../sdk/core/arn";
import { mostLayers } from "../../sdk/core/compatibility";
import type { PolicyContext } from "../context";
import { describeInvalid } from "../describe-layer";
import { functionPolicy } from "../function-policy";
import { layersInUse, regionOf } from "../function-view";
import { lambdaRules } from "../metadata";

/** See `layerArnValid` in policies.ts. */
export function arnValid(context: PolicyContext): ResourceValidationPolicy {
  return functionPolicy(
    context,
    {
      name: "layer-arn-valid",
      displayName: "Layers are layer version ARNs",
      description: "Every layer of a function is the ARN of a layer version.",
      enforcementLevel: "mandatory",
      severity: "high",
      framework: lambdaRules,
      remediationSteps: "Give the layer as arn:PARTITION:lambda:REGION:ACCOUNT:layer:NAME:VERSION.",
    },
    (fn, report) => {
      fn.layers.forEach((layer, index) => {
        const invalid =
          layer.kind === "text" ? layer.arn === undefined && !isBuiltInLayer(layer.text) : layer.kind === "other";
        if (!invalid) return;
        const why = layer.kind === "text" ? describeInvalid(layer.text) : "it is not a string";
        report(
          `Function ${fn.name}: Invalid layer ARN format: layer ${index + 1}: ${why}. Write arn:PARTITION:lambda:REGION:ACCOUNT:layer:NAME:VERSION.`,
        );
      });
    },
  );
}

/** See `layerCount` in policies.ts. */
export function layerCountWithin(context: PolicyContext): ResourceValidationPolicy {
  return functionPolicy(
    context,
    {
      name: "layer-count",
      displayName: "At most five layers",
      description: `A function can have at most ${mostLayers} layers.`,
      enforcementLevel: "mandatory",
      severity: "high",
      framework: lambdaRules,
      remediationSteps: "Remove layers, or combine several into one.",
    },
    ({ name, layers }, report) => {
      if (layers.length <= mostLayers) return;
      report(
        `Function ${name}: ${layers.length} layers, but Lambda allows only ${mostLayers}. Remove or combine some of them.`,
      );
    },
  );
}

/** See `layerDuplicate` in policies.ts. */
export function noDuplicate(context: PolicyContext): ResourceValidationPolicy {
  return functionPolicy(
    context,
    {
      name: "layer-duplicate",
      displayName: "No layer twice",
      description: "A function does not have a layer twice, at one version or at several.",
      enforcementLevel: "mandatory",
      severity: "medium",
      framework: lambdaRules,
      remediationSteps: "Keep one of the entries of that layer.",
    },
    (fn, report) => {
      const positions = Map.groupBy(layersInUse(fn), ({ arn }) => layerArn(arn));
      for (const same of positions.values()) {
        const [first, second] = same;
        if (!first || !second) continue;
        const where = same.map(({ arn, index }) => `layer ${index + 1} (version ${arn.version})`).join(", ");
        report(
          `Function ${fn.name}: Layer ${first.arn.name} is listed ${same.length} times: ${where}. Keep one of them.`,
        );
      }
    },
  );
}

/** See `layerRegion` in policies.ts. */
export function sameRegion(context: PolicyContext): ResourceValidationPolicy {
  return functionPolicy(
    context,
    {
      name: "layer-region",
      displayName: "Layers are in the function's region",
      description: "A function's layers are in its own region.",
      enforcementLevel: "mandatory",
      severity: "high",
      framework: lambdaRules,
      remediationSteps: "Publish the layer in the function's region, and use that one.",
    },
    (fn, report) => {
      const layers = layersInUse(fn);
      const region = layers.length > 0 ? regionOf(fn.resource) : undefined;
      if (region === undefined) return;
      for (const { arn } of layers) {
        if (arn.region === region) continue;
        report(
          `Function ${fn.name}: Layer ${arn.name} is in region ${arn.region}, but the function is in ${region}. Use the layer that is published in ${region}.`,
        );
      }
    },
  );
}
