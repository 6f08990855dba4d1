import { parseLayerVersionArn } from "../../sdk/core/arn";
import { functionTypes } from "../../sdk/core/function-types";
import type { FunctionFacts, RecordedLayers, StateFacts } from "../../sdk/core/state/facts";

type Fields = Record<string, unknown>;

/** Facts without the places they were found at, and without integrity, which has its own model. */
export interface PlainFacts extends Omit<StateFacts, "functions" | "integrity"> {
  readonly functions: readonly (Omit<FunctionFacts, "inputs" | "outputs"> & { inputs: unknown; outputs: unknown })[];
}

/** The facts of a scan without places: layers as `[text, whether it is a layer version ARN]`. */
export function withoutPlaces(facts: StateFacts): PlainFacts {
  const plain = (recorded: RecordedLayers) =>
    recorded.kind === "list"
      ? recorded.layers.map((one) => (one.kind === "text" ? [one.text, one.version !== undefined] : one.kind))
      : recorded.kind;
  const functions = facts.functions.map((one) => ({ ...one, inputs: plain(one.inputs), outputs: plain(one.outputs) }));
  const { integrity: _, ...others } = facts;
  return { ...others, functions };
}

/** What a scan must find in a state, the simple way: with JSON.parse on all of it. */
export function modelOf(text: string, resourceTypes: Readonly<Record<string, string>>): PlainFacts {
  const state = JSON.parse(text);
  const resources: Fields[] = state.deployment.resources ?? [];
  const operations: { type?: string; resource?: { urn?: string } }[] = state.deployment.pending_operations ?? [];
  const types: Record<string, string> = { ...functionTypes, ...resourceTypes };
  return {
    version: state.version,
    owner: ownerOf(resources.map(({ urn }) => String(urn))),
    resourceCount: resources.length,
    secretsProvider: state.deployment.secrets_providers?.type,
    pendingOperations: {
      count: operations.length,
      first: operations.map(({ type = "", resource = {} }) => ({ type, urn: resource.urn ?? "" })),
    },
    reconciled: resources.flatMap(reconciledBy),
    functions: resources.flatMap((resource) => {
      const property = types[String(resource.type)];
      return property === undefined ? [] : [functionOf(resource, property)];
    }),
  };
}

function ownerOf(urns: readonly string[]): StateFacts["owner"] {
  const found = urns
    .map((urn) => urn.split("::"))
    .find(([head = "", project = "", ...others]) => isHead(head) && !project.includes(":") && others.length > 0);
  return found && { stack: (found[0] ?? "").slice("urn:pulumi:".length), project: found[1] ?? "" };
}

function isHead(text: string): boolean {
  return text.startsWith("urn:pulumi:") && text.split(":").length === 3;
}

function reconciledBy({ type, urn, outputs, ...resource }: Fields): PlainFacts["reconciled"][number][] {
  const isDynamic = type === "pulumi-nodejs:dynamic/lambda-layers:LayerVersions";
  if (!isDynamic && type !== "lambda-layers:index:LayerVersions") return [];
  if (resource.delete === true || resource.pendingReplacement === true) return [];
  const recorded = (outputs ?? {}) as Fields;
  const functions = recorded[isDynamic ? "functions" : "versions"] ?? {};
  const { region } = recorded;
  return [
    {
      urn: String(urn),
      region: typeof region === "string" && region !== "" ? region : undefined,
      functions: isSecret(functions) ? undefined : (functions as PlainFacts["reconciled"][number]["functions"]),
    },
  ];
}

function functionOf(resource: Fields, layersProperty: string): PlainFacts["functions"][number] {
  const inputs = (resource.inputs ?? {}) as Fields;
  const outputs = (resource.outputs ?? {}) as Fields;
  const initErrors = (resource.initErrors ?? []) as string[];
  const sources = initErrors.length > 0 ? [inputs, outputs] : [outputs, inputs];
  const text = (key: string) =>
    sources.map((source) => source[key]).find((one) => typeof one === "string" && one !== "");
  const lists = sources.flatMap(({ architectures }) => {
    const usable = Array.isArray(architectures) && architectures.every((one) => typeof one === "string");
    return usable && architectures.length > 0 ? [architectures] : [];
  });
  const urn = String(resource.urn);
  const id = (resource.id as string) || undefined;
  const arn = text("arn") as string | undefined;
  return {
    urn,
    type: String(resource.type),
    id,
    name: String(text("functionName") ?? text("name") ?? id ?? urn.slice(urn.lastIndexOf("::") + 2)),
    arn,
    deleted: resource.delete === true,
    replaced: resource.pendingReplacement === true,
    external: resource.external === true,
    initErrors,
    runtime: text("runtime") as string | undefined,
    architectures: lists[0] ?? (sources.some((one) => isUnreadable(one.architectures)) ? undefined : []),
    packageType: text("packageType") as string | undefined,
    publishes: sources.map(({ publish }) => publish).find((one) => typeof one === "boolean") === true,
    region: (text("region") as string | undefined) ?? arn?.split(":")[3],
    inputs: layersOf(inputs, layersProperty),
    outputs: layersOf(outputs, layersProperty),
  };
}

function layersOf(source: Fields, property: string): unknown {
  if (!Object.hasOwn(source, property)) return "absent";
  const value = source[property];
  if (value === null) return "null";
  if (!Array.isArray(value)) return isSecret(value) ? "secret" : "other";
  return value.map((one) => {
    if (typeof one === "string") return [one, parseLayerVersionArn(one) !== undefined];
    return isSecret(one) ? "secret" : "other";
  });
}

function isSecret(value: unknown): boolean {
  const signature = (value as Fields | null)?.["4dabf18193072939515e22adb298388d"];
  return signature === "1b47061264138c4ac30d75fd1eb44270";
}

/** Whether there is a value that is not the list of strings that it should be. */
function isUnreadable(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}
