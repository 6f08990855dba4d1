import * as pulumi from "@pulumi/pulumi";
import { ifKnown, isSecret } from "./known";

/** Whose account an AWS provider works in; each value may be missing. */
export interface Credentials {
  readonly profile?: pulumi.Input<string | undefined> | undefined;
  /** The role that it assumes. */
  readonly roleArn?: pulumi.Input<string | undefined> | undefined;
  /** Settings that decide on the account, or on the AWS that is called, and have no equal here. */
  readonly unusable?: pulumi.Input<readonly string[]> | undefined;
}

type Values = Readonly<Record<string, unknown>>;

/** How the environment says the same as a setting, in which case nothing differs. */
const inEnvironment: Readonly<Record<string, (value: unknown, env: NodeJS.ProcessEnv) => boolean>> = {
  accessKey: (value, env) => value === env.AWS_ACCESS_KEY_ID,
  assumeRoleWithWebIdentity: (value, env) => objectsIn(value).every(({ roleArn }) => roleArn === env.AWS_ROLE_ARN),
  endpoints: (_value, env) => (env.AWS_ENDPOINT_URL_LAMBDA || env.AWS_ENDPOINT_URL || "") !== "",
  sharedConfigFiles: (value, env) => String(value) === env.AWS_CONFIG_FILE,
  sharedCredentialsFiles: (value, env) => String(value) === env.AWS_SHARED_CREDENTIALS_FILE,
};

// What else a role may be assumed with, such as an external ID, may be what its owner asks for.
const partsOfRole = ["roleArn", "sessionName", "duration", "policy", "policyArns"];
const rolesOf = ["assumeRoles", "assumeRole"] as const;
const settings = [...Object.keys(inEnvironment), ...rolesOf];

/** The credentials in the arguments of a provider resource. */
export function providerCredentials(props: pulumi.Inputs): Credentials {
  const given = Object.fromEntries(settings.flatMap((name) => (props[name] == null ? [] : [[name, props[name]]])));
  // The constructor makes outputs of lists and objects, missing ones included.
  if (Object.keys(given).length === 0) return { profile: props.profile };
  const values = pulumi.output(given);
  return {
    profile: props.profile,
    roleArn: values.apply((all) => roleIn(all).roleArn),
    // Names of settings are no secret, even if what they are set to is.
    unusable: pulumi.unsecret(values).apply((all) => unusableIn(all)),
  };
}

/**
 * The same of a provider that was constructed before anyone looked, by its outputs. A preview does not know those that
 * are missing, so that what it does not know counts as missing.
 */
export function constructedCredentials(provider: pulumi.Resource): Credentials {
  const outputs = provider as unknown as Readonly<Record<string, pulumi.Output<unknown> | undefined>>;
  const given = async (output: pulumi.Output<unknown>) => {
    const value = await ifKnown(output);
    return (await isSecret(output)) ? pulumi.secret(value) : value;
  };
  return providerCredentials(
    Object.fromEntries(
      ["profile", ...settings].flatMap((name) => {
        const output = outputs[name];
        return output === undefined ? [] : [[name, pulumi.output(given(output))]];
      }),
    ),
  );
}

/** The credentials that the stack's configuration gives the default provider. */
export function stackCredentials(): Credentials {
  const stack = new pulumi.Config("aws");
  const values: Values = Object.fromEntries(rolesOf.map((name) => [name, stack.get(name)]));
  const { roleArn } = roleIn(values);
  const profile = stack.get("profile");
  const others = Object.keys(inEnvironment).flatMap((name) => {
    const value = stack.getSecret(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  if (others.length === 0) return { profile, roleArn, unusable: unusableIn(values) };
  const unusable = pulumi
    .unsecret(pulumi.output(Object.fromEntries(others)))
    .apply((all: Values) => unusableIn({ ...values, ...all }));
  return { profile, roleArn, unusable };
}

/** The settings among these that have no equal here. */
export function unusableIn(values: Values, env: NodeJS.ProcessEnv = process.env): string[] {
  const others = Object.entries(inEnvironment).flatMap(([name, isSame]) => {
    const value = parsed(values[name]);
    return objectsIn(value).length === 0 || isSame(value, env) ? [] : [name];
  });
  return [...others, ...roleIn(values).unusable];
}

function roleIn(values: Values): { readonly roleArn?: string; readonly unusable: readonly string[] } {
  const name = rolesOf.find((one) => objectsIn(values[one]).length > 0);
  if (name === undefined) return { unusable: [] };
  const [role, ...others] = objectsIn(values[name]);
  const isAlone = others.length === 0 && Object.keys(role ?? {}).every((part) => partsOfRole.includes(part));
  return isAlone && typeof role?.roleArn === "string" ? { roleArn: role.roleArn, unusable: [] } : { unusable: [name] };
}

/** The parts of a setting, which is a text, a list or an object, or one of these as JSON; none if it is not set. */
function objectsIn(setting: unknown): Values[] {
  const value = parsed(setting);
  if (value == null || value === "") return [];
  return [value].flat().map((one) => (typeof one === "object" ? (one as Values) : { value: one }));
}

function parsed(setting: unknown): unknown {
  if (typeof setting !== "string" || !/^\s*[[{]/.test(setting)) return setting;
  try {
    return JSON.parse(setting);
  } catch {
    return setting;
  }
}
