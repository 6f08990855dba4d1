import { relative, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type DeclaredLayers, declareFor } from "../sdk/core/config/declared";
import type { LayerConfig } from "../sdk/core/config/parse";
import { LayersError } from "../sdk/core/errors";
import { functionTypes } from "../sdk/core/function-types";
import { createMatcher } from "../sdk/core/match";
import { defaultConfigFile, loadLayerConfig } from "../sdk/files/config-file";
import { type AwsInputs, verifyLayerVersions } from "./aws-inputs";
import { registerPins } from "./pin";

/** What {@link pinLayers} pins to. */
export interface PinLayersArgs {
  /** The config file, relative to the program's directory. Default `layer_config.yaml`. */
  configFile?: string;
}

/** A config file as this program's stack sees it. */
export interface ProgramConfig {
  readonly config: LayerConfig;
  readonly declared: DeclaredLayers;
  /** The file's name relative to the program, whatever form the program gave: absolute paths differ from machine to machine. */
  readonly configFile: string;
  /** Function types to the property that holds their layers. */
  readonly types: Readonly<Record<string, string>>;
}

/** @throws pulumi.RunError the file is missing or not valid, with all its problems and no stack trace */
export function loadProgramConfig(file = defaultConfigFile): ProgramConfig {
  const configFile = relative(process.cwd(), resolve(file)).replaceAll("\\", "/");
  try {
    const config = loadLayerConfig(configFile);
    const types = { ...functionTypes, ...config.settings.resourceTypes };
    return { config, declared: declareFor(config, pulumi.getStack()), configFile, types };
  } catch (error) {
    throw error instanceof LayersError ? new pulumi.RunError(error.describe()) : error;
  }
}

/** Pins the functions that the program registers from now on. */
export function pinTo({ config, declared, types }: ProgramConfig, aws: AwsInputs): void {
  const verify = config.settings.validateLayerExists ? verifyLayerVersions(declared, aws) : undefined;
  registerPins({ matcher: createMatcher(declared), types, verify });
}
