import type { ResourceValidationPolicy } from "@pulumi/policy";
import { whyUnsuitable } from "../../sdk/core/compatibility";
import { type DeclaredForm, defaultArchitecture, isTarget } from "../../sdk/core/target";
import type { PolicyContext, StackLayers } from "../context";
import { declaredPolicy } from "../function-policy";
import { type FunctionView, factsOf, layersInUse, read, readOptional, UnknownValue } from "../function-view";
import { placeOf } from "../messages";
import { lambdaRules } from "../metadata";

/** See `layerCompatible` in policies.ts. */
export function compatible(context: PolicyContext): ResourceValidationPolicy {
  return declaredPolicy(
    context,
    {
      name: "layer-compatible",
      displayName: "Layers suit the function",
      description: "Layers suit the runtime and architecture of the functions that use them.",
      enforcementLevel: "mandatory",
      severity: "high",
      framework: lambdaRules,
      remediationSteps:
        "Use a layer that suits the function, or correct compatible_runtimes and compatible_architectures in the layer config.",
    },
    (fn, layers, report) => {
      const { props } = fn.resource;
      if (fn.layers.length > 0 && readOptional(() => props.packageType) === "Image") {
        report(`Function ${fn.name} is deployed as a container image, so it cannot have layers. Remove them.`);
        return;
      }
      const limited = declaredLayersOf(fn, layers).filter(({ declared }) => isLimited(declared));
      if (limited.length === 0) return;
      const runtime = read(() => props.runtime);
      const architectures = read(() => architecturesOf(props.architectures));
      const known = {
        runtime: typeof runtime === "string" ? runtime : undefined,
        architectures: architectures instanceof UnknownValue ? [] : architectures,
      };
      for (const { name, declared } of limited) {
        const why = whyUnsuitable(known, {
          compatibleRuntimes: declared.compatibleRuntimes ?? [],
          compatibleArchitectures: declared.compatibleArchitectures ?? [],
        });
        if (why) report(`Function ${fn.name}: Layer ${name} ${why} (${placeOf(declared)}).`);
      }
      if (runtime instanceof UnknownValue) throw runtime.naming(`the runtime of function ${fn.name}`);
      if (architectures instanceof UnknownValue) throw architectures.naming(`the architectures of function ${fn.name}`);
    },
  );
}

// Index by index: the SDK's proxies make iterators slow.
function architecturesOf(list: unknown): string[] {
  if (!Array.isArray(list) || list.length === 0) return [defaultArchitecture];
  return Array.from({ length: list.length }, (_, index) => String(list[index]));
}

function isLimited({ compatibleRuntimes, compatibleArchitectures }: DeclaredForm): boolean {
  return Boolean(compatibleRuntimes?.length || compatibleArchitectures?.length);
}

function declaredLayersOf(fn: FunctionView, { targetOf, varies }: StackLayers) {
  const facts = varies ? factsOf(fn) : { name: undefined };
  return layersInUse(fn).flatMap(({ arn }) => {
    const target = targetOf(arn, facts);
    return isTarget(target) && target.declared ? [{ name: arn.name, declared: target.declared }] : [];
  });
}
