import * as pulumi from "@pulumi/pulumi";
import { connectAws } from "../sdk/aws/session";
import { layerVersionArn, partitionOf } from "../sdk/core/arn";
import { didYouMean } from "../sdk/core/nearest";
import type { ProgramLayer } from "./declarations";
import { runError } from "./failure";
import { isLiteral } from "./known";
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
  const hint = didYouMean(
    key,
    layers.map((layer) => layer.key),
  );
  throw runError(`${declared.file} declares no layer "${key}" for stack ${declared.stack}.${hint ? ` ${hint}` : ""}`);
}

/**
 * The full layer version ARN of an entry.
 * @param region undefined, or undefined in the end: the region of the program's resource
 * @throws pulumi.RunError Lambda cannot have a layer of this name
 */
export function arnIn(
  { settings, declaration }: ProgramConfig,
  layer: ProgramLayer,
  region: pulumi.Input<string | undefined>,
  own: OwnLayers,
): pulumi.Output<string> {
  const { arn, version } = layer;
  if (arn !== undefined) return pulumi.interpolate`${arn}:${version}`;
  const name = nameOf(layer, declaration.stack, own);
  const { aws } = declaration;
  const where = pulumi.output({ ...aws, region: pulumi.output(region).apply((its) => its ?? aws.region) });
  return pulumi.all([where, name, version]).apply(async ([target, itsName, number]) => {
    const { accountId } = settings;
    const at = { name: itsName, version: Number(number) };
    if (accountId && target.region) {
      return layerVersionArn({
        partition: partitionOf(target.region),
        region: target.region,
        account: accountId,
        ...at,
      });
    }
    const session = await connectAws(target);
    try {
      const { partition, account } = await session.callerIdentity();
      return layerVersionArn({ partition, region: session.region, account: accountId ?? account, ...at });
    } finally {
      session.close();
    }
  });
}

/** The layer's name in AWS: the first exact one, else that of the layer that the program publishes, else the stack's. */
function nameOf({ key, names, source, version }: ProgramLayer, stack: string, own: OwnLayers): pulumi.Input<string> {
  const name = names?.find((candidate) => !candidate.includes("*")) ?? `${key}-${stack}`;
  if (names === undefined && !isLiteral(version)) {
    const published = own.publisherOf(version).then((layer) => pulumi.output(layer?.name));
    return pulumi.output(published).apply((its) => its ?? name);
  }
  if (/^[A-Za-z0-9_-]{1,140}$/.test(name)) return name;
  throw runError(
    `No layer can have the name ${name}, which arn("${key}") comes to in stack ${stack}: Lambda allows letters, digits, - and _, at most 140. Give the entry in ${source.file} the layer's own name, such as \`names: [${name.replace(/[^A-Za-z0-9_-]/g, "-").slice(0, 140)}]\`, or its \`arn\`.`,
  );
}
