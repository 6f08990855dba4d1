import { functionArn, type Home, layerArn, parseFunctionReference, parseLayerReference } from "../arns";

const FUNCTIONS = "/2015-03-31/functions";
const LAYERS = "/2018-10-31/layers";
const TAGS = "/2017-03-31/tags";

type Route = [method: string, path: string, operation: string, status: number];

/** Method and path of each operation, as in the service's model; braces contain the input member. */
const ROUTES: Route[] = [
  ["GET", FUNCTIONS, "ListFunctions", 200],
  ["POST", FUNCTIONS, "CreateFunction", 201],
  ["GET", `${FUNCTIONS}/{FunctionName}`, "GetFunction", 200],
  ["DELETE", `${FUNCTIONS}/{FunctionName}`, "DeleteFunction", 204],
  ["GET", `${FUNCTIONS}/{FunctionName}/configuration`, "GetFunctionConfiguration", 200],
  ["PUT", `${FUNCTIONS}/{FunctionName}/configuration`, "UpdateFunctionConfiguration", 200],
  ["PUT", `${FUNCTIONS}/{FunctionName}/code`, "UpdateFunctionCode", 200],
  ["GET", "/2019-09-30/functions/{FunctionName}/concurrency", "GetFunctionConcurrency", 200],
  ["PUT", "/2017-10-31/functions/{FunctionName}/concurrency", "PutFunctionConcurrency", 200],
  ["DELETE", "/2017-10-31/functions/{FunctionName}/concurrency", "DeleteFunctionConcurrency", 204],
  ["GET", `${FUNCTIONS}/{FunctionName}/versions`, "ListVersionsByFunction", 200],
  ["POST", `${FUNCTIONS}/{FunctionName}/versions`, "PublishVersion", 201],
  ["GET", `${FUNCTIONS}/{FunctionName}/aliases`, "ListAliases", 200],
  ["POST", `${FUNCTIONS}/{FunctionName}/aliases`, "CreateAlias", 201],
  ["GET", `${FUNCTIONS}/{FunctionName}/aliases/{Name}`, "GetAlias", 200],
  ["PUT", `${FUNCTIONS}/{FunctionName}/aliases/{Name}`, "UpdateAlias", 200],
  ["DELETE", `${FUNCTIONS}/{FunctionName}/aliases/{Name}`, "DeleteAlias", 204],
  ["GET", LAYERS, "GetLayerVersionByArn", 200],
  ["GET", `${LAYERS}/{LayerName}/versions`, "ListLayerVersions", 200],
  ["POST", `${LAYERS}/{LayerName}/versions`, "PublishLayerVersion", 201],
  ["GET", `${LAYERS}/{LayerName}/versions/{VersionNumber}`, "GetLayerVersion", 200],
  ["DELETE", `${LAYERS}/{LayerName}/versions/{VersionNumber}`, "DeleteLayerVersion", 204],
  ["GET", `${TAGS}/{Resource}`, "ListTags", 200],
  ["POST", `${TAGS}/{Resource}`, "TagResource", 204],
  ["DELETE", `${TAGS}/{Resource}`, "UntagResource", 204],
];

const COMPILED = ROUTES.map(([method, path, operation, status]) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}/?$`),
  operation,
  status,
}));

/** Query parameters whose member has another name or is a list. */
const LISTS: Record<string, string> = { tagKeys: "TagKeys" };
const NUMBERS = new Set(["MaxItems", "VersionNumber"]);

export interface Routed {
  operation: string;
  status: number;
  input: Record<string, unknown>;
}

/** Parses a REST request into operation and input. Undefined if no operation has this method and path. */
export function routeLambda(method: string, url: URL, body: Record<string, unknown>): Routed | undefined {
  for (const route of COMPILED) {
    if (route.method !== method) continue;
    const match = route.pattern.exec(url.pathname);
    if (!match) continue;
    if (route.operation === "GetLayerVersionByArn" && url.searchParams.get("find") !== "LayerVersion") continue;
    const input = { ...body, ...queryInput(url.searchParams) };
    for (const [member, value] of Object.entries(match.groups ?? {})) {
      input[member] = typed(member, decodeURIComponent(value));
    }
    return { operation: route.operation, status: route.status, input };
  }
  return undefined;
}

function queryInput(query: URLSearchParams): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const key of new Set(query.keys())) {
    const list = LISTS[key];
    if (list) input[list] = query.getAll(key);
    else input[key] = typed(key, query.get(key) ?? "");
  }
  return input;
}

const typed = (member: string, value: string) => (NUMBERS.has(member) ? Number(value) : value);

export interface Target {
  /** Name of the function, layer, role or parameter. */
  resource?: string;
  /** ARN that a policy would name, "*" if the operation has no resource. */
  arn: string;
}

/** What a call is about, for counts, faults and permissions. */
export function lambdaTarget(operation: string, input: Record<string, unknown>, home: Home): Target {
  const { FunctionName, Resource, LayerName, Arn } = input as Record<string, string | undefined>;
  const fn = parseFunctionReference(FunctionName ?? Resource ?? "", home);
  if (fn) return { resource: fn.name, arn: functionArn(fn.account, fn.region, fn.name) };
  const layer = parseLayerReference(LayerName ?? (operation === "GetLayerVersionByArn" ? Arn : "") ?? "", home);
  if (!layer) return { arn: "*" };
  const version = input.VersionNumber ?? layer.version;
  const arn = layerArn(layer.account, layer.region, layer.name);
  return { resource: layer.name, arn: version === undefined ? arn : `${arn}:${version}` };
}
