/** The parts of a layer version ARN. Partition, region and account are kept as written and never interpreted. */
export interface LayerVersionArn {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** The layer's name, without its version. */
  readonly name: string;
  readonly version: number;
}

// Characters and lengths of the parts: the pattern of LayerVersionArn in Lambda's API reference. Any partition is
// accepted, including future ones.
const layerPattern = /^arn:([a-zA-Z0-9-]+):lambda:([a-zA-Z0-9-]+):(\d{12}):layer:([a-zA-Z0-9_-]{1,140})(?::(\d+))?$/;

/** A cache: thousands of functions share few layers, and each ARN is parsed several times. */
const parsed = new Map<string, LayerVersionArn | undefined>();
const mostParsed = 1000;

/** Parses `arn:PARTITION:lambda:REGION:ACCOUNT:layer:NAME:VERSION`; undefined for anything else. */
export function parseLayerVersionArn(text: string): LayerVersionArn | undefined {
  const known = parsed.get(text);
  if (known) return known;
  if (parsed.size === mostParsed) parsed.clear();
  const arn = parse(text);
  parsed.set(text, arn);
  return arn;
}

function parse(text: string): LayerVersionArn | undefined {
  const match = layerPattern.exec(text);
  if (!match?.[5]) return undefined;
  const version = Number(match[5]);
  // Version 0 does not exist, and a number that JavaScript cannot hold exactly could not be compared.
  if (version < 1 || !Number.isSafeInteger(version)) return undefined;
  const [, partition = "", region = "", account = "", name = ""] = match;
  return { partition, region, account, name, version };
}

/** Whether the text is a layer ARN without a version: `arn:PARTITION:lambda:REGION:ACCOUNT:layer:NAME`. */
export function isLayerArn(text: string): boolean {
  const match = layerPattern.exec(text);
  return match !== null && match[5] === undefined;
}

// The other half of Lambda's pattern for a function's layers. AWS maintains these layers, which have no version.
const builtInPattern = /^arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9_-]+$/;

/** Whether the text is a layer that Lambda itself provides, which nobody declares: `arn:PARTITION:lambda:::awslayer:NAME`. */
export function isBuiltInLayer(text: string): boolean {
  return builtInPattern.test(text);
}

/** A cache, for the same reason. */
const layerArns = new WeakMap<Omit<LayerVersionArn, "version">, string>();

/** The layer's ARN, without the version. */
export function layerArn(arn: Omit<LayerVersionArn, "version">): string {
  const known = layerArns.get(arn);
  if (known !== undefined) return known;
  const text = `arn:${arn.partition}:lambda:${arn.region}:${arn.account}:layer:${arn.name}`;
  layerArns.set(arn, text);
  return text;
}

/** The full ARN of one version of a layer. */
export function layerVersionArn(arn: LayerVersionArn): string {
  return `${layerArn(arn)}:${arn.version}`;
}

/** The region in an ARN of any kind; undefined if it has none. */
export function regionOfArn(arn: string): string | undefined {
  let from = 0;
  for (let part = 0; part < 3; part++) {
    from = arn.indexOf(":", from) + 1;
    if (from === 0) return undefined;
  }
  const end = arn.indexOf(":", from);
  return arn.slice(from, end < 0 ? undefined : end) || undefined;
}

/** The account in an ARN of any kind; undefined if it has none. */
export function accountOfArn(arn: string): string | undefined {
  return /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1];
}

/** The partition that a region belongs to, by the prefixes that AWS documents; `aws` if none fits. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  if (region.startsWith("us-isob-")) return "aws-iso-b";
  if (region.startsWith("us-isof-")) return "aws-iso-f";
  if (region.startsWith("us-iso-")) return "aws-iso";
  if (region.startsWith("eu-isoe-")) return "aws-iso-e";
  if (region.startsWith("eusc-")) return "aws-eusc";
  return "aws";
}
