import type * as pulumi from "@pulumi/pulumi";
import { isLayerArn, parseLayerVersionArn } from "../../sdk/core/arn";
import type { DeclaredLayer, DeclaredLayers } from "../../sdk/core/config/declared";
import { placeholderProblem } from "../../sdk/core/config/placeholder-problems";
import { LayersError } from "../../sdk/core/errors";
import { didYouMean } from "../../sdk/core/nearest";
import { quotedIfOdd } from "../../sdk/core/text";
import { isLiteral } from "../resource/literal";
import { versionNumber } from "../resource/pending";
import type { ProgramLayer } from "./declarations";

/** One layer declared by a program, or its changes to an entry of the config file. */
export interface LayerArgs {
  /** The version, as a number or its text: `version: own.version` of an `aws.lambda.LayerVersion` is always the newest. */
  version?: pulumi.Input<number | string>;
  /**
   * Exactly this layer: an ARN without a version, such as `layerArn` of an `aws.lambda.LayerVersion`, or one with
   * placeholders as in the config file.
   */
  arn?: pulumi.Input<string>;
  /** The layers' names, instead of the entry's own: exact, or with `*` as a wildcard; `{stack}` is filled in. */
  names?: string[];
  /** `exact` (default): this version and no other. `minimum`: newer versions are fine too. */
  enforce?: "exact" | "minimum";
}

const knownKeys = ["version", "arn", "names", "enforce"];

/**
 * The entries of the config file, overridden field by field by the program, and the program's own.
 * @param by the declaring resource, for messages
 * @throws LayersError `usage`: invalid value
 */
export function withLayersArgument(
  { layers, stack }: DeclaredLayers,
  args: Readonly<Record<string, LayerArgs>>,
  by: string,
): ProgramLayer[] {
  const added = Object.entries(args).map(([key, given]) => {
    const fields = withoutNulls(given);
    const source = { file: `the argument layers.${key} of ${by}`, line: 0, column: 0 };
    const wrong = problemWith(key, fields);
    if (wrong) throw new LayersError("usage", `${source.file} ${wrong}`);
    const entry = layers.find((layer) => layer.key === key);
    const version = fields.version ?? entry?.version;
    if (version === undefined && entry?.variants === undefined)
      throw new LayersError(
        "usage",
        `${source.file} has no version, and the config file has no entry ${key} to take one from.`,
      );
    const fill = (text: string) => text.replaceAll("{stack}", () => stack);
    return {
      ...(entry ?? blank(key)),
      version,
      // Either of the two fields replaces both: an entry has an ARN or names.
      ...((fields.arn !== undefined || fields.names !== undefined) && {
        arn: isLiteral(fields.arn) && fields.arn !== undefined ? fill(fields.arn) : fields.arn,
        names: fields.names?.map(fill),
      }),
      ...(fields.enforce && { enforce: fields.enforce }),
      source: fields.version === undefined && entry ? entry.source : source,
      overridden: false,
    };
  });
  return [...layers.filter(({ key }) => !Object.hasOwn(args, key)), ...added];
}

/** The entries with literal values, which can be determined immediately. */
export function literalLayers(layers: readonly ProgramLayer[]): DeclaredLayer[] {
  return layers.flatMap((layer) => {
    const { arn, version } = layer;
    const number = version !== undefined && isLiteral(version) ? versionNumber(version) : undefined;
    const isThere = number !== undefined || version === undefined;
    return isThere && (arn === undefined || isLiteral(arn)) ? [{ ...layer, arn, version: number }] : [];
  });
}

/** What is wrong with an entry of the argument, as the rest of a sentence about it; undefined if valid. */
export function problemWith(key: string, given: LayerArgs): string | undefined {
  const fields = withoutNulls(given);
  for (const field of Object.keys(fields)) {
    if (!knownKeys.includes(field))
      return `has the unknown key "${field}". ${didYouMean(field, knownKeys) ?? `Known keys are: ${knownKeys.join(", ")}.`}`;
  }
  const { version, arn, names, enforce } = fields;
  if (version !== undefined && isLiteral(version) && versionNumber(version) === undefined)
    return `has the version ${quotedIfOdd(String(version))}, which must be a whole number of 1 or more.`;
  if (arn !== undefined && isLiteral(arn)) {
    const hint = parseLayerVersionArn(arn)
      ? " This one has a version: use `layerArn` of an aws.lambda.LayerVersion instead."
      : "";
    const wrong = placeholderProblem("arn", arn);
    if (wrong) return `has the arn ${quotedIfOdd(arn)}: ${wrong.message}. ${wrong.next}.`;
    if (!isLayerArn(arn.replaceAll("{account}", "123456789012").replaceAll(/\{[^{}]*\}/g, "x")))
      return `has the arn ${quotedIfOdd(arn)}, which must be a layer ARN without a version.${hint}`;
  }
  if (names !== undefined && (!Array.isArray(names) || names.length === 0))
    return "has an empty `names`, which must name at least one layer.";
  const wrongName = names?.map((name) => placeholderProblem("names", name)).find((one) => one !== undefined);
  if (wrongName) return `has \`names\`: ${wrongName.message}. ${wrongName.next}.`;
  if (enforce !== undefined && enforce !== "exact" && enforce !== "minimum")
    return `has enforce ${quotedIfOdd(String(enforce))}, which must be exact or minimum.`;
  if (arn === undefined && names === undefined && !/^[A-Za-z0-9_-]{1,140}$/.test(key))
    return "is not a valid layer name, which has up to 140 letters, digits, - and _. Give it `names` or an `arn`.";
  return undefined;
}

/** Programs in JavaScript, and other languages, give null for what they leave out. As in the file, not for a version. */
function withoutNulls(fields: LayerArgs): LayerArgs {
  return Object.fromEntries(Object.entries(fields).filter(([key, value]) => value !== null || key === "version"));
}

function blank(key: string): Omit<DeclaredLayer, "version" | "source" | "overridden"> {
  return {
    key,
    enforce: "exact",
    arn: undefined,
    names: undefined,
    description: undefined,
    compatibleRuntimes: undefined,
    compatibleArchitectures: undefined,
    latest: undefined,
  };
}
