import type { FunctionConfiguration, UpdateFunctionConfigurationRequest } from "@aws-sdk/client-lambda";
import type { Calls, Stats, WriteLog } from "./calls";
import type { Backend, Write } from "./context";
import type { Fault, Faults } from "./faults";
import { finished, updatedConfiguration } from "./lambda/configuration";
import type { Denial } from "./permissions";
import { layersNamed, plant, type Seed } from "./seed";
import { type Shelf, type StoredFunction, settled } from "./store";
import { AWS_LIMITS, type Limits, type Throttle } from "./throttle";

/** Whose functions are meant (default: the emulator's own account and region). */
export interface Where {
  account?: string;
  region?: string;
}

export interface Configure {
  updateDelayMs?: number;
  createDelayMs?: number;
  refuseUnknownKeys?: boolean;
  /** False: no limits. True: AWS's limits. An object: AWS's limits with these changes. */
  throttle?: boolean | Partial<Limits>;
}

/** A function's current state. */
export interface FunctionState {
  name: string;
  arn: string;
  /** Layer version ARNs in their order. */
  layers: string[];
  tags: Record<string, string>;
  configuration: FunctionConfiguration;
  /** Layers of the version that each alias serves. */
  served: Record<string, string[]>;
}

export interface ControlsParts {
  backend: Backend;
  calls: Calls;
  faults: Faults;
  throttle: Throttle;
  writes: WriteLog;
  home: Required<Where>;
}

/**
 * What a test can read and change. None of it is counted, throttled or delayed. Arguments and results are plain JSON,
 * so the same methods work for tests in this process and, over HTTP, in another.
 */
export class Controls {
  constructor(private readonly parts: ControlsParts) {}

  /** Adds functions, layers and parameters, immediately and without checks. */
  seed(seed: Seed): void {
    plant(this.parts.backend.store, seed, this.parts.home);
  }

  configure({ throttle, ...given }: Configure): void {
    const { settings } = this.parts.backend;
    const changed = Object.entries(given).filter(([, value]) => value !== undefined);
    Object.assign(settings, Object.fromEntries(changed));
    if (throttle === undefined) return;
    this.parts.throttle.set(throttle === false ? undefined : { ...AWS_LIMITS, ...(throttle === true ? {} : throttle) });
  }

  /** All functions of one account and region, in the order of their creation. */
  functions(where: Where = {}): FunctionState[] {
    const { functions } = this.#shelf(where);
    return [...functions].map(([name, fn]) => this.#state(name, fn));
  }

  /** Layer version ARNs of one function, in their order. Throws if there is no such function. */
  layersOf(name: string, where: Where = {}): string[] {
    return this.#state(name, this.#function(name, where)).layers;
  }

  /**
   * Changes a function as someone else would: at once, with a new RevisionId. Layers are ARNs or "name:version", and
   * are not checked. Not in the log of writes.
   */
  edit(
    name: string,
    change: Omit<UpdateFunctionConfigurationRequest, "FunctionName" | "RevisionId">,
    where: Where = {},
  ): FunctionState {
    const fn = this.#function(name, where);
    const before = settled(fn, this.parts.backend);
    const layers = change.Layers && layersNamed(change.Layers, { ...this.parts.home, ...where });
    fn.configuration = finished(before, updatedConfiguration(before, change, layers), undefined);
    fn.pending = undefined;
    fn.changedSincePublish = true;
    return this.#state(name, fn);
  }

  /** Orders a fault; returns its id. */
  fault(fault: Fault): number {
    return this.parts.faults.order(fault);
  }

  /** How often an ordered fault has struck. */
  struck(id: number): number {
    return this.parts.faults.struck(id);
  }

  clearFaults(): void {
    this.parts.faults.clear();
  }

  /** From now on the action is answered with 403, and with implicitDeny by SimulatePrincipalPolicy. */
  deny(denial: Denial): void {
    this.parts.backend.permissions.deny(denial);
  }

  allowAll(): void {
    this.parts.backend.permissions.allowAll();
  }

  /** From now on the access key is treated as expired, or as unknown to AWS. */
  refuseKey(accessKeyId: string, as: "expired" | "unknown"): void {
    this.parts.backend.identities.refuse(accessKeyId, as);
  }

  /**
   * Calls received by operation, including refused ones; only those about one function, layer, role or parameter if one
   * is named.
   */
  counts(resource?: string): Record<string, number> {
    return this.parts.calls.counts(resource);
  }

  /** Calls with their outcomes, calls by access key, and the most calls within any second. */
  stats(): Stats {
    return this.parts.calls.stats();
  }

  /** What calls have changed, oldest first (the newest 20,000). */
  writes(): Write[] {
    return this.parts.writes.list();
  }

  /** Forgets counts, peaks and the log of writes; functions, faults and settings stay. */
  resetCounts(): void {
    this.parts.calls.reset();
    this.parts.writes.reset();
  }

  #shelf(where: Where): Shelf {
    const { account, region } = { ...this.parts.home, ...where };
    return this.parts.backend.store.shelf(account, region);
  }

  #function(name: string, where: Where): StoredFunction {
    const fn = this.#shelf(where).functions.get(name);
    if (!fn) throw new Error(`The emulator has no function ${name}.`);
    return fn;
  }

  #state(name: string, fn: StoredFunction): FunctionState {
    const configuration = settled(fn, this.parts.backend);
    const versions = new Map([configuration, ...fn.versions].map((one) => [one.Version, layersIn(one)]));
    const served = [...fn.aliases].map(([alias, { FunctionVersion }]) => [alias, versions.get(FunctionVersion) ?? []]);
    return {
      ...{ name, arn: configuration.FunctionArn ?? "", layers: layersIn(configuration), tags: { ...fn.tags } },
      ...{ configuration, served: Object.fromEntries(served) },
    };
  }
}

const layersIn = ({ Layers = [] }: FunctionConfiguration) => Layers.map(({ Arn }) => Arn ?? "");

/** Methods that other processes may call. */
export const CONTROL_METHODS = [
  "seed",
  "configure",
  "functions",
  "layersOf",
  "edit",
  "fault",
  "struck",
  "clearFaults",
  "deny",
  "allowAll",
  "refuseKey",
  "counts",
  "stats",
  "writes",
  "resetCounts",
] as const satisfies readonly (keyof Controls)[];

export type ControlMethod = (typeof CONTROL_METHODS)[number];

/** Carries out POST /_control/METHOD, whose body is the JSON array of arguments. Throws for an unknown method. */
export function control(controls: Controls, method: string, body: string): unknown {
  if (!(CONTROL_METHODS as readonly string[]).includes(method)) {
    throw new Error(`No control '${method}'; there are: ${CONTROL_METHODS.join(", ")}.`);
  }
  const args: unknown = body === "" ? [] : JSON.parse(body);
  if (!Array.isArray(args)) throw new Error("The body has to be the JSON array of the method's arguments.");
  const call = controls[method as ControlMethod] as (...args: unknown[]) => unknown;
  return call.apply(controls, args) ?? null;
}
