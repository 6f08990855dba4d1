import { whyUnsuitable } from "../../core/compatibility";
import { declareFor } from "../../core/config/declared";
import type { LayerConfig } from "../../core/config/parse";
import { LayersError } from "../../core/errors";
import type { PublishedVersion } from "../../core/live";
import { scanState } from "../../core/state/scan";
import { withSession } from "../fleet/sites";
import type { AwsPort, Ports } from "../ports";
import { loadState } from "../state";
import { isOwned } from "../state-plan";
import { withProgress } from "../steps";
import { type DeclaredMatch, findMatches, unmatched } from "../validate";
import { openVersions, type VersionSource } from "./versions";

/** Whose layers are looked up. */
export interface AvailableRequest {
  readonly stack: string;
  readonly config: LayerConfig;
  /** An exported state instead of the stack's own. AWS is asked all the same. */
  readonly stateFile?: string;
  /** Only these entries; all where there are none. */
  readonly entries?: readonly string[];
  /** Versions that were published later, or at an unknown time, suit nobody. */
  readonly publishedBefore?: Date;
  /** A version that is looked up too. */
  readonly wanted?: number;
}

/** What there is of one layer that an entry declares. */
export interface AvailableLayer {
  /** The entry's name in the config. */
  readonly entry: string;
  /** The layer's name in AWS. */
  readonly layer: string;
  /** The layer's ARN, without version. */
  readonly arn: string;
  readonly declared: number;
  /** Where the version is declared: `layer_config.yaml:3`. */
  readonly at: string;
  /** `missing`: deleted, or never published. `unreadable`: in another account, and deleted, missing or not shared. */
  readonly declaredVersion: "available" | "missing" | "unreadable" | undefined;
  readonly newest: AvailableVersion | undefined;
  /** The newest above the declared version, or else that version, that suits every function that uses the layer. */
  readonly compatible: AvailableVersion | undefined;
  /** How the versions were found. */
  readonly source: VersionSource | undefined;
  /** Whether a newer compatible version is there, or the declared one is not. */
  readonly outdated: boolean;
  /** The version that was asked for; `held` says why it does not suit a function that uses the layer. */
  readonly wanted?: { readonly found: NonNullable<AvailableLayer["declaredVersion"]>; readonly held?: string };
  /** Why the newest version does not suit, or why AWS does not tell. */
  readonly reason?: string;
}

/** A version that can be attached. */
export interface AvailableVersion {
  readonly version: number;
  /** Undefined where AWS does not tell. */
  readonly published: Date | undefined;
}

// Ten pages of ListLayerVersions: further down nothing is looked for that suits.
const mostLookedAt = 500;

/**
 * Looks up which versions of the declared layers there are, and which suit the functions that use them.
 * @throws LayersError what the stack and file ports throw, and `aws-credentials`; what AWS does not tell of a single layer
 * is in its row
 */
export async function readAvailable(ports: Ports, request: AvailableRequest): Promise<AvailableLayer[]> {
  const { stack, config, stateFile } = request;
  const { resourceTypes } = config.settings;
  const { facts } = await loadState(ports, {
    stack,
    file: stateFile,
    scan: (bytes) => scanState(bytes, { resourceTypes }),
  });
  const declared = declareFor(config, stack);
  const wanted = { ...declared, layers: declared.layers.filter(({ key }) => request.entries?.includes(key) ?? true) };
  const { matches, findings } = findMatches(facts.functions.filter(isOwned), declared);
  for (const { message } of findings) ports.reporter.warn(message);
  const mine = matches.filter((match) => wanted.layers.includes(match.declared));
  return withProgress(ports.reporter, "Looking up layer versions", async () => {
    const all = [...mine, ...(await unmatched(ports, config, wanted, mine))];
    const rows: AvailableLayer[] = [];
    for (const [region, ofRegion] of Map.groupBy(all, ({ arn }) => arn.split(":")[3])) {
      await withSession(ports, { region }, async (aws) => {
        for (const match of ofRegion) rows.push(await lookUp(aws, match, request));
      });
    }
    const order = wanted.layers.map(({ key }) => key);
    return rows.sort((a, b) => order.indexOf(a.entry) - order.indexOf(b.entry) || (a.arn < b.arn ? -1 : 1));
  });
}

/** Why a version does not suit all functions that use the layer; undefined where it does. */
function whyHeld(version: PublishedVersion, { functions, declared }: DeclaredMatch, before?: Date): string | undefined {
  if (before && !(version.published && version.published <= before)) return "is too new";
  const suits = {
    // What the config says of a layer counts where the publisher says nothing.
    compatibleRuntimes:
      version.compatibleRuntimes.length > 0 ? version.compatibleRuntimes : (declared.compatibleRuntimes ?? []),
    compatibleArchitectures:
      version.compatibleArchitectures.length > 0
        ? version.compatibleArchitectures
        : (declared.compatibleArchitectures ?? []),
  };
  for (const fn of functions) {
    const reason = whyUnsuitable(fn, suits);
    if (reason) return `${reason} (${fn.name})`;
  }
  return undefined;
}

async function lookUp(
  aws: AwsPort,
  match: DeclaredMatch,
  { publishedBefore, wanted }: AvailableRequest,
): Promise<AvailableLayer> {
  const { declared, arn, layer } = match;
  const { key: entry, version, source: place } = declared;
  const row = { entry, layer, arn, declared: version, at: `${place.file}:${place.line}` };
  try {
    const declaredVersion = (await check(aws, match, version)).found;
    const asked = wanted === undefined ? {} : { wanted: await check(aws, match, wanted) };
    const { source, versions } = await openVersions(aws, { arn, known: version, latest: declared.latest });
    const found = await choose(versions, match, publishedBefore);
    const { newest, compatible } = found;
    const outdated = declaredVersion !== "available" || (compatible?.version ?? 0) > version;
    return {
      ...row,
      ...asked,
      declaredVersion,
      ...found,
      source,
      outdated,
      ...(newest === undefined && nothingThere(aws, source)),
    };
  } catch (error) {
    const isOfLayer = error instanceof LayersError && error.code !== "aws-credentials" && error.code !== "interrupted";
    if (!isOfLayer) throw error;
    const unknown = { declaredVersion: undefined, newest: undefined, compatible: undefined, source: undefined };
    return { ...row, ...unknown, outdated: false, reason: error.message };
  }
}

/** Whether a version is there, and whether it suits. */
async function check(
  aws: AwsPort,
  match: DeclaredMatch,
  version: number,
): Promise<NonNullable<AvailableLayer["wanted"]>> {
  const facts = await aws.layerVersion(`${match.arn}:${version}`);
  if (facts === "missing") return { found: "missing" };
  if (facts === "denied") return { found: "unreadable" };
  const held = whyHeld({ ...facts, version }, match);
  return { found: "available", ...(held !== undefined && { held }) };
}

function nothingThere({ region }: AwsPort, source: VersionSource) {
  return {
    reason:
      source === "search"
        ? "no version of it can be read: AWS denies lambda:GetLayerVersion"
        : `AWS has no version of it in ${region}`,
  };
}

async function choose(versions: AsyncIterable<PublishedVersion>, match: DeclaredMatch, before: Date | undefined) {
  let newest: AvailableVersion | undefined;
  let reason: string | undefined;
  let looked = 0;
  for await (const { version, published, ...facts } of versions) {
    newest ??= { version, published };
    const held = whyHeld({ version, published, ...facts }, match, before);
    if (!held || version <= match.declared.version) {
      const compatible = held ? undefined : { version, published };
      return { newest, compatible, ...(reason !== undefined && { reason }) };
    }
    reason ??= `version ${version} ${held}`;
    if (++looked >= mostLookedAt) break;
  }
  return { newest, compatible: undefined, ...(reason !== undefined && { reason }) };
}
