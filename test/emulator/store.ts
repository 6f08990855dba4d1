import { randomUUID } from "node:crypto";
import type { AliasConfiguration, FunctionConfiguration, GetLayerVersionResponse } from "@aws-sdk/client-lambda";
import type { Backend } from "./context";

/** A change of state that completes by itself once its time has come. */
export interface Pending {
  /** When it started, in milliseconds. */
  since: number;
  /** The setting that says how long it takes; read at every look, so that a test can end a wait. */
  delay: "createDelayMs" | "updateDelayMs";
  /** The configuration afterwards: the updated one, or on failure the previous one. */
  outcome: FunctionConfiguration;
}

export interface StoredFunction {
  /** Position in listings: functions are listed in the order of their creation. */
  readonly order: number;
  /** $LATEST. Replaced by a write, never changed in place: logs and published versions share it. */
  configuration: FunctionConfiguration;
  pending?: Pending;
  tags: Readonly<Record<string, string>>;
  versions: FunctionConfiguration[];
  /** How many versions were ever published: numbers of deleted ones are not reused. */
  published: number;
  /** Whether $LATEST differs from the newest published version. */
  changedSincePublish: boolean;
  aliases: Map<string, AliasConfiguration>;
  imageUri?: string;
  reservedConcurrency?: number;
}

export interface StoredLayerVersion {
  readonly data: GetLayerVersionResponse & { Version: number; LayerVersionArn: string };
  /** A deleted version stays where it is attached, but can no longer be found. */
  deleted: boolean;
}

export interface StoredLayer {
  versions: StoredLayerVersion[];
  /** Accounts that may read it besides its own. */
  sharedWith: "everyone" | readonly string[];
}

export interface StoredParameter {
  value: string;
  version: number;
  /** Seconds since the epoch. */
  modified: number;
}

/** What one account has in one region. */
export class Shelf {
  readonly functions = new Map<string, StoredFunction>();
  readonly layers = new Map<string, StoredLayer>();
  readonly parameters = new Map<string, StoredParameter>();
  #created = 0;

  addFunction(
    name: string,
    given: Pick<StoredFunction, "configuration" | "tags" | "imageUri" | "pending">,
  ): StoredFunction {
    this.#created += 1;
    const fresh = { order: this.#created, versions: [], published: 0, changedSincePublish: true, aliases: new Map() };
    const fn: StoredFunction = { ...fresh, ...given };
    this.functions.set(name, fn);
    return fn;
  }

  /** The version, if it was published and not deleted. */
  layerVersion(name: string, version: number): StoredLayerVersion | undefined {
    const found = this.layers.get(name)?.versions[version - 1];
    return found?.deleted ? undefined : found;
  }
}

export interface StoredRole {
  RoleName: string;
  RoleId: string;
  Arn: string;
  Path: string;
  CreateDate: string;
  AssumeRolePolicyDocument: string;
  Description?: string;
  MaxSessionDuration: number;
  PermissionsBoundary?: { PermissionsBoundaryType: "Policy"; PermissionsBoundaryArn: string };
  Tags?: { Key: string; Value: string }[];
}

/** All accounts and regions. */
export class Store {
  readonly #shelves = new Map<string, Shelf>();
  readonly #roles = new Map<string, Map<string, StoredRole>>();

  shelf(account: string, region: string): Shelf {
    return entry(this.#shelves, `${account}/${region}`, () => new Shelf());
  }

  roles(account: string): Map<string, StoredRole> {
    return entry(this.#roles, account, () => new Map());
  }
}

/** The value of a key, created when first requested. */
export function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/** Completes what is due and returns the function's configuration. */
export function settled(
  fn: StoredFunction,
  { now, settings }: Pick<Backend, "now" | "settings">,
): FunctionConfiguration {
  if (fn.pending && now() >= fn.pending.since + settings[fn.pending.delay]) {
    // Lambda changes the revision once more when an update ends, so a client must read it again.
    fn.configuration = { ...fn.pending.outcome, RevisionId: randomUUID() };
    fn.pending = undefined;
  }
  return fn.configuration;
}

/** Lambda's own format of LastModified and CreatedDate. */
export const timestamp = () => new Date().toISOString().replace("Z", "+0000");
