import type { Fault } from "./faults";
import type { Caller, Identities } from "./identities";
import type { Target } from "./lambda";
import type { Permissions } from "./permissions";
import type { Shelf, Store } from "./store";

/** What a test can change while the emulator runs. Times are in milliseconds, and hold for waits that have begun too. */
export interface Settings {
  /** How long LastUpdateStatus stays InProgress after an update (default 20). */
  updateDelayMs: number;
  /** How long State stays Pending after CreateFunction (default 0: active at once). */
  createDelayMs: number;
  /** Refuse access keys that were neither declared nor handed out by AssumeRole (default false). */
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

/** One request, read: the same shape for all services, with the SDK's member names in `input`. */
export interface Call extends Target {
  service: string;
  operation: string;
  region: string;
  /** Who signed it, by the access key; whether that key is good is another question. */
  caller: Caller;
  sessionToken?: string;
  input: Record<string, unknown>;
  /** Status of the answer when all goes well. */
  status: number;
}

/** What an operation gets to work with besides its input. */
export interface Context extends Backend {
  caller: Caller;
  account: string;
  region: string;
  /** Everything that this account has in this region. */
  shelf: Shelf;
  /** The fault that a test ordered for this call. */
  fault?: Fault;
}

/** One change that was made, with what was there before and after (absent: there was nothing). */
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

/** A service's operations by name. Inputs have the SDK's types; the router sees to it that they fit. */
export type Operations = Record<string, (input: never, at: Context) => unknown>;

/** Appends a change made by this call to the log of writes. */
export function recordWrite(at: Context, operation: string, resource: string, before: unknown, after: unknown): void {
  const { account, region, caller } = at;
  at.writes.add({ operation, account, region, resource, accessKeyId: caller.accessKeyId, before, after });
}
