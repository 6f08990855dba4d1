import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Calls } from "./calls";
import type { Backend, Call, Context } from "./context";
import { type Controls, control } from "./controls";
import { ApiError } from "./errors";
import { errorOf, type Fault, type Faults } from "./faults";
import { budgetOf } from "./lambda";
import { spoiledPage } from "./pages";
import { type HttpAnswer, type HttpRequest, readCall, renderError, renderOutput, serviceOf } from "./protocol";
import { SERVICES } from "./services";
import type { Throttle } from "./throttle";

/** Longer than any client keeps an idle connection, so that the server never closes one first. */
const KEEP_ALIVE_MS = 600_000;

const CONTROL = "/_control/";

export interface ServerParts {
  backend: Backend;
  calls: Calls;
  faults: Faults;
  throttle: Throttle;
  controls: Controls;
  /** Ends the waits of delayed answers. */
  closing: AbortSignal;
}

type Answer = HttpAnswer & { dripMs?: number };

/** The answer to give, or "drop" to close the connection without one. */
type Outcome = Answer | "drop";

export function createEmulatorServer(parts: ServerParts): Server {
  const server = createServer(async (request, response) => {
    try {
      const outcome = await respond(await read(request), parts);
      if (outcome === "drop") request.socket.destroy();
      else await send(response, outcome);
    } catch {
      // Only a failed read of the request, or closing during a delay, ends here: there is no one left to answer.
      request.socket.destroy();
    }
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

async function read(request: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return {
    method: request.method ?? "GET",
    url: new URL(request.url ?? "/", "http://emulator"),
    headers: request.headers,
    body: Buffer.concat(chunks).toString(),
  };
}

async function send(response: ServerResponse, { status, headers, body, dripMs }: Answer): Promise<void> {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  for (const byte of dripMs ? body : "") {
    response.write(byte);
    await sleep(dripMs, undefined, { ref: false });
  }
  response.end(dripMs ? "" : body);
}

async function respond(request: HttpRequest, parts: ServerParts): Promise<Outcome> {
  if (request.url.pathname.startsWith(CONTROL)) return respondControl(request, parts.controls);
  let call: Call | undefined;
  try {
    call = readCall(request, parts.backend);
    return await respondCall(call, parts);
  } catch (error) {
    if (parts.closing.aborted) throw error;
    if (call) parts.calls.mark(call.operation, "errors");
    return renderError(serviceOf(request.headers)?.service, asApiError(error));
  }
}

/** A bug in the emulator itself is reported as one, not as a fault of AWS that a client would retry. */
function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(400, "EmulatorError", error instanceof Error ? (error.stack ?? error.message) : String(error));
}

function respondControl({ url, body }: HttpRequest, controls: Controls): HttpAnswer {
  const headers = { "content-type": "application/json" };
  try {
    const result = control(controls, url.pathname.slice(CONTROL.length), body);
    return { status: 200, headers, body: JSON.stringify(result) };
  } catch (error) {
    return { status: 400, headers, body: JSON.stringify({ message: error instanceof Error ? error.message : error }) };
  }
}

/** Counts a call, verifies its key, throttles, strikes with a fault, authorises and carries it out, in this order. */
async function respondCall(call: Call, parts: ServerParts): Promise<Outcome> {
  const { calls, throttle, faults, backend } = parts;
  const budget = call.service === "lambda" ? budgetOf(call.operation) : undefined;
  calls.received(call, budget, backend.now());
  backend.identities.verify(call, backend.settings.refuseUnknownKeys);
  const retryAfter = budget && throttle.take(call.caller.account, call.region, budget);
  if (retryAfter !== undefined) {
    calls.mark(call.operation, "throttled");
    throw new ApiError(429, "TooManyRequestsException", "Rate exceeded", retryAfter);
  }
  const fault = faults.strike(call);
  if (!fault) return carryOut(call, backend);
  calls.mark(call.operation, "faulted");
  return respondFaulty(call, fault, parts);
}

async function respondFaulty(call: Call, fault: Fault, { backend, closing }: ServerParts): Promise<Outcome> {
  const early = fault.applied ? carryOutBehind(call, fault, backend) : undefined;
  if (fault.delayMs) await sleep(fault.delayMs, undefined, { signal: closing });
  if (fault.drop) return "drop";
  if (fault.answer) return { headers: {}, body: "", ...fault.answer };
  const error = errorOf(fault);
  if (error) throw error;
  const answer = early ?? carryOut(call, backend, fault);
  return fault.page ? { ...answer, body: spoiledPage(answer.body, fault.page, call.input) } : answer;
}

/** Carries out a call whose answer may be lost: its refusal is then lost too. */
function carryOutBehind(call: Call, fault: Fault, backend: Backend): HttpAnswer | undefined {
  try {
    return carryOut(call, backend, fault);
  } catch (error) {
    if (fault.answer || fault.drop) return undefined;
    throw error;
  }
}

function carryOut(call: Call, backend: Backend, fault?: Fault): HttpAnswer {
  const { service: name, operation, caller, region, input, status } = call;
  const service = SERVICES[name];
  const run = service?.operations[operation];
  if (!service || !run) throw new Error(`${name} has no ${operation}`);
  // Everyone may ask who they are.
  if (operation !== "GetCallerIdentity") {
    backend.permissions.require(caller, `${service.actionPrefix}:${actionOf(operation)}`, call.arn);
  }
  const shelf = backend.store.shelf(caller.account, region);
  const at: Context = { ...backend, caller, account: caller.account, region, shelf, fault };
  return renderOutput(service, operation, status, run(input as never, at));
}

/** Operations are named after their action, with one exception. */
const actionOf = (operation: string) => (operation === "GetLayerVersionByArn" ? "GetLayerVersion" : operation);
