import * as pulumi from "@pulumi/pulumi";
import { reconcilingTypes } from "../../sdk/core/function-types";
import type { OtherRecord, OwnedFunction, StackRecords, Versions } from "../resource/record";
import { type LazyStruct, messagesIn, structAt, textField } from "./struct";

type Outputs = Readonly<Record<string, unknown>>;

const nothing: StackRecords = { owned: [], others: [] };

/**
 * Asks the engine, like a stack reference to the stack itself.
 * @param types function types to the property that holds their layers
 * @param own the URN of the calling resource, whose own record is marked
 */
export async function readOwnStack(
  types: Readonly<Record<string, string>>,
  own: pulumi.Output<string>,
): Promise<StackRecords> {
  const urn = await new Promise<string>((done) => own.apply(done));
  try {
    // Pulumi's mocks have no organization unless the test names one.
    const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
    return recordsIn(await readOutputs(stackName), types, urn);
  } catch (error) {
    // What is registered in this run is known without it.
    await pulumi.log.debug(`The stack's own state could not be read: ${error}`);
    return nothing;
  }
}

/** Methods of gRPC clients besides those of their service. */
interface RawClient {
  makeUnaryRequest?(
    path: string,
    serialize: (request: Buffer) => Buffer,
    deserialize: (answer: Buffer) => Buffer,
    request: Buffer,
    done: (error: Error | null, answer?: Buffer) => void,
  ): void;
}

/**
 * The outputs of a stack's resources, by their URNs. Like `pulumi.runtime.invoke`, which however decodes and prints
 * everything, and takes a second for thousands of functions.
 */
async function readOutputs(stackName: string): Promise<LazyStruct> {
  const client = pulumi.runtime.getMonitor() as unknown as RawClient | undefined;
  // With mocks there is no stack to read.
  if (!client?.makeUnaryRequest) return new Map();
  const args = textField(1, Buffer.concat([textField(1, "stackName"), textField(2, textField(3, stackName))]));
  const request = Buffer.concat([textField(1, "pulumi:pulumi:readStackResourceOutputs"), textField(2, args)]);
  const answer = await new Promise<Buffer>((resolve, reject) => {
    const done = (error: Error | null, bytes?: Buffer) => (bytes ? resolve(bytes) : reject(error));
    client.makeUnaryRequest?.("/pulumirpc.ResourceMonitor/Invoke", asIs, asIs, request, done);
  });
  const [result] = messagesIn(answer, 1);
  return result ? structAt(result, "outputs") : new Map();
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}

/** Extracts the relevant parts from the outputs of a stack's resources, by URN. */
function recordsIn(answer: LazyStruct, types: Readonly<Record<string, string>>, ownUrn: string): StackRecords {
  const owned: OwnedFunction[] = [];
  const others: OtherRecord[] = [];
  for (const [urn, resource] of answer) {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    if (!Object.hasOwn(types, type) && !Object.hasOwn(reconcilingTypes, type)) continue;
    const values = objectOf(objectOf(resource()).outputs);
    const name = urn.slice(urn.lastIndexOf("::") + 2);
    const property = types[type];
    if (property !== undefined) {
      const { arn, [property]: layers } = values;
      if (typeof arn === "string" && !isNone(layers)) owned.push({ arn, resource: `${type}::${name}` });
    }
    const versions = reconcilingTypes[type];
    if (versions === undefined) continue;
    others.push({ ...otherRecord(name, values, versions), ...(urn === ownUrn && { isOwn: true }) });
  }
  return { owned, others };
}

function otherRecord(name: string, values: Outputs, property: string): OtherRecord {
  const text = (key: string) => {
    const value = values[key];
    return typeof value === "string" ? { [key]: value } : {};
  };
  return {
    name,
    ...{ ...text("region"), ...text("profile"), ...text("roleArn") },
    functions: versionsOf(values[property]),
    before: versionsOf(values.before),
  };
}

/** Function to layer to version, without invalid values. */
function versionsOf(value: unknown): Versions {
  const functions = Object.entries(objectOf(value)).map(([name, layers]) => {
    const known = Object.entries(objectOf(layers)).filter(
      ([, version]) => typeof version === "number" || typeof version === "string",
    );
    return [name, Object.fromEntries(known)] as const;
  });
  return Object.fromEntries(functions) as Versions;
}

function objectOf(value: unknown): Outputs {
  return typeof value === "object" && value !== null ? (value as Outputs) : {};
}

function isNone(layers: unknown): boolean {
  return layers === undefined || layers === null || (Array.isArray(layers) && layers.length === 0);
}
