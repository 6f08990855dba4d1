// The AWS SDK. Its clients are loaded when the first resource needs them: a preview without changes starts without
// them.

import type { IAMClient } from "@aws-sdk/client-iam";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { STSClient } from "@aws-sdk/client-sts";
import type { Config } from "./config.mts";
import { isObject, type Properties, pick } from "./values.mts";

/** One client per kind and region, created when first needed. */
export class Aws {
  readonly #config: Config;
  readonly #clients = new Map<string, unknown>();

  constructor(config: Config) {
    this.#config = config;
  }

  /** Tags that every resource gets. */
  get defaultTags(): Record<string, string> {
    return this.#config.defaultTags?.tags ?? {};
  }

  /** Live tags as they are recorded: `tags` lacks those that the resource has only from the provider. */
  tagOutputs(live: Record<string, string>, known: Properties): Properties {
    const given = isObject(known.tags) ? known.tags : {};
    const tags = pick(live, (key, value) => key in given || value !== this.defaultTags[key]);
    return { tags, tagsAll: live };
  }

  /** The region of resources without one; undefined if it is not configured, or not known yet. */
  get knownRegion(): string | undefined {
    return this.#config.region;
  }

  /** The same, if it must be set. */
  get region(): string {
    if (this.#config.region === undefined) throw new Error('Missing region configuration: set "aws:region"');
    return this.#config.region;
  }

  /** A client for the region among these properties, or else the provider's. */
  async lambda({ region: own }: Properties = {}): Promise<LambdaClient> {
    const region = typeof own === "string" ? own : this.region;
    const { LambdaClient } = await import("@aws-sdk/client-lambda");
    return this.#client(`lambda ${region}`, async () => new LambdaClient(await this.#options("lambda", region)));
  }

  async iam(): Promise<IAMClient> {
    const { IAMClient } = await import("@aws-sdk/client-iam");
    return this.#client("iam", async () => new IAMClient(await this.#options("iam", this.region)));
  }

  async sts(): Promise<STSClient> {
    const { STSClient } = await import("@aws-sdk/client-sts");
    return this.#client("sts", async () => new STSClient(await this.#options("sts", this.region)));
  }

  #client<Client>(key: string, make: () => Promise<Client>): Promise<Client> {
    const known = this.#clients.get(key) as Promise<Client> | undefined;
    if (known) return known;
    const made = make();
    this.#clients.set(key, made);
    return made;
  }

  async #options(service: "lambda" | "iam" | "sts", region: string) {
    const endpoint = this.#config.endpoints?.map((endpoints) => endpoints[service]).find(Boolean);
    const { profile, maxRetries } = this.#config;
    return {
      region,
      // Distinguishes the provider's calls from those of other clients.
      customUserAgent: "pulumi-resource-aws",
      ...(endpoint !== undefined && { endpoint }),
      ...(profile !== undefined && { profile }),
      ...(maxRetries !== undefined && { maxAttempts: maxRetries + 1 }),
      ...(await this.#credentials(service)),
    };
  }

  async #credentials(service: "lambda" | "iam" | "sts") {
    const { accessKey, secretKey, token, assumeRoles = [] } = this.#config;
    const own =
      accessKey !== undefined && secretKey !== undefined
        ? { credentials: { accessKeyId: accessKey, secretAccessKey: secretKey, ...(token && { sessionToken: token }) } }
        : {};
    const [role, ...others] = assumeRoles;
    if (!role) return own;
    if (others.length > 0) throw new Error("the stand-in for the AWS provider assumes one role, not a chain of them");
    const { fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
    const { sts } = this.#config.endpoints?.find(({ sts }) => sts) ?? {};
    return {
      credentials: fromTemporaryCredentials({
        params: { RoleArn: role.roleArn, RoleSessionName: role.sessionName ?? service, ExternalId: role.externalId },
        clientConfig: { region: this.region, ...(sts && { endpoint: sts }) },
        ...(own.credentials && { masterCredentials: own.credentials }),
      }),
    };
  }
}
