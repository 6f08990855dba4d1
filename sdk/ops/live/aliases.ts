import { LayersError } from "../../core/errors";
import { functionName } from "../../core/function-arn";
import type { Goal } from "../../core/goal";
import type { FunctionAlias, LiveFunction } from "../../core/live";
import { layerName, movesBetween, moveTarget } from "../../core/moves";
import { pooled } from "../../core/pool";
import type { AwsPort, Ports } from "../../ports";
import type { Site } from "../plans";
import { ifPossible } from "../steps";
import type { LayerDifference, PlannedPublish, PublishOutcome, StaleAlias } from "./plans";
import type { RunRecorder } from "./recorder";
import { sideBySide, withSession } from "./sessions";

/** The result of reading aliases. */
export interface ReadAliases {
  /** Those that serve layers which are not as declared. */
  readonly stale: readonly StaleAlias[];
  /** The aliases of each function that was asked, by the functions' ARNs. */
  readonly known: ReadonlyMap<string, readonly FunctionAlias[]>;
  /** Why aliases could not be read, if so. */
  readonly warnings: readonly string[];
}

// Lambda's request budget sets the pace; this only limits how many requests are in flight.
const concurrency = 10;

/**
 * Reads aliases, and finds those that serve layers which are not as declared.
 * @param functionArns each takes at least one request
 * @param goal the layers that a published version should have
 */
export async function readAliases(aws: AwsPort, functionArns: readonly string[], goal: Goal): Promise<ReadAliases> {
  const known = new Map<string, readonly FunctionAlias[]>();
  const read = async () => {
    const found = await pooled(functionArns, concurrency, async (arn) => {
      const aliases = await aws.listAliases(arn);
      known.set(arn, aliases);
      return staleAliasesOf(aws, arn, aliases, goal);
    });
    return { stale: found.flat(), known, warnings: [] };
  };
  return ifPossible<ReadAliases>(read, ({ message }) => {
    const warnings = [`Aliases in ${aws.region} were not checked. ${message}`];
    return { stale: [], known: new Map(), warnings };
  });
}

async function staleAliasesOf(
  aws: AwsPort,
  functionArn: string,
  aliases: readonly FunctionAlias[],
  goal: Goal,
): Promise<StaleAlias[]> {
  const served = aliases.flatMap(({ name, version, otherVersion }) =>
    [version, otherVersion].flatMap((one) => (one === undefined || one === "$LATEST" ? [] : [{ name, version: one }])),
  );
  const versions = new Map<string, LayerDifference[]>();
  for (const version of new Set(served.map((one) => one.version))) {
    const fn = await aws.functionVersion(functionArn, version);
    versions.set(version, fn ? differences(fn, goal) : []);
  }
  const { region } = aws;
  return served.flatMap(({ name: alias, version }) => {
    const layers = versions.get(version) ?? [];
    return layers.length > 0
      ? [{ function: functionName(functionArn), functionArn, region, alias, version, layers }]
      : [];
  });
}

/**
 * What publishing will do, as far as known in advance: whether a release differs in more than layers is checked when it
 * is published.
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
    // It follows the function, without being moved.
    if (now.version === "$LATEST") return [];
    const planned = { ...of, alias: { name: alias, from: now.version } };
    if (now.otherVersion === undefined) return planned;
    return { ...planned, refused: `Alias ${alias} of ${name} splits traffic between two versions.` };
  });
}

/**
 * Publishes functions, and moves an alias to the new versions. One function's failure does not affect the others.
 * @param functions ARNs
 */
export async function publishFunctions(
  ports: Ports,
  sites: readonly Site<string>[],
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
  const of = { function: functionName(functionArn), functionArn };
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
    return { ...of, status: "failed", reason: error.inOneLine() };
  }
}

function differences(version: LiveFunction, goal: Goal): LayerDifference[] {
  return movesBetween(version.layers, goal(version)).map((move) => ({
    ...{ layer: layerName(move.layer), arn: move.layer, from: move.from, to: move.to },
    ...(move.by !== undefined && { target: moveTarget(move) }),
  }));
}
