import { LayersError } from "../../core/errors";
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
 * Finds aliases that serve layers which are not as declared.
 * @param functionArns functions that may have such aliases; each costs a request or more
 * @returns also why aliases could not be read, where that is so
 */
export async function findStaleAliases(
  aws: AwsPort,
  functionArns: readonly string[],
  target: LiveTarget,
): Promise<{ aliases: StaleAlias[]; warnings: string[] }> {
  try {
    const found = await pooled(functionArns, concurrency, (arn) => staleAliasesOf(aws, arn, target));
    return { aliases: found.flat(), warnings: [] };
  } catch (error) {
    if (!(error instanceof LayersError) || error.code === "interrupted") throw error;
    return { aliases: [], warnings: [`Aliases in ${aws.region} were not looked at. ${error.message}`] };
  }
}

async function staleAliasesOf(aws: AwsPort, functionArn: string, target: LiveTarget): Promise<StaleAlias[]> {
  const served = (await aws.listAliases(functionArn)).flatMap(({ name, version, otherVersion }) =>
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
