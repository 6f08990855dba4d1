import type { ResourceValidationPolicy } from "@pulumi/policy";
import { isMove, type LayerChange, planLayers } from "../../sdk/core/plan";
import { changeLine } from "../../sdk/core/report";
import { leadingPolicy, type PolicyContext, type StackLayers } from "../context";
import { declaredPolicy, declaredRemediation } from "../function-policy";
import { type FunctionView, factsOf } from "../function-view";
import { declaration } from "../messages";
import { managedConfiguration } from "../metadata";

/** See `layerVersionPinned` in policies.ts. */
export function versionPinned(context: PolicyContext): ResourceValidationPolicy {
  const policy = declaredPolicy(
    context,
    {
      name: leadingPolicy,
      displayName: "Layer versions are as declared",
      description: "Functions use the layer versions that the layer config declares.",
      enforcementLevel: "mandatory",
      severity: "high",
      framework: managedConfiguration,
      remediationSteps:
        "Set the declared version in the program, pin the program's functions with pinLayers of pulumi-lambda-layers, or set this policy to `remediate`.",
    },
    (fn, layers, report) => {
      for (const change of changesOf(fn, layers)) {
        const line = changeLine({ function: fn.name, ...change });
        const wanted = isMove(change) ? change.target : `version ${change.to}`;
        report([
          line,
          `${declarationOf(change)}. Set ${wanted} in the program, pin it with pinLayers, or set this policy to \`remediate\`.`,
        ]);
      }
    },
  );
  const remediateResource = declaredRemediation(context, leadingPolicy, (fn, layers, property) => {
    const changes = changesOf(fn, layers);
    // In place and one by one: what is secret or not yet known has to stay behind the SDK's proxies as it is.
    const list = fn.resource.props[property] as string[];
    for (const { index, target } of changes) list[index] = target;
    return changes.length > 0;
  });
  return { ...policy, remediateResource };
}

function changesOf(fn: FunctionView, { targetOf }: StackLayers): LayerChange[] {
  const texts = fn.layers.map((layer) => (layer.kind === "text" ? layer.text : ""));
  return planLayers(texts, targetOf, factsOf(fn));
}

function declarationOf({ declared }: LayerChange): string {
  return declared ? declaration(declared) : "The layer config declares it";
}
