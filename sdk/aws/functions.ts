import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { type FunctionReference, parseFunctionArn, parseFunctionReference, unqualifiedArn } from "../core/function-arn";
import type { FunctionSelection, LiveFunction, TagSet } from "../core/live";
import { pooled } from "../core/pool";
import type { AwsPort, ListOptions, SelectedFunctions } from "../ports";
import { eachPage, ForeignAnswer, required } from "./answers";
import type { Caller, CallOptions } from "./caller";
import type { Clients } from "./clients";
import { isNamed } from "./errors";

/** A function and the status of its last update. */
export interface FunctionState {
  readonly live: LiveFunction;
  readonly update: "Successful" | "Failed" | "InProgress";
  /** Lambda's reason for a failed update. */
  readonly reason: string | undefined;
}

/** How a function is read. */
export interface ReadOptions extends CallOptions {
  /** A published version, or an alias, to read instead of `$LATEST`. */
  readonly version?: string;
}

/** Reads one function by name or ARN; undefined if there is none. */
export type ReadFunction = (name: string, options?: ReadOptions) => Promise<FunctionState | undefined>;

/** Reads functions, by name or as selected. */
export interface FunctionReader {
  readonly read: ReadFunction;
  readonly list: AwsPort["listFunctions"];
  /** Functions with an update in progress, by ARN. */
  readonly busy: AwsPort["busyFunctions"];
}

// As many as one page of ListFunctions holds: read one by one, they take half a second of GetFunction's own budget.
const fewFunctions = 50;
const concurrentReads = 25;

/** Creates the reader of one session. */
export function createFunctionReader(clients: Clients, caller: Caller): FunctionReader {
  const read: ReadFunction = (name, options) => {
    // Lambda would reject the request itself, which says nothing about a function.
    if (!isPossibleName(name)) return Promise.resolve(undefined);
    const request = { service: "lambda", operation: "GetFunction", subject: name, resource: asArn(name) } as const;
    const input = { FunctionName: name, Qualifier: options?.version };
    return caller
      .call(
        request,
        async (send) =>
          answerAbout(name, (await clients.lambda.getFunction(input, send)).Configuration, clients.region),
        {
          ...options,
          answer: (error) => (isNamed(error, "ResourceNotFoundException") ? ("missing" as const) : undefined),
        },
      )
      .then((state) => (state === "missing" ? undefined : state));
  };
  return {
    read,
    list: (selection, options) => list(clients, caller, read, selection, options),
    async busy(arns) {
      const states = await pooled(arns, concurrentReads, (arn) => read(arn));
      return arns.filter((_, index) => states[index]?.update === "InProgress");
    },
  };
}

/** Whether a function can have this name or ARN: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html. */
function isPossibleName(name: string): boolean {
  return /^[A-Za-z0-9_:$.-]+$/.test(name);
}

async function list(
  clients: Clients,
  caller: Caller,
  read: ReadFunction,
  selection: FunctionSelection,
  { isOldVersion }: ListOptions = {},
): Promise<SelectedFunctions> {
  const { prefix, all = false } = selection;
  const names = new Set(selection.names);
  const known = new Set(selection.names);
  const sets = all ? [] : tagSets(selection);
  const isMeant = ({ name, arn }: LiveFunction) =>
    all || (prefix !== undefined && name.startsWith(prefix)) || known.has(name) || known.has(arn);

  const seenNames = new Set<string>();
  const isWanted = (fn: LiveFunction) => {
    if (names.size > 0) seenNames.add(fn.name);
    return sets.length > 0 || isMeant(fn);
  };

  // Tagged functions are looked up while all functions are listed.
  let listing: Promise<Found> | undefined;
  const listIfMany = () => {
    if (listing || !(all || prefix !== undefined || known.size > fewFunctions)) return;
    listing = listWhere(isWanted, isOldVersion, clients, caller);
    listing.catch(() => {});
  };
  listIfMany();
  const looks = sets.map((tags) =>
    listTagged(clients, caller, tags, (arn) => {
      known.add(arn);
      listIfMany();
    }),
  );
  const [failed] = (await Promise.allSettled(looks)).filter(({ status }) => status === "rejected");
  // No further requests once the caller has been given an error.
  if (failed?.status === "rejected") {
    await Promise.allSettled([listing]);
    throw failed.reason;
  }
  const areFew = listing === undefined;
  const listed = listing ? meantIn(await listing, isMeant) : await readEach([...known], read);
  const isThere = ({ name, arn }: LiveFunction) => [name, arn];
  const seen = new Set(listed.functions.flatMap(isThere));
  // A list that changes while it is read can skip a function, so only Lambda's answer about one says that it is missing.
  const lacking = areFew ? [] : [...known].filter((one) => !seen.has(one));
  const others = await readEach(lacking, read);
  for (const one of others.functions.flatMap(isThere)) seen.add(one);
  const { busy } = listed;
  const missing = [...names].filter((name) => !seen.has(name));
  return {
    functions: [...listed.functions, ...others.functions].sort((a, b) => (a.name < b.name ? -1 : 1)),
    missing,
    ...(missing.length > 0 && !areFew && { listed: [...seenNames] }),
    ...(isOldVersion && { withOldVersions: [...listed.withOldVersions, ...others.withOldVersions] }),
    ...(busy && { busy }),
  };
}

function meantIn(found: Found, isMeant: (fn: LiveFunction) => boolean): Found {
  const functions = found.functions.filter(isMeant);
  const arns = new Set(functions.map(({ arn }) => arn));
  return { ...found, functions, withOldVersions: found.withOldVersions.filter((arn) => arns.has(arn)) };
}

function tagSets({ tags = [] }: FunctionSelection): TagSet[] {
  const sets = Array.isArray(tags) ? (tags as readonly TagSet[]) : [tags as TagSet];
  return sets.filter((set) => Object.keys(set).length > 0);
}

interface Found {
  readonly functions: LiveFunction[];
  readonly withOldVersions: string[];
  readonly busy?: string[];
}

async function readEach(names: readonly string[], read: ReadFunction): Promise<Found> {
  const states = await pooled(names, concurrentReads, (name) => read(name));
  // One function can be selected by name, by ARN and by tag.
  const byArn = new Map(states.flatMap((state) => (state ? [[state.live.arn, state]] : [])));
  const busy = [...byArn].flatMap(([arn, { update }]) => (update === "InProgress" ? [arn] : []));
  return { functions: [...byArn.values()].map(({ live }) => live), withOldVersions: [...byArn.keys()], busy };
}

/** One pass through an account; published versions come with it if they are asked for. */
async function listWhere(
  isMeant: (fn: LiveFunction) => boolean,
  isOldVersion: ListOptions["isOldVersion"],
  clients: Clients,
  caller: Caller,
): Promise<Found> {
  const request = { service: "lambda", operation: "ListFunctions" } as const;
  // A list that changes while it is read can contain a function twice.
  const functions = new Map<string, LiveFunction>();
  const withOldVersions = new Set<string>();
  await eachPage("Lambda ListFunctions", async (marker) => {
    const input = { Marker: marker, ...(isOldVersion && { FunctionVersion: "ALL" as const }) };
    const page = await caller.call(request, async (send) => {
      const { Functions, NextMarker } = await clients.lambda.listFunctions(input, send);
      return { listed: required(Functions, "Functions").map((one) => [one, stateOf(one)] as const), NextMarker };
    });
    for (const [{ Version: version = "$LATEST" }, { live }] of page.listed) {
      if (!isMeant(live)) continue;
      if (version === "$LATEST") functions.set(live.arn, live);
      else if (isOldVersion?.(live)) withOldVersions.add(live.arn);
    }
    return page.NextMarker;
  });
  return { functions: [...functions.values()], withOldVersions: [...withOldVersions] };
}

/**
 * Returns the ARNs of the functions that carry all of the tags: ListFunctions does not return tags, and ListTags takes
 * one call per function.
 */
async function listTagged(clients: Clients, caller: Caller, tags: TagSet, note: (arn: string) => void): Promise<void> {
  const tagging = await clients.tagging();
  const request = { service: "tagging", operation: "GetResources" } as const;
  await eachPage("GetResources", async (token) => {
    const input = {
      ResourceTypeFilters: ["lambda:function"],
      TagFilters: Object.entries(tags).map(([Key, value]) => ({ Key, Values: [value] })),
      PaginationToken: token,
    };
    const page = await caller.call(request, async (send) => {
      const { ResourceTagMappingList, PaginationToken } = await tagging.getResources(input, send);
      return { tagged: required(ResourceTagMappingList, "ResourceTagMappingList"), PaginationToken };
    });
    for (const { ResourceARN } of page.tagged) if (ResourceARN) note(ResourceARN);
    return page.PaginationToken;
  });
}

/**
 * The parts of Lambda's response that are kept: few, as a fleet may have thousands of functions.
 * @throws ForeignAnswer if it does not describe a function
 */
export function stateOf(answer: FunctionConfiguration | undefined): FunctionState {
  const configuration = required(answer, "a configuration");
  const name = required(configuration.FunctionName, "the function's name");
  const arn = required(configuration.FunctionArn, "the function's ARN");
  // A function without layers has no list of them in the response, so only the fields that are always present tell a
  // complete response from an incomplete one.
  required(configuration.RevisionId ?? configuration.LastModified, "the function's revision");
  return {
    live: {
      name,
      arn: unqualifiedArn(arn),
      layers: (configuration.Layers ?? []).flatMap((layer) => layer.Arn ?? []),
      runtime: configuration.Runtime,
      architectures: configuration.Architectures ?? [],
      packageType: configuration.PackageType === "Image" ? "Image" : "Zip",
      revisionId: configuration.RevisionId,
    },
    // A function that is still being created cannot be updated yet.
    update: configuration.State === "Pending" ? "InProgress" : (configuration.LastUpdateStatus ?? "Successful"),
    reason: configuration.LastUpdateStatusReason,
  };
}

/**
 * The same, for a response about one function.
 * @param asked the function as Lambda takes it
 * @param region the function's region, if `asked` does not include it
 * @throws ForeignAnswer if it is about another function
 */
export function answerAbout(asked: string, answer: FunctionConfiguration | undefined, region?: string): FunctionState {
  const state = stateOf(answer);
  const is = parseFunctionArn(state.live.arn);
  const meant = { region: region ?? is?.region, account: is?.account, ...given(asked) };
  if (is?.name !== meant.name || is.region !== meant.region || is.account !== meant.account)
    throw new ForeignAnswer(`an answer about ${asked}`);
  return state;
}

/** A function's name, and its region and account as far as the text includes them. */
function given(asked: string): Partial<Pick<FunctionReference, "region" | "account">> & { readonly name: string } {
  const { name, region, account } = parseFunctionReference(asked) ?? { name: asked };
  return { name, ...(region !== undefined && { region }), ...(account !== undefined && { account }) };
}

function asArn(name: string): string | undefined {
  return name.startsWith("arn:") ? name : undefined;
}
