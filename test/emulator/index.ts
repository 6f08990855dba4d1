/**
 * A small HTTP server for the unmodified AWS SDK: the Lambda REST API, and as much of STS, IAM, SSM and the tagging API
 * as this project calls. State is in memory; a signature's credential scope says which account and region a call is
 * for.
 *
 *     const emulator = await startEmulator({ throttle: true });
 *     emulator.seed({ layers: [{ name: "base", versions: 3 }], functions: [{ name: "api", layers: ["base:1"] }] });
 *     // run something with { env: { ...process.env, ...emulator.env } }
 *     assert.equal(emulator.counts().UpdateFunctionConfiguration, 1);
 *     await emulator.close();
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Calls, WriteLog } from "./calls";
import type { Backend } from "./context";
import { CONTROL_METHODS, type Configure, type ControlMethod, Controls } from "./controls";
import { awsEnvironment } from "./environment";
import { Faults } from "./faults";
import { Identities } from "./identities";
import { Permissions } from "./permissions";
import { createEmulatorServer } from "./server";
import { Store } from "./store";
import { Throttle } from "./throttle";

export type { Stats } from "./calls";
export type { Write } from "./context";
export type { Configure, FunctionState, Where } from "./controls";
export { awsEnvironment } from "./environment";
export type { Fault } from "./faults";
export type { Denial } from "./permissions";
export type { Seed, SeedFunction, SeedLayer } from "./seed";

export interface EmulatorOptions extends Configure {
  /** 0, the default, takes any free port. */
  port?: number;
  /** Account of access keys that are not declared, and of seeds (default "123456789012"). */
  account?: string;
  /** Region of seeds and of `env` (default "us-east-1"). */
  region?: string;
  /** Accounts of further access keys. */
  accessKeys?: Record<string, string>;
  /** Makes faults with a probability strike the same calls again (default 1). */
  randomSeed?: number;
}

export interface Emulator extends Controls {
  url: string;
  /** All AWS_* variables that point an SDK at this server, and at nothing else. */
  env: Record<string, string>;
  /** Drops open connections and frees the port. */
  close(): Promise<void>;
}

/** Starts an emulator in this process. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, account = "123456789012", region = "us-east-1", accessKeys = {}, randomSeed = 1 } = options;
  const { updateDelayMs = 20, createDelayMs = 0, refuseUnknownKeys = false, throttle: limits = false } = options;
  const started = performance.now();
  const now = () => performance.now() - started;
  const calls = new Calls();
  const faults = new Faults(randomSeed);
  const throttle = new Throttle(now);
  const writes = new WriteLog(now);
  const backend: Backend = {
    settings: { updateDelayMs, createDelayMs, refuseUnknownKeys },
    store: new Store(),
    identities: new Identities(account, accessKeys),
    permissions: new Permissions(),
    writes,
    now,
  };
  const controls = new Controls({ backend, calls, faults, throttle, writes, home: { account, region } });
  controls.configure({ throttle: limits });

  const closing = new AbortController();
  const server = createEmulatorServer({ backend, calls, faults, throttle, controls, closing: closing.signal });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    closing.abort();
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return Object.assign(controls, { url, env: awsEnvironment(url, region), close });
}

/** The controls of an emulator in another process: the same methods, each returning a promise. */
export type RemoteControls = {
  [M in ControlMethod]: (...args: Parameters<Controls[M]>) => Promise<ReturnType<Controls[M]>>;
};

/** Controls of the emulator at this URL. They reject with the method's message if it throws. */
export function connectEmulator(url: string): RemoteControls {
  const call = async (method: string, args: unknown[]) => {
    const response = await fetch(`${url}/_control/${method}`, { method: "POST", body: JSON.stringify(args) });
    const result = await response.json();
    if (!response.ok) throw new Error((result as { message: string }).message);
    return result;
  };
  const methods = CONTROL_METHODS.map((method) => [method, (...args: unknown[]) => call(method, args)]);
  return Object.fromEntries(methods) as RemoteControls;
}
