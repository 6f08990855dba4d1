import { devNull } from "node:os";

const SERVICES = ["LAMBDA", "STS", "RESOURCE_GROUPS_TAGGING_API", "SSM", "IAM"];

/**
 * Variables that point an AWS SDK at `url` and away from anything on this machine: profiles, files, metadata service.
 * The endpoint without a service's name catches calls to services that are not emulated.
 */
export function awsEnvironment(url: string, region: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    ...Object.fromEntries(SERVICES.map((service) => [`AWS_ENDPOINT_URL_${service}`, url])),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: "AKIAEMULATOR00000001",
    AWS_SECRET_ACCESS_KEY: "emulator",
    AWS_SESSION_TOKEN: "",
    AWS_PROFILE: "",
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
