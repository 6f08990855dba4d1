import type { ResourceValidationPolicy } from "@pulumi/policy";
import { isMove, type LayerChange, planLayers } from "../../sdk/core/plan";
import { changeLine } from "../../sdk/core/report";
import { leadingPolicy, type PolicyContext, type StackLayers } from "../context";
import { declaredPolicy, declaredRemediation } from "../function-policy";
import { type FunctionView, factsOf, layersInUse, read, readArchitectures, UnknownValue } from "../function-view";
import { declaration, listed } from "../messages";
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
      const open = openLayers(fn, layers);
      for (const change of changesOf(fn, layers)) {
        const line = changeLine({ function: fn.name, ...change });
        const wanted = isMove(change) ? change.target : `version ${change.to}`;
        report([
          line,
          `${declarationOf(change)}. Set ${wanted} in the program, pin it with pinLayers, or set this policy to \`remediate\`.`,
        ]);
      }
      const later = open.length > 0 ? unknownFact(fn) : undefined;
      for (const { layer, why } of later ? [] : open)
        report(`Function ${fn.name}: the declared version of layer ${layer} is unknown: ${why}.`);
      if (later)
        throw later.naming(`the declared version of ${listed(open.map(({ layer }) => layer))} of function ${fn.name}`);
    },
  );
  const remediateResource = declaredRemediation(context, leadingPolicy, (fn, layers, property) => {
    const changes = changesOf(fn, layers);
    // In place and one by one: secret and unknown values must stay untouched behind the SDK's proxies.
    const list = fn.resource.props[property] as string[];
    for (const { index, target } of changes) list[index] = target;
    return changes.length > 0;
  });
  return { ...policy, remediateResource };
}

function changesOf(fn: FunctionView, { targetOf, varies }: StackLayers): LayerChange[] {
  const texts = fn.layers.map((layer) => (layer.kind === "text" ? layer.text : ""));
  // Each property read is slow, because of the policy SDK's proxies.
  return planLayers(texts, targetOf, varies ? factsOf(fn) : { name: undefined });
}

/** Layers that an entry covers, but whose target cannot be determined. */
function openLayers(fn: FunctionView, { targetOf, varies }: StackLayers) {
  if (!varies) return [];
  const facts = factsOf(fn);
  return layersInUse(fn).flatMap(({ arn }) => {
    const target = targetOf(arn, facts);
    return target !== undefined && "why" in target ? [{ layer: arn.name, why: target.why }] : [];
  });
}

/** The unknown properties that a function's targets depend on. */
function unknownFact({ resource }: FunctionView): UnknownValue | undefined {
  const { props } = resource;
  const facts = [read(() => props.runtime), readArchitectures(resource), read(() => props.name ?? props.functionName)];
  return facts.find((value) => value instanceof UnknownValue);
}

function declarationOf({ declared }: LayerChange): string {
  return declared ? declaration(declared) : "The layer config declares it";
}
