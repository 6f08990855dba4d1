import { LayersError } from "../../sdk/core/errors";
import type { FunctionSelection } from "../../sdk/core/live";
import { cleanLines } from "../host/say";
import { type DeclaredConfig, loadDeclared } from "../program/declared-config";
import { problemWith } from "../program/layers-argument";
import { type LayerVersionsInputs, layerVersionsInputs, type ProviderConfig } from "../resource/inputs";
import { readNames, refuseEmpty } from "../resource/names";
import { type InputProblem, pathTo, problemsOf } from "../resource/problems";
import type { Request } from "../resource/record";
import { hasUnknown, knownPart, unknown } from "../resource/selection";
import { isComputed } from "./records";

/** A provider's defaults for its resources. */
export interface Surroundings {
  readonly stack: string;
  readonly config: ProviderConfig;
}

/** A resource's resolved inputs, or their problems. */
export type Declaring =
  | { readonly is: "wrong"; readonly problems: readonly InputProblem[] }
  /** Too little is known yet, in a preview. */
  | { readonly is: "unknown" }
  | { readonly is: "known"; readonly settings: DeclaredSettings; readonly request: Request };

/** The recorded inputs of a resource in the handlers' shape. */
export interface DeclaredSettings {
  readonly configFile: string;
  readonly region?: string;
  readonly profile?: string;
  readonly roleArn?: string;
  readonly onDelete?: "keep" | "restore";
}

/** Reads a resource's declarations from its inputs and the config file. */
export function readDeclaring(name: string, inputs: LayerVersionsInputs, around: Surroundings): Declaring {
  const problems = [...inputProblems(inputs), ...entryProblems(inputs)];
  if (problems.length > 0)
    return { is: "wrong", problems: [...problems, ...selectionProblems(inputs, around, problems)] };
  const { layers, configFile = around.config.configFile } = inputs;
  if (configFile === unknown || (layers && hasUnknownShape(layers))) return { is: "unknown" };
  const by = `LayerVersions "${name}"`;
  let declared: DeclaredConfig;
  try {
    declared = loadDeclared(by, { configFile, layers: layers && mutable(layers) }, around.stack);
  } catch (error) {
    if (!(error instanceof LayersError)) throw error;
    // Without a property the engine does not add what value it has, which would be none.
    const ofFile = inputs.configFile === undefined ? "" : "configFile";
    const path = error.code === "config-invalid" ? ofFile : "layers";
    return { is: "wrong", problems: [{ path, reason: cleanLines(error.lines) }] };
  }
  const { settings } = declared;
  const region = inputs.region ?? regionFor(around, declared);
  const { profile = around.config.profile, roleArn = around.config.roleArn, onDelete } = inputs;
  return {
    is: "known",
    settings: { configFile: declared.configFile, region, profile, roleArn, onDelete },
    request: {
      dryRun: false,
      // Outputs are unknown in a preview, as the handlers expect from the dynamic resource.
      declared: { ...declared.declared, layers: declared.layers as unknown as Request["declared"]["layers"] },
      accountId: settings.accountId,
      validateLayerExists: settings.validateLayerExists,
      selection: inputs.functions ?? {},
      pinned: { names: [], autoNamed: [] },
      pinnedBehindNames: [],
    },
  };
}

/** The default region. */
export function regionFor(
  { config }: Surroundings,
  { settings }: Pick<DeclaredConfig, "settings">,
): string | undefined {
  const environment = process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined;
  return config.region ?? settings.region ?? environment;
}

/** Checks that would fail later, so that all problems are reported at once. */
function selectionProblems(
  { functions, region }: LayerVersionsInputs,
  around: Surroundings,
  told: readonly InputProblem[],
): InputProblem[] {
  if (typeof functions !== "object" || functions === null || told.some(({ path }) => path.startsWith("functions")))
    return [];
  const { names = [], ...others } = knownPart(functions as FunctionSelection);
  const refused = [...refuseEmpty(others), ...readNames(names, region ?? around.config.region).refused];
  return refused.map((reason) => ({ path: "functions", reason }));
}

/** Problems of the inputs: wrong types, and properties that only the plugin sets. */
function inputProblems(inputs: LayerVersionsInputs): InputProblem[] {
  const isSet = ([name, value]: [string, unknown]) => isComputed(name) && value !== null && value !== undefined;
  const set = Object.entries(inputs).filter(isSet);
  const others = Object.fromEntries(Object.entries(inputs).filter(([name]) => !isComputed(name)));
  // The option has the engine send what was recorded.
  const reason = "Only the plugin sets it. Remove it from the program, and from the option `ignoreChanges`.";
  return [...set.map(([name]) => ({ path: name, reason })), ...problemsOf(others, layerVersionsInputs)];
}

/** Problems of entries beyond the types of their fields. */
function entryProblems({ layers }: LayerVersionsInputs): InputProblem[] {
  if (typeof layers !== "object" || layers === null) return [];
  return Object.entries(layers).flatMap(([key, fields]) => {
    const path = pathTo("layers", key);
    // Wrong types have already been reported.
    if (typeof fields !== "object" || problemsOf({ layers: { [key]: fields } }, layerVersionsInputs).length > 0)
      return [];
    const wrong = hasUnknownShape({ [key]: fields })
      ? undefined
      : problemWith(key, mutable({ [key]: fields })[key] ?? {});
    return wrong === undefined ? [] : [{ path, reason: `It ${wrong}` }];
  });
}

/** Whether the set of layers is unknown; single ARNs and versions may be unknown. */
function hasUnknownShape(layers: NonNullable<LayerVersionsInputs["layers"]>): boolean {
  return (layers as unknown) === unknown || Object.values(layers).some(isUnknownEntry);
}

function isUnknownEntry(fields: unknown): boolean {
  if (typeof fields !== "object" || fields === null) return fields === unknown;
  const { version: _version, arn: _arn, ...others } = fields as Record<string, unknown>;
  return hasUnknown(others);
}

function mutable(layers: NonNullable<LayerVersionsInputs["layers"]>) {
  return Object.fromEntries(
    Object.entries(layers).map(([key, { names, ...fields }]) => [
      key,
      { ...fields, ...(names && { names: [...names] }) },
    ]),
  );
}
