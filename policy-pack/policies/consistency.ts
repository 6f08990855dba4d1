import type { StackValidationPolicy } from "@pulumi/policy";
import { type LayerVersionArn, layerArn } from "../../sdk/core/arn";
import { labelsOf, type NamedFunction } from "../../sdk/core/function-arn";
import type { PolicySettings } from "../config-source";
import type { PolicyContext } from "../context";
import { type FunctionView, layersInUse, regionOf } from "../function-view";
import { cleaned, listed } from "../messages";
import { configSchema, managedConfiguration, tags } from "../metadata";
import { remember } from "../remember";

/** See `layerConsistency` in policies.ts. */
export function consistency(context: PolicyContext): StackValidationPolicy {
  const name = "layer-consistency";
  return {
    name,
    displayName: "One version of a layer in a stack",
    description: "All functions of a stack use the same version of a layer, whether it is declared or not.",
    enforcementLevel: "advisory",
    severity: "medium",
    framework: managedConfiguration,
    remediationSteps: "Declare the layer in the layer config to keep all functions at one version.",
    tags,
    configSchema,
    validateStack: ({ resources, getConfig }, report) => {
      const { types } = context.lookUp(name, getConfig<PolicySettings>());
      const functions = resources.flatMap((resource) => {
        const property = types.get(resource.type);
        return property === undefined ? [] : context.wantedOf(resource, property);
      });
      const label = labelsOf(functions.map(named));
      const names = (some: Iterable<FunctionView>) => [...some].map((fn) => label(named(fn))).sort();
      for (const message of violations(usesOf(functions), names)) cleaned(report)(message);
      const hidden = names(functions.filter(({ layers }) => layers.some(({ kind }) => kind === "hidden")));
      if (hidden.length > 0)
        cleaned(report)(`Not compared: ${listed(hidden)}. Some of their layers are secrets that cannot be read here.`);
      const later = functions.filter(({ unknown }) => unknown);
      if (later[0]) throw later[0].unknown?.naming(`which layers ${listed(names(later))} will have`);
    },
  };
}

/** Who uses a layer, by version. */
interface Uses {
  readonly layer: LayerVersionArn;
  readonly versions: Map<number, Set<FunctionView>>;
}

function usesOf(functions: readonly FunctionView[]): Uses[] {
  const uses = new Map<string, Uses>();
  for (const fn of functions) {
    for (const { arn } of layersInUse(fn)) {
      const { versions } = remember(uses, layerArn(arn), () => ({ layer: arn, versions: new Map() }));
      remember(versions, arn.version, () => new Set()).add(fn);
    }
  }
  return [...uses.values()];
}

/** The messages, by layer name. */
function violations(uses: readonly Uses[], names: (users: Iterable<FunctionView>) => string[]): string[] {
  const label = labelsOf(uses.map(({ layer }) => layer));
  return uses
    .filter(({ versions }) => versions.size > 1)
    .map(({ layer, versions }) => {
      const each = [...versions]
        .sort(([a], [b]) => a - b)
        .map(([version, users]) => `version ${version} in ${listed(names(users))}`);
      return `Layer ${label(layer)} is used at ${versions.size} versions: ${each.join("; ")}.`;
    })
    .sort();
}

function named({ name, resource }: FunctionView): NamedFunction {
  return { name, region: regionOf(resource), account: undefined };
}
