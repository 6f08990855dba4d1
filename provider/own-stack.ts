import * as pulumi from "@pulumi/pulumi";
import { reconcilingTypes } from "../sdk/core/function-types";
import type { OtherRecord, OwnedFunction, StackRecords, Versions } from "./record";

type Outputs = Readonly<Record<string, unknown>>;

const nothing: StackRecords = { owned: [], others: [] };

/**
 * Asks the engine, as a stack reference to the stack itself does.
 * @param types function types to the property that holds their layers
 * @param own the URN of the resource that asks, whose own record is left out
 */
export async function readOwnStack(
  types: Readonly<Record<string, string>>,
  own: pulumi.Output<string>,
): Promise<StackRecords> {
  const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const urn = await new Promise<string>((done) => own.apply(done));
  try {
    const answer = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
    return recordsIn(answer?.outputs, types, urn);
  } catch (error) {
    // What is registered in this run is known without it.
    await pulumi.log.debug(`The stack's own state could not be read: ${error}`);
    return nothing;
  }
}

/** Picks what matters from the outputs of a stack's resources, by their URNs. */
function recordsIn(answer: unknown, types: Readonly<Record<string, string>>, ownUrn: string): StackRecords {
  const owned: OwnedFunction[] = [];
  const others: OtherRecord[] = [];
  for (const [urn, resource] of Object.entries(objectOf(answer))) {
    const { type, outputs } = objectOf(resource);
    if (typeof type !== "string") continue;
    const values = objectOf(outputs);
    const name = urn.slice(urn.lastIndexOf("::") + 2);
    const property = types[type];
    if (property !== undefined) {
      const { arn, [property]: layers } = values;
      if (typeof arn === "string" && !isNone(layers)) owned.push({ arn, resource: `${type}::${name}` });
    }
    const versions = reconcilingTypes[type];
    if (versions !== undefined && urn !== ownUrn) others.push(otherRecord(name, values, versions));
  }
  return { owned, others };
}

function otherRecord(name: string, values: Outputs, property: string): OtherRecord {
  const text = (key: string) => {
    const value = pulumi.runtime.unwrapRpcSecret(values[key]);
    return typeof value === "string" ? { [key]: value } : {};
  };
  return {
    name,
    ...{ ...text("region"), ...text("profile"), ...text("roleArn") },
    functions: versionsOf(values[property]),
    before: versionsOf(values.before),
  };
}

/** Function to layer to version, without what is none. */
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
