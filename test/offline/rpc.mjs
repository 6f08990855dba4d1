// The little that gRPC needs to serve a few methods with async functions.

import grpc from "@grpc/grpc-js";

/** Messages between Pulumi's own processes may be of any size. */
export const channelOptions = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/**
 * Serves on a free port of this machine.
 *
 * @param {grpc.ServiceDefinition} service
 * @param {grpc.UntypedServiceImplementation} handlers
 */
export async function serve(service, handlers) {
  const server = new grpc.Server(channelOptions);
  server.addService(service, handlers);
  /** @type {number} */
  const port = await new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { server, port };
}

/**
 * A unary method: answers with what `handle` returns, or with the error that it throws.
 *
 * @template Request, Response
 * @param {(call: grpc.ServerUnaryCall<Request, Response>) => Response | Promise<Response>} handle
 * @returns {grpc.handleUnaryCall<Request, Response>}
 */
export function unary(handle) {
  return (call, respond) => {
    Promise.resolve(call)
      .then(handle)
      .then(
        (response) => respond(null, response),
        (error) => respond(status(error)),
      );
  };
}

/**
 * A streaming method: may write to its call while `handle` runs.
 *
 * @template Request, Response
 * @param {(call: grpc.ServerWritableStream<Request, Response>) => Promise<void>} handle
 * @returns {grpc.handleServerStreamingCall<Request, Response>}
 */
export function streaming(handle) {
  return (call) => {
    handle(call).then(
      () => call.end(),
      (error) => call.emit("error", status(error)),
    );
  };
}

/**
 * Passes an error from another server on unchanged; any other is of unknown kind.
 *
 * @param {any} error
 */
function status(error) {
  if (typeof error.code === "number") return error;
  return Object.assign(new Error(error.message), { code: grpc.status.UNKNOWN, details: error.message });
}
