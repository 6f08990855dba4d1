import * as pulumi from "@pulumi/pulumi";
import { connectAws } from "../../sdk/aws/session";
import type { LayerSettings } from "../../sdk/core/config/parse";
import type { AwsPort } from "../../sdk/ports";
import { isLiteral, known } from "./known";
import { environmentRegion, providerOf } from "./regions";

/** A program's account and region. */
export interface AwsInputs {
  readonly region?: pulumi.Input<string | undefined> | undefined;
  readonly profile?: pulumi.Input<string>;
  readonly roleArn?: pulumi.Input<string>;
}

/**
 * The arguments, with missing values from the AWS provider that a component passes to its children, the stack's
 * configuration, the config file and the environment.
 */
export function resolveAwsInputs(args: AwsInputs, settings: LayerSettings, parent?: pulumi.Resource): AwsInputs {
  const stack = new pulumi.Config("aws");
  const provider = parent && providerOf("aws:lambda/function:Function", { parent });
  const inherited = (value: pulumi.Input<string | undefined>, otherwise: string | undefined) => {
    if (value === undefined || isLiteral(value)) return value ?? otherwise;
    return pulumi.output(value).apply((its) => its ?? otherwise) as pulumi.Output<string>;
  };
  return {
    region: inherited(args.region ?? provider?.region, stack.get("region") ?? settings.region ?? environmentRegion()),
    profile: args.profile ?? inherited(provider?.profile, stack.get("profile")),
    roleArn: args.roleArn,
  };
}

/**
 * A session in a region, with the profile and role of a program; undefined while these are unknown. The region is that
 * of the function or layer, because a function can only have layers of its own region.
 */
export async function connectIn(region: string, { profile, roleArn }: AwsInputs): Promise<AwsPort | undefined> {
  const who = await known(pulumi.output({ profile, roleArn }));
  return who.isKnown ? connectAws({ ...who.value, region }) : undefined;
}
