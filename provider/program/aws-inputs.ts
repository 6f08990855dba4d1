import * as pulumi from "@pulumi/pulumi";
import { connectAws } from "../../sdk/aws/session";
import type { LayerSettings } from "../../sdk/core/config/parse";
import { LayersError } from "../../sdk/core/errors";
import type { AwsPort } from "../../sdk/ports";
import { stackCredentials } from "./credentials";
import { runError } from "./failure";
import { isLiteral, known } from "./known";
import { environmentRegion, providerOf } from "./regions";

/** A program's account and region. */
export interface AwsInputs {
  readonly region?: pulumi.Input<string | undefined> | undefined;
  readonly profile?: pulumi.Input<string | undefined> | undefined;
  readonly roleArn?: pulumi.Input<string | undefined> | undefined;
  /** Settings of the AWS provider that these cannot express, so that they may be of another account. */
  readonly unusable?: pulumi.Input<readonly string[]> | undefined;
}

/**
 * The arguments, with missing values from the AWS provider that a component passes to its children, the stack's
 * configuration, the config file and the environment.
 */
export function resolveAwsInputs(args: AwsInputs, settings: LayerSettings, parent?: pulumi.Resource): AwsInputs {
  const stack = new pulumi.Config("aws");
  const isExplicit = args.profile !== undefined || args.roleArn !== undefined;
  const provider = parent && providerOf("aws:lambda/function:Function", { parent });
  const inherited = (value: pulumi.Input<string | undefined>, otherwise: string | undefined) => {
    if (value === undefined || isLiteral(value)) return value ?? otherwise;
    return pulumi.output(value).apply((its) => its ?? otherwise) as pulumi.Output<string>;
  };
  const { profile, roleArn, unusable } = provider?.credentials ?? stackCredentials();
  return {
    region: inherited(args.region ?? provider?.region, stack.get("region") ?? settings.region ?? environmentRegion()),
    profile: args.profile ?? profile,
    ...(isExplicit ? { roleArn: args.roleArn } : { roleArn, unusable }),
  };
}

/**
 * What a resource that reconciles functions calls AWS with.
 * @param by the resource, for messages
 * @throws pulumi.RunError, at once or by the role: the AWS provider has credentials that the resource cannot use
 */
export function requireCredentials(
  by: string,
  { unusable = [], ...aws }: AwsInputs,
  parent: pulumi.Resource | undefined,
): Omit<AwsInputs, "unusable"> {
  const refuse = (settings: readonly string[]) => {
    if (settings.length === 0) return;
    const whose = parent === undefined ? "the stack's AWS configuration" : "its parent's AWS provider";
    throw runError(
      `${by} cannot use the credentials of ${whose} (${settings.join(", ")}), so it might update functions of another account. Give it a \`profile\` or \`roleArn\`, or set the credentials in the environment of \`pulumi\` instead.`,
    );
  };
  if (isLiteral(unusable)) {
    refuse(unusable as readonly string[]);
    return aws;
  }
  const roleArn = pulumi.all([unusable, aws.roleArn]).apply(([settings, role]) => {
    refuse(settings);
    return role;
  });
  return { ...aws, roleArn };
}

/**
 * A session in a region, with the profile and role of a program; undefined while these are unknown. The region is that
 * of the function or layer, because a function can only have layers of its own region.
 */
export async function connectIn(region: string, aws: AwsInputs): Promise<AwsPort | undefined> {
  const who = await knownAs(aws);
  if (who === undefined) return undefined;
  const { unusable, ...target } = who;
  if (unusable.length === 0) return connectAws({ ...target, region });
  throw new LayersError("usage", `only the AWS provider has the credentials (${unusable.join(", ")}).`);
}

/** A text that is the same for the same profile and role. */
export async function identify(aws: AwsInputs): Promise<string> {
  return JSON.stringify(await knownAs(aws)) ?? "";
}

async function knownAs({ profile, roleArn, unusable = [] }: AwsInputs) {
  const who = await known(pulumi.output({ profile, roleArn, unusable }));
  return who.isKnown ? who.value : undefined;
}
