import * as pulumi from "@pulumi/pulumi";
import { connectAws } from "../sdk/aws/session";
import type { LayerSettings } from "../sdk/core/config/parse";
import type { AwsPort } from "../sdk/ports";
import { isLiteral, known } from "./known";
import { providerOf } from "./regions";

/** Which account and region a program means. */
export interface AwsInputs {
  readonly region?: pulumi.Input<string>;
  readonly profile?: pulumi.Input<string>;
  readonly roleArn?: pulumi.Input<string>;
}

/**
 * The arguments, with what they leave open from the provider for AWS that a component hands to its children, the
 * stack's configuration, the config file and the environment.
 */
export function resolveAwsInputs(args: AwsInputs, settings: LayerSettings, parent?: pulumi.Resource): AwsInputs {
  const stack = new pulumi.Config("aws");
  const environment = process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined;
  const provider = parent && providerOf("aws:lambda/function:Function", { parent });
  const inherited = (value: pulumi.Input<string | undefined>, otherwise: string | undefined) => {
    if (value === undefined || isLiteral(value)) return value ?? otherwise;
    return pulumi.output(value).apply((its) => its ?? otherwise) as pulumi.Output<string>;
  };
  return {
    region: args.region ?? inherited(provider?.region, stack.get("region") ?? settings.region ?? environment),
    profile: args.profile ?? inherited(provider?.profile, stack.get("profile")),
    roleArn: args.roleArn,
  };
}

/**
 * A session in a region, with the profile and role of a program; undefined while these are not known. The region is that
 * of what is asked about: a function can only have layers of the region that it is in.
 */
export async function connectIn(region: string, { profile, roleArn }: AwsInputs): Promise<AwsPort | undefined> {
  const who = await known(pulumi.output({ profile, roleArn }));
  return who.isKnown ? connectAws({ ...who.value, region }) : undefined;
}
