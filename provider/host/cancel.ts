import { subscribe } from "node:diagnostics_channel";

const cancelled = new AbortController();

// At the first Ctrl-C the engine calls Cancel and waits for running calls; @pulumi/pulumi's handler for dynamic
// providers does nothing. If Node.js does not report requests, an update runs to its end.
subscribe("http2.server.stream.start", (message) => {
  const { headers } = message as { headers?: Readonly<Record<string, unknown>> };
  if (headers?.[":path"] === "/pulumirpc.ResourceProvider/Cancel") cancelled.abort();
});

/** Aborted once the engine has been told to cancel: what was started is finished and recorded, and nothing else is started. */
export const cancelSignal: AbortSignal = cancelled.signal;
