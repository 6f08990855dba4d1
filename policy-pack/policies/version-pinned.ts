import type { ResourceValidationPolicy } from "@pulumi/policy";
import { type LayerChange, planLayer } from "../../sdk/core/plan";
import { changeLine } from "../../sdk/core/report";
import { leadingPolicy, type PolicyContext, type StackLayers } from "../context";
import { declaredPolicy, declaredRemediation } from "../function-policy";
import type { FunctionView } from "../function-view";
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
        report([
          line,
          `${declaration(change.match.declared)}. Set version ${change.to} in the program, pin it with pinLayers, or set this policy to \`remediate\`.`,
        ]);
      }
    },
  );
  const remediateResource = declaredRemediation(context, leadingPolicy, (fn, layers, property) => {
    const changes = changesOf(fn, layers);
    // In place and one by one: what is secret or not yet known has to stay behind the SDK's proxies as it is.
    const list = fn.resource.props[property] as string[];
    for (const { index, arn, to } of changes) list[index] = `${arn}:${to}`;
    return changes.length > 0;
  });
  return { ...policy, remediateResource };
}

function changesOf({ layers }: FunctionView, { matcher }: StackLayers): LayerChange[] {
  return layers.flatMap((layer, index) => {
    const change = layer.kind === "text" ? planLayer(layer.text, matcher) : undefined;
    return change ? [{ index, ...change }] : [];
  });
}
