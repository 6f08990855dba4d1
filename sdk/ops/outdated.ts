import { partitionOf } from "../core/arn";
import type { AssessedFunction } from "../core/assess";
import { whyUnsuitable } from "../core/compatibility";
import { type DeclaredVariant, declaredAt, declareFor } from "../core/config/declared";
import type { When, WhenKey } from "../core/config/when";
import { type ErrorCode, LayersError, unchanged } from "../core/errors";
import { labelsOf } from "../core/function-arn";
import type { PublishedVersion } from "../core/live";
import { didYouMean } from "../core/nearest";
import { fillIn, hasPlaceholder } from "../core/placeholders";
import { architectureOf, variesWithFunctions } from "../core/target";
import type { AwsPort, Ports } from "../ports";
import { type Assessment, type AssessRequest, assessStack } from "./assess";
import { codeOfUnknown, failedReading, worstUnknown } from "./expectation";
import { askAbout, type DeclaredMatch, findableLayers, type LayerPlace, matchesOf } from "./matches";
import { documentFormat } from "./plans";
import { withProgress } from "./steps";
import { openVersions, readVersion, type VersionSource } from "./versions";

/** Whose layers are looked up. A state file instead of the stack's own: AWS is asked for the layers all the same. */
export interface AvailableRequest extends Pick<AssessRequest, "stack" | "config" | "stateFile"> {
  /** Names of entries, or of their layers in AWS: only these. Default: all. */
  readonly layers?: readonly string[];
  /** Versions that were published later, or at an unknown time, suit nobody. */
  readonly publishedBefore?: Date;
  /** A version that is looked up too. */
  readonly wanted?: number;
  /** Only layers of this region, of entries that differ by region, runtime and the like. Default: all. */
  readonly region?: string;
  /** Only what this variant of its entry declares, from 1; 0: what the entry itself does. Default: all. */
  readonly variant?: number;
}

/** The available versions of the layers that a config declares, as `--json` prints them. */
export interface Available extends Pick<Assessment, "stack" | "project" | "totals" | "live"> {
  readonly format: typeof documentFormat;
  /** In the order of the entries. */
  readonly layers: readonly AvailableLayer[];
}

/**
 * Whether a version is there. `deleted`: there are newer ones. `missing`: there are older ones alone, so that it is not
 * published yet, or deleted. `never-published`: the region has no version of the layer at all. `unreadable`: AWS denies
 * it, as it does in other accounts for what was deleted, is missing or not shared.
 */
export type Presence = "available" | "deleted" | "missing" | "never-published" | "unreadable";

/** The available versions of one layer that an entry declares. */
export interface AvailableLayer extends LayerPlace {
  /** The entry's name in the config. */
  readonly entry: string;
  readonly declared: number;
  /** Where the version is declared: `layer_config.yaml:3`. */
  readonly at: string;
  /** The variant that it is of; absent if it is the entry's own. */
  readonly variant?: AvailableVariant;
  /** Undefined if it could not be found out. */
  readonly declaredVersion: Presence | undefined;
  /** Undefined if there is none, or none could be read. */
  readonly newest: AvailableVersion | undefined;
  /** The newest above the declared version, or else that version, that suits every function that uses the layer. */
  readonly compatible: AvailableVersion | undefined;
  /** How the versions were found. */
  readonly source: VersionSource | undefined;
  /** Whether a newer compatible version is there, or the declared one is not. */
  readonly outdated: boolean;
  /** The functions that have the layer, as they are called here, and what they run on; missing if there are none. */
  readonly usedBy?: { readonly functions: readonly string[]; readonly runtimes: readonly string[] };
  /** The version that was asked for; `held` says why it does not suit a function that uses the layer. */
  readonly wanted?: { readonly isThere: boolean; readonly held: string | undefined };
  /** Why the newest version does not suit, or why AWS does not tell. */
  readonly reason?: string;
  /** Set if what there is could not be read, or not all of it: the code of the error that `outdated` ends with. */
  readonly code?: ErrorCode;
}

/** A variant of an entry. */
export interface AvailableVariant {
  /** Its place in the entry, from 1. */
  readonly number: number;
  readonly when: When;
  /** Its places in the lists of the config, from 0. */
  readonly place: DeclaredVariant["place"];
  /** Whether it has a version of its own, which is then what is edited. */
  readonly hasVersion: boolean;
}

/** A version that can be attached. */
export interface AvailableVersion {
  readonly version: number;
  /** Undefined if AWS does not say. */
  readonly published: Date | undefined;
}

// Ten pages of ListLayerVersions: further down nothing is looked for that suits.
const mostLookedAt = 500;

/**
 * Looks up which versions of the declared layers there are, and which suit the functions that use them.
 * @throws LayersError `usage` for a layer that no entry declares, what the assessment throws, and `aws-credentials`; what AWS does not say of a single layer is in its
 * row
 */
export async function readAvailable(ports: Ports, request: AvailableRequest): Promise<Available> {
  const { stack, config, stateFile, layers: names = [] } = request;
  const { project, totals, standings, live } = await assessStack(ports, { stack, config, stateFile });
  const declared = declareFor(config, stack);
  const order = declared.layers.map(({ key }) => key);
  const layers = await withProgress(ports.reporter, "Looking up layer versions", async () => {
    const found = await findableLayers(ports, config, declared, matchesOf(standings));
    const all = meantBy(names, found).filter((match) => isChosen(match, request));
    const label = labelsOf(all.flatMap(({ functions }) => functions));
    const rows = await askAbout(ports, all, async (aws, match) => [await lookUp(aws, match, request, label)]);
    const numberOf = ({ variant }: AvailableLayer) => variant?.number ?? 0;
    return rows.sort(
      (a, b) =>
        order.indexOf(a.entry) - order.indexOf(b.entry) || numberOf(a) - numberOf(b) || (a.arn < b.arn ? -1 : 1),
    );
  });
  return { format: documentFormat, stack, project, totals, layers, live };
}

function meantBy(names: readonly string[], matches: readonly DeclaredMatch[]): readonly DeclaredMatch[] {
  const known = new Set(matches.flatMap(({ declared, layer }) => [declared.key, layer]));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new LayersError("usage", `No entry of the config declares a layer ${unknown}.`, {
      next: didYouMean(unknown, [...known]),
      changed: unchanged,
    });
  }
  const isMeant = ({ declared, layer }: DeclaredMatch) => names.includes(declared.key) || names.includes(layer);
  return names.length === 0 ? matches : matches.filter(isMeant);
}

/** Whether a layer is of the region and variant that are asked for. */
function isChosen({ declared, region }: DeclaredMatch, request: Pick<AvailableRequest, "region" | "variant">): boolean {
  const isHere = request.region === undefined || !variesWithFunctions(declared) || region === request.region;
  return isHere && (request.variant === undefined || (availableVariant(declared)?.number ?? 0) === request.variant);
}

function availableVariant({ variant, variants = [] }: DeclaredMatch["declared"]): AvailableVariant | undefined {
  if (variant === undefined) return undefined;
  const { when, place, fields } = variant;
  return { number: variants.indexOf(variant) + 1, when, place, hasVersion: fields.version !== undefined };
}

/** Where the newest version is looked up, for the functions that have the layer; undefined if nowhere in particular. */
function latestOf({ declared, region, functions, account }: DeclaredMatch): string | undefined {
  const { latest, variant } = declared;
  if (latest === undefined || !hasPlaceholder(latest)) return latest;
  const sample = (key: WhenKey) => variant?.when[key]?.find((one) => !one.includes("*"));
  const one = (values: readonly (string | undefined)[], otherwise: string | undefined) => {
    const all = new Set(values);
    return all.size === 1 ? [...all][0] : all.size === 0 ? otherwise : undefined;
  };
  const runtime = one(
    functions.map((fn) => fn.runtime),
    sample("runtime"),
  );
  const architecture = one(functions.map(architectureOf), sample("architecture"));
  const filled = fillIn(latest, { partition: partitionOf(region), region, account, runtime, architecture });
  if ("text" in filled) return filled.text;
  const why = functions.length > 1 ? "the functions that have the layer differ in it" : "no function says which";
  throw new LayersError("not-known", `{${filled.missing}} of \`latest\` cannot be filled in: ${why}.`, {
    next: "Give each its own variant, or leave `latest` out.",
  });
}

/** The code of the error of what could not be read; undefined if everything could. */
export function unreadOf({ layers, live }: Pick<Available, "layers" | "live">): ErrorCode | undefined {
  return worstUnknown([...layers, failedReading(live)].flatMap((one) => one?.code ?? []));
}

type LabelFunction = (fn: AssessedFunction) => string;

/** Why a version does not suit all functions that use the layer; undefined if it does. */
function whyHeld(
  version: PublishedVersion,
  { functions, declared }: DeclaredMatch,
  label: LabelFunction,
  before?: Date,
): string | undefined {
  if (before && !(version.published && version.published <= before)) return "is too new";
  const suits = {
    // What the config says of a layer counts if the publisher says nothing.
    compatibleRuntimes:
      version.compatibleRuntimes.length > 0 ? version.compatibleRuntimes : (declared.compatibleRuntimes ?? []),
    compatibleArchitectures:
      version.compatibleArchitectures.length > 0
        ? version.compatibleArchitectures
        : (declared.compatibleArchitectures ?? []),
  };
  for (const fn of functions) {
    const reason = whyUnsuitable(fn, suits);
    if (reason) return `${reason} (${label(fn)})`;
  }
  return undefined;
}

async function lookUp(
  aws: AwsPort,
  match: DeclaredMatch,
  { publishedBefore, wanted }: AvailableRequest,
  label: LabelFunction,
): Promise<AvailableLayer> {
  const { declared, arn, layer, region, account } = match;
  const { key: entry, version } = declared;
  const { functions } = match;
  const usedBy = {
    functions: functions.map(label),
    runtimes: [...new Set(functions.flatMap(({ runtime }) => runtime ?? []))].sort(),
  };
  const variant = availableVariant(declared);
  const row = {
    ...{ entry, layer, arn, region, account, declared: version, at: declaredAt(declared) },
    ...(variant && { variant }),
    ...(functions.length > 0 && { usedBy }),
  };
  try {
    const facts = await aws.layerVersion(`${arn}:${version}`);
    const asked = wanted === undefined ? undefined : await readVersion(aws, arn, wanted);
    const { source, versions } = await openVersions(aws, { arn, known: version, latest: latestOf(match) });
    const found = await choose(versions, match, (one) => whyHeld(one, match, label, publishedBefore));
    const { newest, compatible } = found;
    const declaredVersion = presenceOf(facts, version, newest?.version, source);
    // What its owner denies of a layer that can be read otherwise is gone; denied all of it, nothing is known.
    const isUnread = declaredVersion === "unreadable" && (source === "list" || newest === undefined);
    const isGone = declaredVersion !== "available" && !isUnread;
    const outdated = isGone || (compatible?.version ?? 0) > version;
    const denied = `version ${version} cannot be read: AWS denies lambda:GetLayerVersion`;
    return {
      ...row,
      declaredVersion,
      ...found,
      source,
      outdated,
      ...(wanted !== undefined && {
        wanted: { isThere: asked !== undefined, held: asked && whyHeld(asked, match, label) },
      }),
      ...(isUnread && { code: "aws-permission" as const, reason: denied }),
    };
  } catch (error) {
    const isOfLayer = error instanceof LayersError && error.code !== "aws-credentials" && error.code !== "interrupted";
    if (!isOfLayer) throw error;
    const unknown = { declaredVersion: undefined, newest: undefined, compatible: undefined, source: undefined };
    return { ...row, ...unknown, outdated: false, reason: error.message, code: codeOfUnknown(error.code) };
  }
}

function presenceOf(
  facts: Awaited<ReturnType<AwsPort["layerVersion"]>>,
  version: number,
  newest: number | undefined,
  source: VersionSource,
): Presence {
  if (facts === "denied") return "unreadable";
  if (facts !== "missing") return "available";
  // If the list is denied, newer ones are tried, and older ones are not.
  if (newest === undefined) return source === "list" ? "never-published" : "missing";
  return version < newest ? "deleted" : "missing";
}

async function choose(
  versions: AsyncIterable<PublishedVersion>,
  match: DeclaredMatch,
  whyNot: (version: PublishedVersion) => string | undefined,
) {
  let newest: AvailableVersion | undefined;
  let compatible: AvailableVersion | undefined;
  let reason: string | undefined;
  let looked = 0;
  for await (const one of versions) {
    const { version, published } = one;
    newest ??= { version, published };
    const held = whyNot(one);
    if (held === undefined) compatible = { version, published };
    if (held === undefined || version <= match.declared.version) break;
    reason ??= `version ${version} ${held}`;
    if (++looked >= mostLookedAt) break;
  }
  return { newest, compatible, ...(reason !== undefined && { reason }) };
}
