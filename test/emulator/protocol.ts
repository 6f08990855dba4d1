import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type Home, parameterArn } from "./arns";
import type { Backend, Call } from "./context";
import { ApiError } from "./errors";
import { lambdaTarget, routeLambda, type Target } from "./lambda";
import { SERVICES, type Service } from "./services";
import { readQueryForm, toXml } from "./services/xml";

export interface HttpRequest {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The service that a request is signed for; undefined if it is not signed, or the service is unknown here. */
export function serviceOf(headers: IncomingHttpHeaders): { service: Service; name: string } | undefined {
  const name = scopeOf(headers)?.service;
  const service = name === undefined ? undefined : SERVICES[name];
  return service && name !== undefined ? { service, name } : undefined;
}

/** Access key, region and service from a Signature Version 4 header. */
function scopeOf(headers: IncomingHttpHeaders) {
  const scope = /Credential=([^/,\s]+)\/\d{8}\/([\w-]+)\/([\w-]+)\/aws4_request/.exec(headers.authorization ?? "");
  const [, accessKeyId, region, service] = scope ?? [];
  return accessKeyId && region && service ? { accessKeyId, region, service } : undefined;
}

/** Parses a request to any of the services. Throws ApiError for one that AWS would refuse. */
export function readCall(request: HttpRequest, backend: Backend): Call {
  const scope = scopeOf(request.headers);
  const known = serviceOf(request.headers);
  if (!scope) throw new ApiError(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
  if (!known) throw new ApiError(400, "UnknownService", `The emulator has no service '${scope.service}'.`);
  const { region } = scope;
  const caller = backend.identities.callerOf(scope.accessKeyId);
  const { operation, input, status } = route(known.service, request);
  if (!operation || !Object.hasOwn(known.service.operations, operation)) {
    const what = operation || `${request.method} ${request.url.pathname}`;
    throw new ApiError(404, "UnknownOperationException", `The emulator's ${known.name} has no operation '${what}'.`);
  }
  const sessionToken = request.headers["x-amz-security-token"]?.toString();
  const target = targetOf(known.name, operation, input, { account: caller.account, region });
  return { service: known.name, operation, region, caller, sessionToken, input, status, ...target };
}

function route({ protocol }: Service, { method, url, headers, body }: HttpRequest) {
  if (protocol === "rest-json") return routeLambda(method, url, json(body)) ?? { operation: "", input: {}, status: 0 };
  if (protocol === "json") {
    const target = headers["x-amz-target"]?.toString() ?? "";
    return { operation: target.slice(target.indexOf(".") + 1), input: json(body), status: 200 };
  }
  const input = readQueryForm(body);
  return { operation: String(input.Action ?? ""), input, status: 200 };
}

function json(body: string): Record<string, unknown> {
  try {
    return body === "" ? {} : JSON.parse(body);
  } catch (error) {
    throw new ApiError(400, "InvalidRequestContentException", `Could not parse request body into json: ${error}`);
  }
}

function targetOf(service: string, operation: string, input: Record<string, unknown>, home: Home): Target {
  if (service === "lambda") return lambdaTarget(operation, input, home);
  const { RoleArn, RoleName, Name, PolicySourceArn } = input as Record<string, string | undefined>;
  if (RoleArn) return { resource: RoleArn.slice(RoleArn.lastIndexOf("/") + 1), arn: RoleArn };
  if (RoleName) return { resource: RoleName, arn: `arn:aws:iam::${home.account}:role/${RoleName}` };
  if (PolicySourceArn) return { arn: PolicySourceArn };
  if (Name) return { resource: Name, arn: parameterArn(home, Name) };
  return { arn: "*" };
}

/** A successful answer in the service's protocol. */
export function renderOutput(service: Service, operation: string, status: number, output: unknown): HttpAnswer {
  if (service.protocol !== "query") {
    const type = service.protocol === "json" ? "application/x-amz-json-1.1" : "application/json";
    return answer(status, type, status === 204 ? "" : JSON.stringify(output ?? {}));
  }
  const result = output === undefined ? "" : `<${operation}Result>${toXml(output)}</${operation}Result>`;
  const metadata = toXml({ ResponseMetadata: { RequestId: randomUUID() } });
  const body = `<${operation}Response xmlns="${service.namespace}">${result}${metadata}</${operation}Response>`;
  return answer(status, "text/xml", body);
}

/** Errors whose message member starts with a capital in Lambda's model. */
const CAPITAL_MESSAGE = new Set(["ResourceNotFoundException", "ServiceException", "AccessDeniedException"]);

/** An error in the service's protocol; in Lambda's if the service is not known. */
export function renderError(service: Service | undefined, error: ApiError): HttpAnswer {
  const retry: Record<string, string> = error.retryAfter === undefined ? {} : { "retry-after": `${error.retryAfter}` };
  if (service?.protocol === "query") {
    const Type = error.status < 500 ? "Sender" : "Receiver";
    const content = { Error: { Type, Code: error.code, Message: error.message }, RequestId: randomUUID() };
    const body = `<ErrorResponse xmlns="${service.namespace}">${toXml(content)}</ErrorResponse>`;
    return answer(error.status, "text/xml", body, retry);
  }
  if (service?.protocol === "json") {
    const body = JSON.stringify({ __type: error.code, message: error.message });
    return answer(error.status, "application/x-amz-json-1.1", body, retry);
  }
  const member = CAPITAL_MESSAGE.has(error.code) ? "Message" : "message";
  const body = JSON.stringify({ Type: error.status < 500 ? "User" : "Service", [member]: error.message });
  return answer(error.status, "application/json", body, { ...retry, "x-amzn-errortype": error.code });
}

function answer(status: number, type: string, body: string, headers: Record<string, string> = {}): HttpAnswer {
  return { status, body, headers: { "content-type": type, "x-amzn-requestid": randomUUID(), ...headers } };
}
