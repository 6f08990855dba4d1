import type { Fault } from "./faults";
import type { Caller, Identities } from "./identities";
import type { Target } from "./lambda";
import type { Permissions } from "./permissions";
import type { Shelf, Store } from "./store";

/**
 * What a test can change while the emulator runs. Times are in milliseconds, and also apply to waits that have begun.
 */
export interface Settings {
  /** How long LastUpdateStatus stays InProgress after an update (default 20). */
  updateDelayMs: number;
  /** How long State stays Pending after CreateFunction (default 0: active at once). */
  createDelayMs: number;
  /** Whether to refuse access keys that were neither declared nor handed out by AssumeRole (default false). */
  refuseUnknownKeys: boolean;
}

export interface Backend {
  settings: Settings;
  store: Store;
  identities: Identities;
  permissions: Permissions;
  writes: { add(write: Omit<Write, "at">): void };
  /** Milliseconds, monotonic. */
  now(): number;
}

/** One parsed request: the same structure for all services, with the SDK's member names in `input`. */
export interface Call extends Target {
  service: string;
  operation: string;
  region: string;
  /** Who signed it, by the access key; the key may still turn out to be invalid. */
  caller: Caller;
  sessionToken?: string;
  input: Record<string, unknown>;
  /** Status of the answer on success. */
  status: number;
}

/** What an operation has besides its input. */
export interface Context extends Backend {
  caller: Caller;
  account: string;
  region: string;
  /** Everything that this account has in this region. */
  shelf: Shelf;
  /** The fault that a test ordered for this call. */
  fault?: Fault;
}

/** One change, with what was there before and after (absent: nothing). */
export interface Write {
  /** Milliseconds since the emulator started. */
  at: number;
  operation: string;
  account: string;
  region: string;
  resource: string;
  accessKeyId: string;
  before?: unknown;
  after?: unknown;
}

/** A service's operations by name. Inputs have the SDK's types; the router makes sure of it. */
export type Operations = Record<string, (input: never, at: Context) => unknown>;

/** Appends a change by this call to the log of writes. */
export function recordWrite(at: Context, operation: string, resource: string, before: unknown, after: unknown): void {
  const { account, region, caller } = at;
  at.writes.add({ operation, account, region, resource, accessKeyId: caller.accessKeyId, before, after });
}
