import type { StackValidationPolicy } from "@pulumi/policy";
import { type LayerVersionArn, layerArn } from "../../sdk/core/arn";
import { LayersError } from "../../sdk/core/errors";
import { labelsOf, type NamedFunction } from "../../sdk/core/function-arn";
import { isTarget } from "../../sdk/core/target";
import type { PolicySettings } from "../config-source";
import type { PolicyContext, StackLayers } from "../context";
import { type FunctionView, factsOf, layersInUse, regionOf } from "../function-view";
import { cleaned, listed } from "../messages";
import { configSchema, managedConfiguration, tags } from "../metadata";
import { remember } from "../remember";

/** See `layerConsistency` in policies.ts. */
export function consistency(context: PolicyContext): StackValidationPolicy {
  const name = "layer-consistency";
  return {
    name,
    displayName: "One version of a layer in a stack",
    description:
      "All functions of a stack use the same version of a layer, declared or not, unless the layer config declares different ones for them.",
    enforcementLevel: "advisory",
    severity: "medium",
    framework: managedConfiguration,
    remediationSteps:
      "Declare the layer in the layer config to keep all functions at one version, with a variant for functions that need another.",
    tags,
    configSchema,
    validateStack: ({ resources, getConfig }, report) => {
      const { types, search } = context.lookUp(name, getConfig<PolicySettings>());
      const functions = resources.flatMap((resource) => {
        const property = types.get(resource.type);
        return property === undefined ? [] : context.wantedOf(resource, property);
      });
      const label = labelsOf(functions.map(named));
      const names = (some: Iterable<FunctionView>) => [...some].map((fn) => label(named(fn))).sort();
      const isDeclared = (fn: FunctionView, layer: LayerVersionArn) =>
        search.found && isVariantOf(context.layersOf(search.config, fn.resource.urn), fn, layer);
      for (const message of violations(usesOf(functions), names, isDeclared)) cleaned(report)(message);
      const hidden = names(functions.filter(({ layers }) => layers.some(({ kind }) => kind === "hidden")));
      if (hidden.length > 0)
        cleaned(report)(`Not compared: ${listed(hidden)}. Some of their layers are secrets that cannot be read here.`);
      const later = functions.filter(({ unknown }) => unknown);
      if (later[0]) throw later[0].unknown?.naming(`which layers ${listed(names(later))} will have`);
    },
  };
}

/** Whether a layer version is exactly what a config with variants declares for a function. */
function isVariantOf({ targetOf, varies }: StackLayers, fn: FunctionView, layer: LayerVersionArn): boolean {
  if (!varies) return false;
  try {
    const target = targetOf(layer, factsOf(fn));
    return isTarget(target) && target.by === undefined && target.version === layer.version;
  } catch (error) {
    // Policies that compare functions with the config report what is wrong with it.
    if (error instanceof LayersError) return false;
    throw error;
  }
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

/**
 * The messages, by layer name. A difference that the config declares is none.
 * @param isDeclared whether a function has the version that the config declares for it
 */
function violations(
  uses: readonly Uses[],
  names: (users: Iterable<FunctionView>) => string[],
  isDeclared: (fn: FunctionView, layer: LayerVersionArn) => boolean,
): string[] {
  const label = labelsOf(uses.map(({ layer }) => layer));
  return uses
    .filter(({ versions }) => versions.size > 1)
    .flatMap(({ layer, versions }) => {
      const all = [...versions]
        .sort(([a], [b]) => a - b)
        .map(([version, users]) => ({
          ...{ version, users },
          declared: [...users].every((fn) => isDeclared(fn, { ...layer, version })),
        }));
      if (all.every(({ declared }) => declared)) return [];
      const each = all.map(({ version, users, declared }) => {
        const note = declared ? ` (declared for ${users.size === 1 ? "it" : "them"})` : "";
        return `version ${version} in ${listed(names(users))}${note}`;
      });
      return `Layer ${label(layer)} is used at ${versions.size} versions: ${each.join("; ")}.`;
    })
    .sort();
}

function named({ name, resource }: FunctionView): NamedFunction {
  return { name, region: regionOf(resource), account: undefined };
}
