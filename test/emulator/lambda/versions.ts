import { randomUUID } from "node:crypto";
import type {
  AliasConfiguration,
  CreateAliasRequest,
  DeleteAliasRequest,
  FunctionConfiguration,
  GetAliasRequest,
  ListAliasesRequest,
  ListAliasesResponse,
  ListVersionsByFunctionRequest,
  ListVersionsByFunctionResponse,
  PublishVersionRequest,
  UpdateAliasRequest,
} from "@aws-sdk/client-lambda";
import { functionArn } from "../arns";
import { type Context, recordWrite } from "../context";
import { conflict, invalidParameter, notFound, preconditionFailed } from "../errors";
import { page } from "../pages";
import type { StoredFunction } from "../store";
import { listed } from "./configuration";
import { type Found, findUnqualified, requireIdle } from "./lookup";

const LARGEST_PAGE = 50;

export const versionOperations = {
  PublishVersion(input: PublishVersionRequest, at: Context): FunctionConfiguration {
    const found = findUnqualified(input.FunctionName, at, "PublishVersion");
    requireIdle(found);
    const latest = found.fn.configuration;
    if (input.RevisionId !== undefined && input.RevisionId !== latest.RevisionId) throw preconditionFailed();
    if (input.CodeSha256 !== undefined && input.CodeSha256 !== latest.CodeSha256) {
      throw invalidParameter(
        `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${latest.CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
      );
    }
    return publish(found, at, input.Description);
  },

  ListVersionsByFunction(input: ListVersionsByFunctionRequest, at: Context): ListVersionsByFunctionResponse {
    const { fn } = findUnqualified(input.FunctionName, at, "ListVersionsByFunction");
    const latest = { ...fn.configuration, FunctionArn: `${fn.configuration.FunctionArn}:$LATEST` };
    const wanted = { marker: input.Marker, size: input.MaxItems };
    const number = ({ Version }: FunctionConfiguration) => (Version === "$LATEST" ? 0 : Number(Version));
    const { items, next } = page([latest, ...fn.versions], number, wanted, LARGEST_PAGE);
    return { Versions: items.map(listed), NextMarker: next };
  },

  CreateAlias(input: CreateAliasRequest, at: Context): AliasConfiguration {
    const { fn, name } = findUnqualified(input.FunctionName, at, "CreateAlias");
    const arn = `${functionArn(at.account, at.region, name)}:${input.Name}`;
    if (fn.aliases.has(input.Name ?? "")) throw conflict(`Alias already exists: ${arn}`);
    requireVersion(fn, input.FunctionVersion, arn);
    const alias: AliasConfiguration = {
      AliasArn: arn,
      Name: input.Name,
      FunctionVersion: input.FunctionVersion,
      Description: input.Description ?? "",
      RevisionId: randomUUID(),
      ...(input.RoutingConfig && { RoutingConfig: input.RoutingConfig }),
    };
    fn.aliases.set(input.Name ?? "", alias);
    recordWrite(at, "CreateAlias", name, undefined, alias);
    return alias;
  },

  GetAlias(input: GetAliasRequest, at: Context): AliasConfiguration {
    return aliasOf(findUnqualified(input.FunctionName, at, "GetAlias"), input.Name, at);
  },

  UpdateAlias(input: UpdateAliasRequest, at: Context): AliasConfiguration {
    const found = findUnqualified(input.FunctionName, at, "UpdateAlias");
    const before = aliasOf(found, input.Name, at);
    if (input.RevisionId !== undefined && input.RevisionId !== before.RevisionId) throw preconditionFailed();
    const after: AliasConfiguration = {
      ...before,
      RevisionId: randomUUID(),
      ...(input.FunctionVersion !== undefined && { FunctionVersion: input.FunctionVersion }),
      ...(input.Description !== undefined && { Description: input.Description }),
      ...(input.RoutingConfig && { RoutingConfig: input.RoutingConfig }),
    };
    requireVersion(found.fn, after.FunctionVersion, before.AliasArn ?? "");
    found.fn.aliases.set(input.Name ?? "", after);
    recordWrite(at, "UpdateAlias", found.name, before, after);
    return after;
  },

  ListAliases(input: ListAliasesRequest, at: Context): ListAliasesResponse {
    const { fn } = findUnqualified(input.FunctionName, at, "ListAliases");
    const all = [...fn.aliases.values()]
      .sort((a, b) => ((a.Name ?? "") < (b.Name ?? "") ? -1 : 1))
      .map((alias, index) => ({ alias, index }))
      .filter(({ alias }) => !input.FunctionVersion || alias.FunctionVersion === input.FunctionVersion);
    const wanted = { marker: input.Marker, size: input.MaxItems };
    const { items, next } = page(all, ({ index }) => index, wanted, LARGEST_PAGE);
    return { Aliases: items.map(({ alias }) => alias), NextMarker: next };
  },

  DeleteAlias(input: DeleteAliasRequest, at: Context): undefined {
    const { fn, name } = findUnqualified(input.FunctionName, at, "DeleteAlias");
    const before = fn.aliases.get(input.Name ?? "");
    if (!before) return;
    fn.aliases.delete(input.Name ?? "");
    recordWrite(at, "DeleteAlias", name, before, undefined);
  },
};

/** Publishes $LATEST unless the newest version is the same. An update in progress counts as done. */
export function publish({ fn, name }: Found, at: Context, description?: string): FunctionConfiguration {
  const newest = fn.versions.at(-1);
  if (newest && !fn.changedSincePublish) return newest;
  const latest = fn.pending?.outcome ?? fn.configuration;
  fn.published += 1;
  const number = String(fn.published);
  const version: FunctionConfiguration = {
    ...latest,
    Version: number,
    FunctionArn: `${functionArn(at.account, at.region, name)}:${number}`,
    Description: description ?? latest.Description,
    RevisionId: randomUUID(),
  };
  fn.versions.push(version);
  fn.changedSincePublish = false;
  // Publishing also changes the revision of $LATEST.
  fn.configuration = { ...fn.configuration, RevisionId: randomUUID() };
  recordWrite(at, "PublishVersion", name, undefined, version);
  return version;
}

function aliasOf({ fn, name }: Found, alias: string | undefined, at: Context): AliasConfiguration {
  const found = fn.aliases.get(alias ?? "");
  if (!found) throw notFound(`Cannot find alias arn: ${functionArn(at.account, at.region, name)}:${alias}`);
  return found;
}

function requireVersion(fn: StoredFunction, version: string | undefined, aliasArn: string): void {
  if (version === "$LATEST" || fn.versions.some(({ Version }) => Version === version)) return;
  const functionOfAlias = aliasArn.slice(0, aliasArn.lastIndexOf(":"));
  throw notFound(`Function not found: ${functionOfAlias}:${version}`);
}
