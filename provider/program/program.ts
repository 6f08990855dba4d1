import * as pulumi from "@pulumi/pulumi";
import type { LayerVersionArn } from "../../sdk/core/arn";
import type { DeclaredLayers } from "../../sdk/core/config/declared";
import type { LayerSettings } from "../../sdk/core/config/parse";
import { LayersError } from "../../sdk/core/errors";
import { functionTypes } from "../../sdk/core/function-types";
import { createMatcher } from "../../sdk/core/match";
import { declaredTargets } from "../../sdk/core/target";
import { argumentProblems } from "../resource/arguments";
import { type AwsInputs, resolveAwsInputs } from "./aws-inputs";
import type { Declaration } from "./declarations";
import { loadDeclared } from "./declared-config";
import { runError } from "./failure";
import { type LayerArgs, literalLayers } from "./layers-argument";
import { isVersionArn } from "./own-layers";
import { watchFunctions } from "./pinned-functions";
import { configuredRegion } from "./regions";
import { programRegistry } from "./registry";
import type { FunctionsArgs } from "./selecting";

/** What {@link pinLayers} pins to. */
export interface PinLayersArgs {
  /** The config file, relative to the program's directory. Default `layer_config.yaml`. */
  configFile?: string;
  /**
   * Layers by entry name, overriding those of the file field by field. With these, the default file need not be there.
   */
  layers?: Record<string, LayerArgs>;
}

/** A program's declarations, with the config file as it applies to its stack. */
export interface ProgramConfig {
  readonly settings: LayerSettings;
  /** The immediately known entries, without those whose values are outputs. */
  readonly declared: DeclaredLayers;
  readonly declaration: Declaration;
  /** The file's name relative to the program, because absolute paths differ between machines. */
  readonly configFile: string;
}

/**
 * @param by the declaring resource, for messages
 * @param args if it has a region, only that one is pinned
 * @param parent whose provider gives the default account and region
 * @throws pulumi.RunError the file is missing or not valid, with all its problems and no stack trace
 */
export function loadProgramConfig(
  by: string,
  args: PinLayersArgs & AwsInputs & { readonly functions?: FunctionsArgs },
  parent?: pulumi.Resource,
): ProgramConfig {
  requireArguments(by, args);
  try {
    const { settings, declared, layers, configFile } = loadDeclared(by, args, pulumi.getStack());
    const versioned = Object.entries(args.layers ?? {}).find(([, { arn }]) => isVersionArn(arn));
    if (versioned)
      throw new LayersError(
        "usage",
        `${by}: layers.${versioned[0]} has the \`arn\` of a LayerVersion, which has a version. Give it \`layerArn\`.`,
      );
    const region = configuredRegion(args.region);
    const declaration = {
      by,
      stack: declared.stack,
      layers,
      region,
      types: { ...functionTypes, ...settings.resourceTypes },
      validateLayerExists: settings.validateLayerExists,
      aws: resolveAwsInputs({ ...args, region }, settings, parent),
      functions: args.functions,
    };
    return { settings, declared: { ...declared, layers: literalLayers(layers) }, declaration, configFile };
  } catch (error) {
    throw error instanceof LayersError ? runError(error.lines) : error;
  }
}

/**
 * Pins the program's functions to what is declared, and warns of those that were registered before.
 * @throws pulumi.RunError another declaration says something else about a layer
 */
export function declare({ declared, declaration }: ProgramConfig): void {
  const { types, region } = declaration;
  const targets = declaredTargets(createMatcher(declared));
  // A region that is an output is not known yet.
  const isMeant = (layer: LayerVersionArn) => typeof region !== "string" || layer.region === region;
  const registry = programRegistry();
  registry.add(declaration);
  watchFunctions(types)?.warnLate(
    (layer, fn) => (isMeant(layer) ? targets(layer, fn) : undefined),
    (type, name) => registry.hasPinned(type, name, declaration),
    declaration.functions?.names,
  );
}

/**
 * For programs whose types nobody checks: what is misspelt would have no effect, and no one would know.
 * @throws pulumi.RunError arguments that cannot be, all of them
 */
export function requireArguments(by: string, args: unknown): void {
  const problems = argumentProblems(args);
  if (problems.length > 0) throw runError(problems.map((problem) => `${by}: ${problem}`));
}
