import * as pulumi from "@pulumi/pulumi";
import { type Credentials, constructedCredentials, providerCredentials } from "./credentials";
import { resourcesIn } from "./dependencies";

/** A provider's configuration of account and region. */
export interface AwsProvider {
  readonly region?: pulumi.Input<string | undefined>;
  /** Undefined if it is not of the program. */
  readonly credentials?: Credentials;
}

const providerTypes = ["pulumi:providers:aws", "pulumi:providers:aws-native"];

const configurations = new WeakMap<pulumi.Resource, AwsProvider>();

/** Notes a provider that was constructed before anyone watched. */
export function noteConstructedProvider(resource: pulumi.Resource, type: string): void {
  if (!providerTypes.includes(type)) return;
  const { region } = resource as AwsProvider;
  configurations.set(resource, { region, credentials: constructedCredentials(resource) });
}

/** Notes what a provider is configured with. Its outputs do not help: missing values stay unknown in previews. */
export function noteProvider({ type, props, resource }: pulumi.ResourceTransformationArgs): void {
  if (!providerTypes.includes(type)) return;
  configurations.set(resource, { region: props.region, credentials: providerCredentials(props) });
}

/**
 * A region as it is configured, if it is the output of a provider: a preview does not know that output of one without a
 * region.
 */
export function configuredRegion(
  region: pulumi.Input<string | undefined> | undefined,
): pulumi.Input<string | undefined> {
  for (const resource of pulumi.Output.isInstance(region) ? resourcesIn(region) : []) {
    const configuration = configurations.get(resource);
    if (configuration && (resource as AwsProvider).region === region) return configuration.region;
  }
  return region;
}

/** The provider that a resource of a type gets from its options or its parent; undefined for the default one. */
export function providerOf(type: string, opts: pulumi.ResourceOptions): AwsProvider | undefined {
  const { provider, parent } = opts as pulumi.CustomResourceOptions;
  const found = provider ?? parent?.getProvider(type);
  if (found === undefined) return undefined;
  return configurations.get(found) ?? { region: (found as AwsProvider).region };
}

/** The region that the program names for a resource: its own argument's, else its provider's. */
export function regionOf(
  type: string,
  props: pulumi.Inputs,
  opts: pulumi.ResourceOptions,
): pulumi.Input<string | undefined> {
  return (props.region as pulumi.Input<string> | undefined) ?? providerOf(type, opts)?.region;
}

/** The region that a resource is in: the one that the program names, else the default provider's, as far as that tells. */
export function ownRegionOf(
  type: string,
  props: pulumi.Inputs,
  opts: pulumi.ResourceOptions,
): pulumi.Input<string | undefined> {
  if (props.region !== undefined || providerOf(type, opts) !== undefined) return regionOf(type, props, opts);
  return new pulumi.Config(type.split(":")[0]).get("region") ?? environmentRegion();
}

/** The region that the environment names. */
export function environmentRegion(): string | undefined {
  return process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined;
}
