import { isDeepStrictEqual } from "node:util";
import type { AliasRoutingConfiguration, FunctionConfiguration } from "@aws-sdk/client-lambda";
import { LayersError } from "../core/errors";
import { functionName } from "../core/function-arn";
import type { AliasMove, FunctionAlias } from "../core/live";
import type { AwsPort, Publication, PublishOptions } from "../ports";
import { eachPage, required } from "./answers";
import type { Caller, SendOptions } from "./caller";
import type { Clients } from "./clients";
import { isNamed } from "./errors";
import { answerAbout, type ReadFunction, stateOf } from "./functions";
import { sameLayers } from "./move";
import { classify } from "./retry";
import { settled } from "./wait";

/** The part of a session that is about published versions and aliases. */
export type AliasMethods = Pick<AwsPort, "listAliases" | "functionVersion" | "publish" | "moveAlias">;

// A function with SnapStart takes a few minutes to publish.
const publishDeadline = 600_000;
// How often `$LATEST` may change between being read and being published, or an alias before it is moved.
const mostTries = 5;

/**
 * The parts of a configuration, besides layers, that make a new release necessary. The rest does not change what runs.
 */
const released = [
  "CodeSha256",
  "Runtime",
  "Handler",
  "Role",
  "Architectures",
  "MemorySize",
  "Timeout",
  "Environment",
] as const satisfies readonly (keyof FunctionConfiguration)[];

/** Creates these methods for one session. */
export function createAliasMethods({ lambda }: Clients, caller: Caller, read: ReadFunction): AliasMethods {
  // Keyed by name: account and region are the session's.
  const requestFor = (operation: string, arn: string) =>
    ({ service: "lambda", operation, subject: functionName(arn), resource: arn }) as const;

  const getAlias = async (arn: string, alias: string) => {
    const input = { FunctionName: functionName(arn), Name: alias };
    const get = async (options: SendOptions) => {
      const answer = await lambda.getAlias(input, options);
      return { ...answer, FunctionVersion: required(answer.FunctionVersion, "a version") };
    };
    const found = await caller.call(requestFor("GetAlias", arn), get, {
      answer: (error) => (isNamed(error, "ResourceNotFoundException") ? ("missing" as const) : undefined),
    });
    if (found === "missing") throw failure(`Function ${functionName(arn)} has no alias ${alias}.`);
    return found;
  };

  const configuration = async (arn: string, version: string): Promise<FunctionConfiguration> => {
    const input = { FunctionName: functionName(arn), Qualifier: version };
    return caller.call(requestFor("GetFunction", arn), async (options) => {
      const answer = required((await lambda.getFunction(input, options)).Configuration, "a configuration");
      answerAbout(arn, answer);
      return answer;
    });
  };

  const moveAlias = async (arn: string, { alias, from, to }: AliasMove): Promise<void> => {
    for (let tries = 1; ; tries++) {
      const { FunctionVersion: now, RevisionId, RoutingConfig: routing } = await getAlias(arn, alias);
      // An update whose response was lost has also changed the revision.
      if (now === to) return;
      if (now !== from) throw movedMeanwhile(arn, alias, now);
      refuseSplit(arn, alias, routing);
      const input = { FunctionName: functionName(arn), Name: alias, FunctionVersion: to, RevisionId };
      const update = async (options: SendOptions) => {
        required((await lambda.updateAlias(input, options)).FunctionVersion, "a version");
      };
      const answer = await caller.call(requestFor("UpdateAlias", arn), update, {
        answer: (error) => (classify(error) === "conflict" ? ("conflict" as const) : undefined),
      });
      if (answer !== "conflict") return;
      if (tries === mostTries)
        throw failure(`Alias ${alias} of ${functionName(arn)} was changed while it was being moved.`);
    }
  };

  /** The version that a release replaces; undefined if it has these layers already. */
  const replaced = async (arn: string, latest: FunctionConfiguration, alias: string): Promise<string | undefined> => {
    const { FunctionVersion: version = "$LATEST", RoutingConfig: routing } = await getAlias(arn, alias);
    const name = functionName(arn);
    refuseSplit(arn, alias, routing);
    if (version === "$LATEST") return undefined;
    const served = await configuration(arn, version);
    if (sameLayers(stateOf(served).live.layers, stateOf(latest).live.layers)) return undefined;
    const others = released.filter((field) => !isDeepStrictEqual(served[field], latest[field]));
    if (others.length === 0) return version;
    throw failure(
      `Alias ${alias} of ${name} serves version ${version}, which differs from $LATEST in more than layers (${others.join(", ")}). Publishing would release these changes too.`,
    );
  };

  const publishVersion = async (arn: string, revision: string | undefined): Promise<string | "conflict"> => {
    const input = { FunctionName: functionName(arn), RevisionId: revision };
    const answer = await caller.call(
      requestFor("PublishVersion", arn),
      async (options) => {
        const published = await lambda.publishVersion(input, options);
        return { version: required(published.Version, "a version"), state: answerAbout(arn, published) };
      },
      { answer: (error) => (classify(error) === "conflict" ? ("conflict" as const) : undefined) },
    );
    if (answer === "conflict") return answer;
    const { version } = answer;
    const deadline = performance.now() + publishDeadline;
    const state = await settled(
      answer.state,
      () => read(functionName(arn), { version }),
      () => performance.now() >= deadline,
    );
    if (state?.update !== "InProgress") return version;
    throw failure(`Version ${version} of ${functionName(arn)} was published, but was not ready after ten minutes.`);
  };

  const publish = async (arn: string, { alias, beforeMove }: PublishOptions = {}): Promise<Publication> => {
    for (let tries = 1; ; tries++) {
      const latest = await configuration(arn, "$LATEST");
      const from = alias === undefined ? undefined : await replaced(arn, latest, alias);
      if (alias !== undefined && from === undefined)
        return { version: (await getAlias(arn, alias)).FunctionVersion ?? "" };
      const version = await publishVersion(arn, latest.RevisionId);
      if (version !== "conflict") {
        if (alias === undefined || from === undefined) return { version };
        const moved = { alias, from, to: version };
        await beforeMove?.(moved);
        await moveAlias(arn, moved);
        return { version, moved };
      }
      if (tries === mostTries) throw failure(`Function ${functionName(arn)} was changed while it was being published.`);
    }
  };

  return {
    publish,
    moveAlias,
    async listAliases(arn) {
      const aliases: FunctionAlias[] = [];
      await eachPage("Lambda ListAliases", async (marker) => {
        const input = { FunctionName: functionName(arn), Marker: marker };
        const page = await caller.call(requestFor("ListAliases", arn), async (options) => {
          const { Aliases, NextMarker } = await lambda.listAliases(input, options);
          return { listed: required(Aliases, "Aliases"), NextMarker };
        });
        for (const { Name: name = "", FunctionVersion: version = "", RoutingConfig: routing } of page.listed) {
          const [otherVersion] = Object.keys(routing?.AdditionalVersionWeights ?? {});
          aliases.push({ name, version, ...(otherVersion !== undefined && { otherVersion }) });
        }
        return page.NextMarker;
      });
      return aliases;
    },
    functionVersion: async (arn, version) => (await read(functionName(arn), { version }))?.live,
  };
}

function failure(message: string): LayersError {
  return new LayersError("aws-update-failed", message);
}

/** Whoever shifts traffic also decides where it goes in the end. */
function refuseSplit(arn: string, alias: string, routing: AliasRoutingConfiguration | undefined): void {
  if (Object.keys(routing?.AdditionalVersionWeights ?? {}).length > 0)
    throw failure(
      `Alias ${alias} of ${functionName(arn)} splits traffic between two versions: a rollout is in progress.`,
    );
}

function movedMeanwhile(arn: string, alias: string, version = "nothing"): LayersError {
  return failure(`Alias ${alias} of ${functionName(arn)} was moved by someone else and now serves ${version}.`);
}
