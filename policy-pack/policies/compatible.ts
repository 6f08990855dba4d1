import type { ResourceValidationPolicy } from "@pulumi/policy";
import { whyUnsuitable } from "../../sdk/core/compatibility";
import { type DeclaredForm, defaultArchitecture } from "../../sdk/core/form";
import { isTarget } from "../../sdk/core/target";
import type { PolicyContext, StackLayers } from "../context";
import { declaredPolicy } from "../function-policy";
import {
  type FunctionView,
  factsOf,
  layersInUse,
  read,
  readArchitectures,
  readOptional,
  readText,
  UnknownValue,
} from "../function-view";
import { listed, placeOf } from "../messages";
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
      const architectures = readArchitectures(fn.resource);
      const known = { runtime: readText(() => props.runtime), architectures: namedOf(architectures) };
      for (const { name, declared } of limited) {
        const why = whyUnsuitable(known, {
          compatibleRuntimes: declared.compatibleRuntimes ?? [],
          compatibleArchitectures: declared.compatibleArchitectures ?? [],
        });
        if (why) report(`Function ${fn.name}: Layer ${name} ${why} (${placeOf(declared)}).`);
      }
      const hidden = [
        ...(known.runtime === undefined && runtime != null && !(runtime instanceof UnknownValue) ? ["runtime"] : []),
        ...(architectures === undefined ? ["architectures"] : []),
      ];
      if (hidden.length > 0)
        report(
          `Function ${fn.name}: whether it suits ${listed(limited.map(({ name }) => `layer ${name}`))} is unknown: its ${hidden.join(" and ")} cannot be read here.`,
        );
      if (runtime instanceof UnknownValue) throw runtime.naming(`the runtime of function ${fn.name}`);
      if (architectures instanceof UnknownValue) throw architectures.naming(`the architectures of function ${fn.name}`);
    },
  );
}

/** The architectures that a function is known to run on. */
function namedOf(architectures: ReturnType<typeof readArchitectures>): readonly string[] {
  if (architectures === undefined || architectures instanceof UnknownValue) return [];
  return architectures.length > 0 ? architectures : [defaultArchitecture];
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
