import { functionTypes, reconcilingTypes } from "../function-types";
import { StateError } from "./error";
import {
  type FunctionFacts,
  type IntegrityFacts,
  type PendingOperation,
  type ReconciledFacts,
  type StateFacts,
  shownOperations,
} from "./facts";
import { FunctionReader, isSide, resourceKeys } from "./function";
import { IntegrityCheck } from "./integrity";
import { KeyTable } from "./keys";
import { JsonReader, Places } from "./reader";
import { ReconciledReader } from "./reconciled";

const exportKeys = new KeyTable(["version", "deployment", "checkpoint"], { ofStruct: true });
const deploymentKeys = new KeyTable(
  ["manifest", "secrets_providers", "resources", "pending_operations", "metadata", "snippets"],
  { ofStruct: true },
);
const manifestKeys = new KeyTable(["version", "magic"], { ofStruct: true });
const metadataKeys = new KeyTable(["integrity_error"], { ofStruct: true });
const integrityErrorKeys = new KeyTable(["command", "error"], { ofStruct: true });
const secretsProvidersKeys = new KeyTable(["type"], { ofStruct: true });
const operationKeys = new KeyTable(["type", "resource", "urn"], { ofStruct: true });

/**
 * Checks an exported state and finds everything about layers, in one pass over its bytes: by structure, so that
 * formatting, key order, and the same words elsewhere make no difference. Only functions take memory.
 * @param bytes the export, of any size; never changed
 * @param options.resourceTypes further function types, and the property that holds their layers
 * @throws StateError for anything that is not a valid export of version 3 or 4, or is ambiguous
 */
export function scanState(
  bytes: Uint8Array,
  options: { resourceTypes?: Readonly<Record<string, string>> } = {},
): StateFacts {
  refuseOtherEncodings(bytes);
  return new StateScan(bytes, { ...functionTypes, ...options.resourceTypes }).read();
}

/**
 * Windows tools often write UTF-16, or UTF-8 with a byte order mark; Pulumi reads neither. Backends compress their
 * files.
 */
function refuseOtherEncodings(bytes: Uint8Array): void {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) throw new StateError("utf8", "a byte order mark", bytes, 0);
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new StateError("utf8", "UTF-16 instead of UTF-8", bytes, 0);
  }
  if (first === 0x1f && second === 0x8b) throw new StateError("gzip", "a file compressed with gzip", bytes, 0);
}

class StateScan {
  private readonly reader: JsonReader;
  private readonly functionReaders: ReadonlyMap<string, FunctionReader>;
  private version: StateFacts["version"] | undefined;
  private hasDeployment = false;
  private owner: StateFacts["owner"];
  private resourceCount = 0;
  private secretsProvider: string | undefined;
  private operationCount = 0;
  private readonly operations: PendingOperation[] = [];
  private readonly functions: FunctionFacts[] = [];
  private readonly reconcilers: ReadonlyMap<string, ReconciledReader>;
  private readonly reconciled: ReconciledFacts[] = [];
  private readonly integrity: IntegrityCheck;
  /** Of the resource being read: where its values start, its type, and what reads the type if it is a function's. */
  private readonly values = new Places();
  private type: string | undefined;
  private functionReader: FunctionReader | undefined;
  private manifest: ReadonlyMap<string, string> = new Map();
  private noted: ReadonlyMap<string, string> | undefined;

  constructor(bytes: Uint8Array, resourceTypes: Readonly<Record<string, string>>) {
    const reader = new JsonReader(bytes);
    const types = Object.entries(resourceTypes);
    this.reader = reader;
    this.integrity = new IntegrityCheck(reader);
    this.functionReaders = new Map(types.map(([type, property]) => [type, new FunctionReader(reader, type, property)]));
    this.reconcilers = new Map(
      Object.entries(reconcilingTypes).map(([type, property]) => [type, new ReconciledReader(reader, property)]),
    );
  }

  read(): StateFacts {
    const { reader } = this;
    reader.require("object", "the state");
    reader.object(exportKeys, (key) => {
      if (key === "version") this.version = this.readVersion();
      else if (key === "deployment") this.readDeployment();
      else reader.fail("shape", "a file of the backend itself, not an export,");
    });
    reader.end();
    if (this.version === undefined) this.reader.fail("shape", 'no "version"', 0);
    if (!this.hasDeployment) reader.fail("shape", 'no "deployment"', 0);
    return {
      version: this.version,
      owner: this.owner,
      resourceCount: this.resourceCount,
      secretsProvider: this.secretsProvider,
      pendingOperations: { count: this.operationCount, first: this.operations },
      integrity: this.integrityFacts(),
      functions: this.functions,
      reconciled: this.reconciled,
    };
  }

  private readVersion(): StateFacts["version"] {
    const { start, end } = this.reader.skip();
    const text = String.fromCharCode(...this.reader.bytes.subarray(start, Math.min(end, start + 2)));
    if (text === "3") return 3;
    if (text === "4") return 4;
    this.reader.fail("version", "a deployment version other than 3 and 4", start);
  }

  private readDeployment(): void {
    const { reader } = this;
    reader.require("object", '"deployment"');
    this.hasDeployment = true;
    reader.object(deploymentKeys, (key) => {
      if (key === "secrets_providers") this.readSecretsProvider();
      else if (key === "resources") this.readResources();
      else if (key === "pending_operations") this.readOperations();
      else if (key === "manifest") this.manifest = this.texts(manifestKeys) ?? this.manifest;
      else if (key === "metadata") this.readMetadata();
      else this.integrity.snippets();
    });
  }

  private readMetadata(): void {
    const { reader } = this;
    if (reader.kind() !== "object") {
      reader.skip();
      return;
    }
    reader.object(metadataKeys, () => {
      this.noted = this.texts(integrityErrorKeys);
    });
  }

  /** The texts among the members of an object; undefined if it is not an object. */
  private texts(keys: KeyTable): Map<string, string> | undefined {
    const { reader } = this;
    const isObject = reader.kind() === "object";
    const found = new Map<string, string>();
    if (!isObject) reader.skip();
    else {
      reader.object(keys, (key) => {
        if (reader.kind() === "string") found.set(key, reader.string());
        else reader.skip();
      });
    }
    return isObject ? found : undefined;
  }

  private integrityFacts(): IntegrityFacts {
    const { integrity, noted, manifest } = this;
    return {
      broken: integrity.broken(),
      noted: noted && { command: noted.get("command") ?? "", error: noted.get("error") ?? "" },
      manifest: { version: manifest.get("version") ?? "", magic: manifest.get("magic") ?? "" },
    };
  }

  private readSecretsProvider(): void {
    const { reader } = this;
    if (!reader.has("object", '"secrets_providers"')) return;
    reader.object(secretsProvidersKeys, () => {
      this.secretsProvider = reader.string();
    });
  }

  private readResources(): void {
    const { reader } = this;
    if (!reader.has("array", '"resources"')) return;
    reader.array(() => {
      this.resourceCount++;
      this.readResource();
    });
  }

  private readResource(): void {
    const { reader } = this;
    reader.require("object", "a resource");
    const start = reader.position;
    this.passMembers();
    const { type, values, functionReader } = this;
    this.owner ??= this.readOwner(values.get("urn"));
    if (type === undefined) this.reader.fail("shape", "a resource without a type", start);
    this.integrity.resource(type, values);
    const found = functionReader?.read(start, values);
    if (found) this.functions.push(found);
    const reconciler = this.reconcilers.get(type);
    if (reconciler && !this.isLeaving(values)) this.reconciled.push(reconciler.read(start, values));
  }

  private passMembers(): void {
    this.values.clear();
    this.type = undefined;
    this.functionReader = undefined;
    this.reader.object(resourceKeys, this.passMember);
  }

  /** Pulumi writes the type before the properties: those of a function then take only one pass. */
  private readonly passMember = (key: string): void => {
    const { reader } = this;
    this.values.set(key, reader.position);
    if (key === "type") {
      this.type = reader.string();
      this.functionReader = this.functionReaders.get(this.type);
    } else if (this.functionReader && isSide(key)) this.functionReader.skip(key);
    else reader.skip();
  };

  /** `delete: true`, or `pendingReplacement: true`: a resource that is no longer in use. */
  private isLeaving(values: Pick<ReadonlyMap<string, number>, "get">): boolean {
    return ["delete", "pendingReplacement"].some((key) => {
      const at = values.get(key);
      return at !== undefined && this.reader.revisit(at, () => this.reader.flag(`"${key}"`));
    });
  }

  private readOwner(urn: number | undefined): StateFacts["owner"] {
    const { reader } = this;
    const text =
      urn === undefined ? "" : reader.revisit(urn, () => (reader.kind() === "string" ? reader.string() : ""));
    const [, stack, project] = /^urn:pulumi:([^:]*)::([^:]*)::/.exec(text) ?? [];
    return stack === undefined || project === undefined ? undefined : { stack, project };
  }

  private readOperations(): void {
    const { reader } = this;
    if (!reader.has("array", '"pending_operations"')) return;
    reader.array(() => {
      reader.require("object", "a pending operation");
      const values = reader.index(operationKeys);
      if (this.operationCount++ < shownOperations) this.operations.push(this.readOperation(values));
    });
  }

  private readOperation(values: Pick<ReadonlyMap<string, number>, "get">): PendingOperation {
    const { reader } = this;
    const text = (start: number | undefined) =>
      start === undefined ? "" : reader.revisit(start, () => reader.string());
    const resource = values.get("resource");
    const keys = resource === undefined ? undefined : reader.revisit(resource, () => reader.index(operationKeys));
    return { type: text(values.get("type")), urn: text(keys?.get("urn")) };
  }
}
