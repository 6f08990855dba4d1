import type { StackValidationPolicy } from "@pulumi/policy";
import { layerArn } from "../../sdk/core/arn";
import type { PolicySettings } from "../config-source";
import type { PolicyContext } from "../context";
import { type FunctionView, layersInUse, viewFunction } from "../function-view";
import { listed } from "../messages";
import { configSchema, managedConfiguration, tags } from "../metadata";
import { remember } from "../remember";

/** See `layerConsistency` in policies.ts. */
export function consistency(context: PolicyContext): StackValidationPolicy {
  const name = "layer-consistency";
  return {
    name,
    displayName: "One version of a layer in a stack",
    description: "All functions of a stack use a layer in the same version, whether it is declared or not.",
    enforcementLevel: "advisory",
    severity: "medium",
    framework: managedConfiguration,
    remediationSteps: "Declare the layer in the layer config, so that all functions are held to one version.",
    tags,
    configSchema,
    validateStack: ({ resources, getConfig }, report) => {
      const { types } = context.lookUp(name, getConfig<PolicySettings>());
      const functions = resources.flatMap((resource) => {
        const property = types.get(resource.type);
        return property === undefined ? [] : viewFunction(resource, property);
      });
      for (const [layer, versions] of usesOf(functions)) {
        if (versions.size > 1) report(describe(layer.slice(layer.lastIndexOf(":") + 1), versions));
      }
    },
  };
}

/** Which functions use a layer: by the layer's ARN without version, and by version. */
type Uses = Map<string, Map<number, Set<FunctionView>>>;

function usesOf(functions: readonly FunctionView[]): Uses {
  const uses: Uses = new Map();
  for (const fn of functions) {
    for (const { arn } of layersInUse(fn)) {
      const versions = remember(uses, layerArn(arn), () => new Map());
      remember(versions, arn.version, () => new Set()).add(fn);
    }
  }
  return uses;
}

function describe(layer: string, versions: ReadonlyMap<number, ReadonlySet<FunctionView>>): string {
  const uses = [...versions]
    .sort(([a], [b]) => a - b)
    .map(([version, users]) => `version ${version} in ${listed([...users].map(({ name }) => name))}`);
  return `Layer ${layer} is used in ${versions.size} versions: ${uses.join("; ")}.`;
}
