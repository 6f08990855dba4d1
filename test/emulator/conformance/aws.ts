import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  type FunctionConfiguration,
  LambdaClient,
  ListFunctionsCommand,
  PublishLayerVersionCommand,
} from "@aws-sdk/client-lambda";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";

export const ACCOUNT = "123456789012";

/** An empty zip archive: only its end record. */
export const ZIP = Buffer.concat([Buffer.from("PK\x05\x06", "latin1"), Buffer.alloc(18)]);

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** The real SDK's clients for one server, and how most cases begin. */
export class Aws {
  readonly lambda: LambdaClient;
  readonly sts: STSClient;
  readonly iam: IAMClient;
  readonly ssm: SSMClient;
  readonly tagging: ResourceGroupsTaggingAPIClient;

  constructor(
    readonly kind: "ours" | "moto",
    private readonly endpoint: string,
    readonly region = "us-east-1",
    credentials: Credentials = { accessKeyId: "AKIAEMULATOR00000001", secretAccessKey: "secret" },
  ) {
    const configuration = { endpoint, region, credentials, maxAttempts: 1 };
    this.lambda = new LambdaClient(configuration);
    this.sts = new STSClient(configuration);
    this.iam = new IAMClient(configuration);
    this.ssm = new SSMClient(configuration);
    this.tagging = new ResourceGroupsTaggingAPIClient(configuration);
  }

  inRegion(region: string): Aws {
    return new Aws(this.kind, this.endpoint, region);
  }

  as(credentials: Credentials): Aws {
    return new Aws(this.kind, this.endpoint, this.region, credentials);
  }

  destroy(): void {
    for (const client of [this.lambda, this.sts, this.iam, this.ssm, this.tagging]) client.destroy();
  }

  /** What real AWS and the emulator must do; moto may do something else instead. */
  expected<T>(aws: T, { moto }: { moto: T }): T {
    return this.kind === "moto" ? moto : aws;
  }

  /** Publishes versions 1 to `versions` of a new layer and returns their ARNs. */
  async layer(versions = 1): Promise<string[]> {
    const name = unique("layer");
    const arns: string[] = [];
    while (arns.length < versions) {
      const command = new PublishLayerVersionCommand({ LayerName: name, Content: { ZipFile: ZIP } });
      arns.push((await this.lambda.send(command)).LayerVersionArn ?? "");
    }
    return arns;
  }

  /** Creates a function with its own role; resolves to the function's name. */
  async fn(input: Partial<CreateFunctionCommandInput> = {}): Promise<string> {
    return (await this.create(input)).FunctionName ?? "";
  }

  async create(input: Partial<CreateFunctionCommandInput> = {}): Promise<FunctionConfiguration> {
    const { Role: role } = await this.iam.send(
      new CreateRoleCommand({ RoleName: unique("role"), AssumeRolePolicyDocument: "{}" }),
    );
    const zip = { Runtime: "python3.12" as const, Handler: "index.handler", Code: { ZipFile: ZIP } };
    const package_ = input.PackageType === "Image" ? { Code: {} } : zip;
    return this.lambda.send(
      new CreateFunctionCommand({ FunctionName: unique("function"), Role: role?.Arn, ...package_, ...input }),
    );
  }

  /** All functions, on however many pages. */
  async list(): Promise<FunctionConfiguration[]> {
    const found: FunctionConfiguration[] = [];
    let marker: string | undefined;
    do {
      const page = await this.lambda.send(new ListFunctionsCommand({ Marker: marker }));
      found.push(...(page.Functions ?? []));
      marker = page.NextMarker;
    } while (marker);
    return found;
  }
}

export const unique = (prefix: string) => `${prefix}-${randomUUID().slice(0, 8)}`;

export const layersOf = (configuration: FunctionConfiguration | undefined) =>
  (configuration?.Layers ?? []).map(({ Arn }) => Arn);

/** Asserts that a call is refused with this error, and with this message if one is given. */
export async function refused(call: Promise<unknown>, name: string, status: number, message?: RegExp): Promise<void> {
  await assert.rejects(call, (error: Error & { $metadata?: { httpStatusCode?: number } }) => {
    assert.equal(error.name, name, error.message);
    assert.equal(error.$metadata?.httpStatusCode, status);
    if (message) assert.match(error.message, message);
    return true;
  });
}

/** A row of the suite. */
export interface Case {
  title: string;
  /** How moto differs from what AWS documents or does, and why we follow AWS. */
  differs?: string;
  run(aws: Aws): Promise<void>;
}
