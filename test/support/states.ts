import fs from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** The deployed stack that generated states describe. */
const stack = { name: "dev", project: "shop", account: "123456789012", region: "us-east-1" };
const secretSignature = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const parent = urn("pulumi:pulumi:Stack", `${stack.project}-${stack.name}`);
const provider = `${urn("pulumi:providers:aws", "aws")}::9cfb03e0-34b0-4be6-9214-8a78c7a08fed`;

/** One resource in a state, as in `deployment.resources`. */
export type Resource = { urn: string; type: string } & Record<string, unknown>;

/** Makes the URN of a resource in the generated stack. */
export function urn(type: string, name: string): string {
  return `urn:pulumi:${stack.name}::${stack.project}::${type}::${name}`;
}

/** Makes the ARN of a layer version in the generated stack's account. */
export function layer(name: string, version: number): string {
  return `arn:aws:lambda:${stack.region}:${stack.account}:layer:${name}:${version}`;
}

/** Makes a state (as `pulumi stack export` writes it) with the given resources. */
export function stateOf(resources: readonly unknown[] | null, others: Record<string, unknown> = {}): object {
  return { version: 3, deployment: { ...head, resources, metadata: {}, ...others } };
}

/** Makes a function of the AWS provider that has the given layers in its inputs and outputs. */
export function awsFunction(name: string, layers: unknown, others: Partial<Resource> = {}): Resource {
  const arn = `arn:aws:lambda:${stack.region}:${stack.account}:function:${name}`;
  const code = { "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", path: `./dist/${name}.zip` };
  const common = {
    environment: { variables: { STAGE: stack.name, TABLE: `${name}-table`, NOTE: "a <b> & c" } },
    handler: "index.handler",
    layers,
    memorySize: 512,
    name,
    packageType: "Zip",
    role: `arn:aws:iam::${stack.account}:role/${name}-role`,
    runtime: "python3.12",
    tags: { service: name, layers: layer("receipt-dynamo-dev", 1) },
    timeout: 30,
  };
  return {
    ...resource(
      "aws:lambda/function:Function",
      name,
      { __defaults: ["packageType"], code, ...common },
      {
        __meta: '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":600000000000,"update":600000000000}}',
        __pulumi_raw_state_delta: rawStateDelta,
        architectures: ["arm64"],
        arn,
        code,
        ...common,
        ephemeralStorage: { size: 512 },
        id: name,
        invokeArn: `arn:aws:apigateway:${stack.region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
        lastModified: "2026-11-23T03:43:09.175686000Z",
        qualifiedArn: `${arn}:$LATEST`,
        reservedConcurrentExecutions: -1,
        sourceCodeHash: "uP3wOK0hCOpFiZxaqL6YYuDZuVFQAbMpDdmXZDCsmbw=",
        sourceCodeSize: 187,
        tracingConfig: { mode: "PassThrough" },
        version: "$LATEST",
        ...unused,
      },
    ),
    ...others,
  };
}

/** How the AWS provider's bridge maps a function's properties to Terraform's. */
const rawStateDelta = {
  obj: {
    ps: {
      architectures: { arr: {} },
      code: { asset: { archiveFormat: 3, hashField: "source_code_hash", kind: 2 } },
      environment: { plu: { i: { obj: { ps: { variables: { map: {} } } } } } },
      ephemeralStorage: { plu: { i: { obj: {} } } },
      layers: { arr: {} },
      tags: { map: {} },
      tracingConfig: { plu: { i: { obj: {} } } },
      vpcConfig: { plu: { i: {} } },
    },
    renamed: { code: "filename", name: "function_name" },
  },
};

/** Outputs of a function that the provider records although they are empty. */
const unused = {
  codeSigningConfigArn: "",
  deadLetterConfig: null,
  description: "",
  fileSystemConfig: null,
  imageConfig: null,
  imageUri: "",
  kmsKeyArn: "",
  loggingConfig: null,
  publish: false,
  replacementSecurityGroupIds: null,
  s3Bucket: null,
  s3Key: null,
  s3ObjectVersion: null,
  signingJobArn: "",
  signingProfileVersionArn: "",
  skipDestroy: false,
  snapStart: null,
  vpcConfig: null,
};

const head = {
  manifest: {
    time: "2026-11-23T03:43:19.374230281Z",
    magic: "ab35920a3077459b09dd1a3f7ddc28df4e3efc81b3240013bb6906688abc684d",
    version: "v3.259.0",
  },
  secrets_providers: {
    type: "passphrase",
    state: { salt: "v1:63LazYvGnfQ=:v1:Tuxh87IsciVZKt84:bPywsLr2Nc1HWpYPJ33Qh0==" },
  },
};

function resource(type: string, name: string, inputs: object, outputs: object): Resource {
  return {
    urn: urn(type, name),
    custom: true,
    id: name,
    type,
    inputs,
    outputs,
    propertyDependencies: Object.fromEntries(Object.keys(inputs).map((key) => [key, []])),
    created: "2026-11-23T03:43:14.241842487Z",
    modified: "2026-11-23T03:43:14.241842487Z",
  };
}

/** What one service of a stack typically consists of: twenty resources, the first of which is its function. */
function service(number: number): Resource[] {
  const name = `service-${number}`;
  const arn = (service: string) => `arn:aws:${service}:${stack.region}:${stack.account}:${name}`;
  const simple = (type: string, suffix: string, properties: object) =>
    resource(type, `${name}-${suffix}`, properties, { ...properties, arn: arn(suffix) });
  const alarm = (metricName: string) =>
    simple("aws:cloudwatch/metricAlarm:MetricAlarm", metricName, { metricName, threshold: 1, period: 300 });
  const policy = (suffix: string) =>
    simple("aws:iam/rolePolicyAttachment:RolePolicyAttachment", suffix, { policyArn: arn(suffix) });
  const queue = (suffix: string) =>
    simple("aws:sqs/queue:Queue", suffix, { visibilityTimeoutSeconds: 180, tags: { name } });
  const permission = (principal: string) =>
    simple("aws:lambda/permission:Permission", principal, { action: "lambda:InvokeFunction", principal });
  const token = { ...secretSignature, ciphertext: "v1:0PIe3tyzXOcj+SfN:st6jjNqOExNRZSPBhvpnoj2b/69/Ew==" };
  return [
    awsFunction(name, [layer("receipt-dynamo-dev", 1 + (number % 5)), layer("receipt-label-dev", 2)]),
    simple("aws:iam/role:Role", "role", { assumeRolePolicy: '{"Statement":[{"Action":"sts:AssumeRole"}]}', path: "/" }),
    simple("aws:cloudwatch/logGroup:LogGroup", "logs", { name: `/aws/lambda/${name}`, retentionInDays: 14 }),
    simple("aws:ssm/parameter:Parameter", "token", { type: "SecureString", value: token }),
    simple("aws:dynamodb/table:Table", "table", { billingMode: "PAY_PER_REQUEST", hashKey: "id", tags: { name } }),
    simple("aws:lambda/eventSourceMapping:EventSourceMapping", "source", { batchSize: 10, functionName: name }),
    simple("aws:apigatewayv2/route:Route", "route", { routeKey: `GET /${name}`, authorizationType: "AWS_IAM" }),
    ...["queue", "dead-letters"].map(queue),
    ...["logs", "table", "queue", "token"].map(policy),
    ...["apigateway.amazonaws.com", "events.amazonaws.com", "sns.amazonaws.com"].map(permission),
    ...["Errors", "Throttles", "Duration", "ConcurrentExecutions"].map(alarm),
  ];
}

/** What comes before all other resources. */
const ofStack: readonly Resource[] = [
  { urn: parent, type: "pulumi:pulumi:Stack", custom: false },
  {
    ...{ urn: urn("pulumi:providers:aws", "aws"), type: "pulumi:providers:aws", custom: true },
    id: "9cfb03e0-34b0-4be6-9214-8a78c7a08fed",
  },
];

/**
 * Writes a state of any size as `pulumi stack export` does (four spaces of indent), about 1.4 KB a resource.
 * @param resources how many resources the state has besides the stack itself and its provider
 * @param ofFunction how many of them there are per function, which has two layers; at most 20
 */
export async function writeBigState(file: string, resources: number, ofFunction = 20): Promise<void> {
  await pipeline(Readable.from(bigState(resources, ofFunction)), fs.createWriteStream(file));
}

function* bigState(resources: number, ofFunction: number): Generator<string> {
  const margin = `\n${" ".repeat(12)}`;
  // The text around the resources is taken from a small state, so that both have the same structure.
  const [start = "", end = ""] = JSON.stringify(stateOf(["here"]), null, 4).split('"here"');
  yield start;
  const texts = (resources: readonly Resource[]) =>
    resources.map((one) => JSON.stringify(one, null, 4).replaceAll("\n", margin)).join(`,${margin}`);
  yield texts(ofStack);
  for (let first = 0; first < resources; first += ofFunction) {
    const some = service(first / ofFunction).slice(0, Math.min(ofFunction, resources - first));
    yield `,${margin}${texts(some.map((one) => ({ ...one, parent, provider })))}`;
  }
  yield `${end}\n`;
}

/** A layer version ARN with another version; any other text unchanged. */
export function atVersion(text: string, version: number): string {
  return text.replace(/^(arn:[^:]+:lambda:[^:]+:[^:]+:layer:[^:]+):\d+$/, `$1:${version}`);
}
