import { AsyncLocalStorage } from "node:async_hooks";
import { cancelSignal } from "./cancel";

/** The host of the handlers: Pulumi's server for dynamic resources, or the native plugin. */
export interface Host {
  /** Aborted once the engine has been told to cancel: what was started is finished and recorded, and nothing else is started. */
  readonly signal: AbortSignal;
  /** Takes lines that people see while the handlers run, as `cleanLines` makes them. */
  log(lines: string): void;
}

// Pulumi shows what a dynamic provider writes to its standard output.
const dynamicHost: Host = { signal: cancelSignal, log: (lines) => console.log(lines) };

// Per call, because one process handles several resources at a time.
const hosts = new AsyncLocalStorage<Host>();

/** Runs handlers for a host other than Pulumi's server for dynamic resources. */
export function withHost<T>(host: Host, work: () => T): T {
  return hosts.run(host, work);
}

/** The host of the current handler. */
export function host(): Host {
  return hosts.getStore() ?? dynamicHost;
}
