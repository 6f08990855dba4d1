import * as pulumi from "@pulumi/pulumi";
import { connectAws } from "../../sdk/aws/session";
import { layerVersionArn, partitionOf } from "../../sdk/core/arn";
import { declaredAt } from "../../sdk/core/config/declared";
import type { LayerSettings } from "../../sdk/core/config/settings";
import { LayersError } from "../../sdk/core/errors";
import { isTarget, targetArnOf, targetForMost, variesWithFunctions } from "../../sdk/core/target";
import { versionNumber } from "../resource/pending";
import type { ProgramLayer } from "./declarations";
import { runError } from "./failure";
import { isLiteral } from "./known";
import { firstName, nameInAws, noSuchEntry } from "./layer-name";
import type { OwnLayers } from "./own-layers";
import type { ProgramConfig } from "./program";

/**
 * The entry of a name.
 * @throws pulumi.RunError there is none
 */
export function findLayer({ declared, declaration }: ProgramConfig, key: string): ProgramLayer {
  const { layers } = declaration;
  const found = layers.find((layer) => layer.key === key);
  if (found) return found;
  throw runError(noSuchEntry(declared, key, layers));
}

/** The function's properties that an ARN depends on; omitted ones are unknown. */
export interface ArnFor {
  readonly region: pulumi.Input<string | undefined>;
  readonly runtime?: pulumi.Input<string> | undefined;
  readonly architecture?: pulumi.Input<string> | undefined;
}

/**
 * The full layer version ARN of an entry.
 * @param wanted.region if it is, or resolves to, undefined: the region of the program's resource
 * @throws pulumi.RunError Lambda cannot have a layer of this name; the entry depends on an omitted property
 */
export function arnIn(
  program: ProgramConfig,
  layer: ProgramLayer,
  wanted: ArnFor,
  own: OwnLayers,
): pulumi.Output<string> {
  const { settings, declaration } = program;
  const { aws } = declaration;
  const where: pulumi.Output<Where> = pulumi
    .all([wanted.region, aws.region, aws.profile, aws.roleArn, aws.unusable ?? []])
    .apply(([its, home, profile, roleArn, unusable]) => ({ region: its ?? home, profile, roleArn, unusable }));
  if (needsFunction(layer)) return arnOfFunction(program, layer, wanted, where);
  const { arn, version } = layer;
  if (arn !== undefined) return pulumi.interpolate`${arn}:${version}`;
  const name = nameOf(layer, declaration.stack, own);
  return pulumi.all([where, name, version]).apply(async ([target, itsName, number]) => {
    const place = await placeIn(settings, target);
    return layerVersionArn({ ...place, name: itsName, version: Number(number) });
  });
}

interface Where {
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly roleArn: string | undefined;
  readonly unusable: readonly string[];
}

/** The partition, region and account of the layers that the program's credentials own. */
async function placeIn({ accountId }: LayerSettings, { unusable, ...target }: Where) {
  if (accountId && target.region)
    return { partition: partitionOf(target.region), region: target.region, account: accountId };
  if (unusable.length > 0)
    throw runError(
      `The account of \`arn()\` is unknown, because only the AWS provider has the credentials (${unusable.join(", ")}). Set \`settings.aws_account_id\` in the config file.`,
    );
  const session = await connectAws(target);
  try {
    const { partition, account } = await session.callerIdentity();
    return { partition, region: session.region, account: accountId ?? account };
  } finally {
    session.close();
  }
}

/** Whether an entry differs for some functions. */
function needsFunction({ arn, ...entry }: ProgramLayer): boolean {
  return variesWithFunctions({ ...entry, arn: typeof arn === "string" ? arn : undefined, replaces: [] });
}

/** The layer version ARN of an entry that differs by region, runtime or architecture. */
function arnOfFunction(
  { settings, declaration }: ProgramConfig,
  layer: ProgramLayer,
  { runtime, architecture }: ArnFor,
  where: pulumi.Output<Where>,
): pulumi.Output<string> {
  const { version, arn, ...entry } = layer;
  return pulumi.all([where, version, arn, runtime, architecture]).apply(async ([target, number, itsArn, ...runsOn]) => {
    const place = await placeIn(settings, target);
    const facts = { ...place, runtime: runsOn[0], architectures: runsOn[1] ? [runsOn[1]] : undefined };
    const known = { ...entry, arn: itsArn, version: versionNumber(number) };
    // As for a layer that is replaced by the declared one.
    const example = { ...place, name: `${layer.key}-${declaration.stack}`, version: 1 };
    const match = { declared: known, rule: "name and stack", stack: declaration.stack, isReplaced: true } as const;
    const found = targetForMost(match, example, facts);
    if (isTarget(found)) return targetArnOf(example, found);
    const key = found.unknown;
    const option = key === "runtime" ? 'runtime: "python3.12"' : 'architecture: "arm64"';
    const advice =
      key === "runtime" || key === "architecture"
        ? ` Say which one: arn("${layer.key}", { ${option} }).`
        : " Give the function one of the layers instead: the pin replaces it with the right one.";
    throw runError(`arn("${layer.key}") is unknown (${declaredAt(layer)}): ${found.why}.${advice}`);
  });
}

/** The layer's name in AWS: the first exact one, else that of the layer that gives the version, else the stack's. */
function nameOf(layer: ProgramLayer, stack: string, own: OwnLayers): pulumi.Input<string> {
  const { names, version } = layer;
  if (names === undefined && !isLiteral(version)) {
    const published = own.sourceOf(version).then((layer) => pulumi.output(layer?.name));
    return pulumi.output(published).apply((its) => its ?? firstName(layer, stack));
  }
  try {
    return nameInAws(layer, stack);
  } catch (error) {
    throw error instanceof LayersError ? runError(error.lines) : error;
  }
}
