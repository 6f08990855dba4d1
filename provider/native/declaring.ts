import { LayersError } from "../../sdk/core/errors";
import type { FunctionSelection } from "../../sdk/core/live";
import { type DeclaredConfig, loadDeclared } from "../declared-config";
import { problemWith } from "../layers-argument";
import { readNames, refuseEmpty } from "../names";
import type { Request } from "../record";
import { cleanLines } from "../say";
import { hasUnknown, knownPart, unknown } from "../selection";
import { layerVersionsInputs } from "./interface";
import { type InputProblem, pathTo, problemsOf } from "./problems";
import type { LayerVersionsInputs, ProviderConfig } from "./types";

/** What a provider gives those that do not say it themselves. */
export interface Surroundings {
  readonly stack: string;
  readonly config: ProviderConfig;
}

/** What a resource's inputs come to, or what is wrong with them. */
export type Declaring =
  | { readonly is: "wrong"; readonly problems: readonly InputProblem[] }
  /** Too little is known yet, in a preview. */
  | { readonly is: "unknown" }
  | { readonly is: "known"; readonly settings: DeclaredSettings; readonly request: Request };

/** What is recorded of a resource's inputs in the shape that the handlers have. */
export interface DeclaredSettings {
  readonly configFile: string;
  readonly region?: string;
  readonly profile?: string;
  readonly roleArn?: string;
  readonly onDelete?: "keep" | "restore";
}

/** Reads what a resource declares, of its inputs and of the config file. */
export function readDeclaring(name: string, inputs: LayerVersionsInputs, around: Surroundings): Declaring {
  const problems = [...problemsOf(inputs, layerVersionsInputs), ...entryProblems(inputs)];
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
    const path = error.code === "config-invalid" ? "configFile" : "layers";
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
      // Values of outputs are unknown in a preview, as the handlers have it of the dynamic resource.
      declared: { ...declared.declared, layers: declared.layers as unknown as Request["declared"]["layers"] },
      accountId: settings.accountId,
      validateLayerExists: settings.validateLayerExists,
      selection: inputs.functions ?? {},
      pinned: { names: [], autoNamed: [] },
      pinnedBehindNames: [],
    },
  };
}

/** The region of what names none. */
export function regionFor(
  { config }: Surroundings,
  { settings }: Pick<DeclaredConfig, "settings">,
): string | undefined {
  const environment = process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined;
  return config.region ?? settings.region ?? environment;
}

/** What the check of a selection would refuse next: all that is wrong is told at once. */
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

/** What is wrong with entries beyond the types of their fields. */
function entryProblems({ layers }: LayerVersionsInputs): InputProblem[] {
  if (typeof layers !== "object" || layers === null) return [];
  return Object.entries(layers).flatMap(([key, fields]) => {
    const path = pathTo("layers", key);
    // What has the wrong type has been reported already.
    if (typeof fields !== "object" || problemsOf({ layers: { [key]: fields } }, layerVersionsInputs).length > 0)
      return [];
    const wrong = hasUnknownShape({ [key]: fields })
      ? undefined
      : problemWith(key, mutable({ [key]: fields })[key] ?? {});
    return wrong === undefined ? [] : [{ path, reason: `It ${wrong}` }];
  });
}

/** Whether it is not known which layers are meant, or how; an ARN or a version alone may come later. */
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
