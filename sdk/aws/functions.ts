import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { LayersError } from "../core/errors";
import type { FunctionSelection, LiveFunction } from "../core/live";
import type { Caller, CallOptions } from "./caller";
import type { Clients } from "./clients";
import { isNamed } from "./errors";
import { pooled } from "./pool";
import type { SelectedFunctions } from "./types";

/** A function and how its last update stands. */
export interface FunctionState {
  readonly live: LiveFunction;
  readonly update: "Successful" | "Failed" | "InProgress";
  /** Lambda's reason for a failed update. */
  readonly reason: string | undefined;
}

/** Reads one function by name or ARN; undefined where there is none. */
export type ReadFunction = (name: string, options?: CallOptions) => Promise<FunctionState | undefined>;

/** Reads functions, by name or as selected. */
export interface FunctionReader {
  readonly read: ReadFunction;
  readonly list: (selection: FunctionSelection) => Promise<SelectedFunctions>;
}

// As many as one page of ListFunctions holds: read one by one they cost half a second of GetFunction's own budget.
const fewFunctions = 50;
const concurrentReads = 25;

/** Makes the reader of one session. */
export function createFunctionReader(clients: Clients, caller: Caller): FunctionReader {
  const read: ReadFunction = (name, options) => {
    const request = { service: "lambda", operation: "GetFunction", subject: name, resource: asArn(name) } as const;
    return caller
      .call<FunctionState | "missing">(
        request,
        async (send) => stateOf((await clients.lambda.getFunction({ FunctionName: name }, send)).Configuration ?? {}),
        { ...options, answer: (error) => (isNamed(error, "ResourceNotFoundException") ? "missing" : undefined) },
      )
      .then((state) => (state === "missing" ? undefined : state));
  };
  return { read, list: (selection) => list(clients, caller, read, selection) };
}

async function list(
  clients: Clients,
  caller: Caller,
  read: ReadFunction,
  selection: FunctionSelection,
): Promise<SelectedFunctions> {
  const { prefix, all = false } = selection;
  const names = new Set(selection.names);
  const tags = Object.entries(selection.tags ?? {});
  const tagged = tags.length > 0 && !all ? await listTagged(clients, caller, tags) : new Set<string>();
  const known = new Set([...names, ...tagged]);
  const isMeant = ({ name, arn }: LiveFunction) =>
    all || (prefix !== undefined && name.startsWith(prefix)) || known.has(name) || known.has(arn);

  const functions =
    !all && prefix === undefined && known.size <= fewFunctions
      ? await readEach([...known], read)
      : await listWhere(isMeant, clients, caller);
  const found = new Set(functions.flatMap(({ name, arn }) => [name, arn]));
  return {
    functions: functions.sort((a, b) => (a.name < b.name ? -1 : 1)),
    missing: [...names].filter((name) => !found.has(name)),
  };
}

async function readEach(names: readonly string[], read: ReadFunction): Promise<LiveFunction[]> {
  const states = await pooled(names, concurrentReads, (name) => read(name));
  // The same function can be named, named by ARN, and tagged.
  const byArn = new Map(states.flatMap((state) => (state ? [[state.live.arn, state.live]] : [])));
  return [...byArn.values()];
}

async function listWhere(
  isMeant: (fn: LiveFunction) => boolean,
  clients: Clients,
  caller: Caller,
): Promise<LiveFunction[]> {
  const request = { service: "lambda", operation: "ListFunctions" } as const;
  const found: LiveFunction[] = [];
  let marker: string | undefined;
  do {
    const input = { Marker: marker };
    const page = await caller.call(request, (send) => clients.lambda.listFunctions(input, send));
    found.push(...(page.Functions ?? []).map((configuration) => stateOf(configuration).live).filter(isMeant));
    marker = page.NextMarker;
  } while (marker);
  return found;
}

/** The ARNs of the functions that carry all of the tags: ListFunctions does not tell, and ListTags would be one call a function. */
async function listTagged(clients: Clients, caller: Caller, tags: readonly (readonly [string, string])[]) {
  const tagging = await clients.tagging();
  const request = { service: "tagging", operation: "GetResources" } as const;
  const arns = new Set<string>();
  let token: string | undefined;
  do {
    const input = {
      ResourceTypeFilters: ["lambda:function"],
      TagFilters: tags.map(([Key, value]) => ({ Key, Values: [value] })),
      PaginationToken: token,
    };
    const page = await caller.call(request, (send) => tagging.getResources(input, send));
    for (const { ResourceARN } of page.ResourceTagMappingList ?? []) if (ResourceARN) arns.add(ResourceARN);
    token = page.PaginationToken;
  } while (token);
  return arns;
}

/** What is kept of Lambda's answer: little, as a fleet may have thousands. */
export function stateOf(configuration: FunctionConfiguration): FunctionState {
  const { FunctionName: name, FunctionArn: arn } = configuration;
  if (!name || !arn) throw new LayersError("aws-failed", "Lambda answered without a function's name.");
  return {
    live: {
      name,
      arn,
      layers: (configuration.Layers ?? []).flatMap((layer) => layer.Arn ?? []),
      runtime: configuration.Runtime,
      architectures: configuration.Architectures ?? [],
      packageType: configuration.PackageType === "Image" ? "Image" : "Zip",
      revisionId: configuration.RevisionId,
    },
    // A function that is still being created cannot be updated either.
    update: configuration.State === "Pending" ? "InProgress" : (configuration.LastUpdateStatus ?? "Successful"),
    reason: configuration.LastUpdateStatusReason,
  };
}

function asArn(name: string): string | undefined {
  return name.startsWith("arn:") ? name : undefined;
}
