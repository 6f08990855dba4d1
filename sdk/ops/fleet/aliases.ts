import { LayersError } from "../../core/errors";
import type { FunctionAlias } from "../../core/live";
import { pooled } from "../../core/pool";
import { differences, type LayerDifference } from "../live-plan";
import type { LiveTarget } from "../plans";
import type { AwsPort, Ports } from "../ports";
import type { RunRecorder } from "./recorder";
import { sideBySide, withSession } from "./sites";

/** An alias that serves a published version with layers which are not as declared. */
export interface StaleAlias {
  readonly function: string;
  readonly functionArn: string;
  readonly region: string;
  readonly alias: string;
  /** The published version that is served. */
  readonly version: string;
  /** What of its layers is not as declared. */
  readonly layers: readonly LayerDifference[];
}

/** A function that is to be published. */
export interface PlannedPublish {
  readonly function: string;
  readonly functionArn: string;
  readonly region: string;
  /** The alias that is to be moved, and the version that it serves now, where that was read. */
  readonly alias?: { readonly name: string; readonly from?: string };
  /** Why it will not be published, where that is known already. */
  readonly refused?: string;
}

/** Aliases as they were read. */
export interface ReadAliases {
  /** Those that serve layers which are not as declared. */
  readonly stale: readonly StaleAlias[];
  /** The aliases of each function that was asked, by the functions' ARNs. */
  readonly known: ReadonlyMap<string, readonly FunctionAlias[]>;
  /** Why aliases could not be read, where that is so. */
  readonly warnings: readonly string[];
}

/** What became of publishing one function. */
export interface PublishOutcome {
  readonly function: string;
  readonly functionArn: string;
  readonly status: "published" | "failed";
  /** The version that has the function's layers now. */
  readonly version?: string;
  /** The alias that was moved to it, and the version that it served before. */
  readonly alias?: { readonly name: string; readonly from: string };
  readonly reason?: string;
}

// Each asks Lambda's scarce budget, which paces them; this bounds only how many are under way.
const concurrency = 10;

/**
 * Reads aliases, and finds those that serve layers which are not as declared.
 * @param functionArns each costs a request or more
 */
export async function readAliases(
  aws: AwsPort,
  functionArns: readonly string[],
  target: LiveTarget,
): Promise<ReadAliases> {
  const known = new Map<string, readonly FunctionAlias[]>();
  try {
    const found = await pooled(functionArns, concurrency, async (arn) => {
      const aliases = await aws.listAliases(arn);
      known.set(arn, aliases);
      return staleAliasesOf(aws, arn, aliases, target);
    });
    return { stale: found.flat(), known, warnings: [] };
  } catch (error) {
    if (!(error instanceof LayersError) || error.code === "interrupted") throw error;
    return { stale: [], known: new Map(), warnings: [`Aliases in ${aws.region} were not looked at. ${error.message}`] };
  }
}

async function staleAliasesOf(
  aws: AwsPort,
  functionArn: string,
  aliases: readonly FunctionAlias[],
  target: LiveTarget,
): Promise<StaleAlias[]> {
  const served = aliases.flatMap(({ name, version, otherVersion }) =>
    [version, otherVersion].flatMap((one) => (one === undefined || one === "$LATEST" ? [] : [{ name, version: one }])),
  );
  const versions = new Map<string, LayerDifference[]>();
  for (const version of new Set(served.map((one) => one.version))) {
    const fn = await aws.functionVersion(functionArn, version);
    versions.set(version, fn ? differences(fn, target) : []);
  }
  const { region } = aws;
  return served.flatMap(({ name: alias, version }) => {
    const layers = versions.get(version) ?? [];
    return layers.length > 0 ? [{ function: nameIn(functionArn), functionArn, region, alias, version, layers }] : [];
  });
}

/**
 * What publishing functions comes to, as far as it is known beforehand: whether a release differs in more than layers is
 * found out when it is published.
 */
export function planPublish(
  functions: readonly { readonly name: string; readonly arn: string }[],
  region: string,
  alias: string | undefined,
  known: ReadAliases["known"],
): PlannedPublish[] {
  return functions.flatMap(({ name, arn }) => {
    const of = { function: name, functionArn: arn, region };
    const aliases = known.get(arn);
    if (alias === undefined) return of;
    if (aliases === undefined) return { ...of, alias: { name: alias } };
    const now = aliases.find((one) => one.name === alias);
    if (!now) return { ...of, alias: { name: alias }, refused: `Function ${name} has no alias ${alias}.` };
    // It serves what the function is, without being moved.
    if (now.version === "$LATEST") return [];
    const planned = { ...of, alias: { name: alias, from: now.version } };
    if (now.otherVersion === undefined) return planned;
    return { ...planned, refused: `Alias ${alias} of ${name} shares calls between two versions.` };
  });
}

/**
 * Publishes functions, and moves an alias to what was published. One function's failure leaves the others alone.
 * @param functions ARNs
 */
export async function publishFunctions(
  ports: Ports,
  sites: readonly { readonly region: string; readonly profile?: string; readonly functions: readonly string[] }[],
  alias: string | undefined,
  recorder: RunRecorder,
): Promise<PublishOutcome[]> {
  const published = await sideBySide(sites, (site) =>
    withSession(ports, site, (aws) =>
      pooled(site.functions, concurrency, (arn) => publishFunction(aws, arn, alias, recorder)),
    ),
  );
  return published.flat();
}

async function publishFunction(
  aws: AwsPort,
  functionArn: string,
  alias: string | undefined,
  recorder: RunRecorder,
): Promise<PublishOutcome> {
  const of = { function: nameIn(functionArn), functionArn };
  try {
    const { version, moved } = await aws.publish(functionArn, {
      alias,
      beforeMove: (move) => recorder.alias(functionArn, move),
    });
    if (!moved) return { ...of, status: "published", version };
    await recorder.alias(functionArn, moved, true);
    return { ...of, status: "published", version, alias: { name: moved.alias, from: moved.from } };
  } catch (error) {
    if (!(error instanceof LayersError) || error.code === "interrupted" || error.code === "backup-folder") throw error;
    return { ...of, status: "failed", reason: error.describe().replaceAll("\n", " ") };
  }
}

function nameIn(functionArn: string): string {
  return functionArn.slice(functionArn.lastIndexOf(":") + 1);
}
