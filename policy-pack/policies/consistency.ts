import type { StackValidationPolicy } from "@pulumi/policy";
import { layerArn } from "../../sdk/core/arn";
import type { PolicySettings } from "../config-source";
import type { PolicyContext } from "../context";
import { layersInUse, viewFunction } from "../function-view";
import { listed } from "../messages";
import { configSchema, managedConfiguration, tags } from "../metadata";

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
      const uses = resources.flatMap((resource) => {
        const property = types.get(resource.type);
        if (property === undefined) return [];
        const fn = viewFunction(resource, property);
        return layersInUse(fn).map(({ arn }) => ({ layer: layerArn(arn), version: arn.version, fn: fn.name }));
      });
      for (const [layer, sameLayer] of Map.groupBy(uses, (use) => use.layer)) {
        const versions = Map.groupBy(sameLayer, ({ version }) => version);
        if (versions.size > 1) report(describe(layer.slice(layer.lastIndexOf(":") + 1), versions));
      }
    },
  };
}

function describe(layer: string, versions: ReadonlyMap<number, readonly { readonly fn: string }[]>): string {
  const uses = [...versions]
    .sort(([a], [b]) => a - b)
    .map(([version, users]) => `version ${version} in ${listed([...new Set(users.map(({ fn }) => fn))])}`);
  return `Layer ${layer} is used in ${versions.size} versions: ${uses.join("; ")}.`;
}
