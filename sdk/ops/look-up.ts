import { partitionOf } from "../core/arn";
import type { AssessedFunction } from "../core/assess";
import { whyUnsuitable } from "../core/compatibility";
import { declaredAt } from "../core/config/declared";
import type { WhenKey } from "../core/config/when";
import { LayersError } from "../core/errors";
import { isException } from "../core/exceptions";
import { architectureOf } from "../core/form";
import type { PublishedVersion } from "../core/live";
import { fillIn, hasPlaceholder } from "../core/placeholders";
import { only } from "../core/text";
import type { AwsPort, Ports } from "../ports";
import type { Assessment } from "./assess";
import type { AvailableLayer, AvailableRequest, AvailableVariant, AvailableVersion, Presence } from "./available";
import { codeOfUnknown } from "./expectation";
import { askAbout, type DeclaredMatch, matchesOf } from "./matches";
import { withProgress } from "./steps";
import { openVersions, readVersion, type VersionSource } from "./versions";

// Ten pages of ListLayerVersions: the search for a suitable version stops there.
const mostLookedAt = 500;

/** The available versions of one layer; what could not be read is noted in the row. */
export async function lookUp(
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
    const { isListed, ...found } = await choose(versions, match, (one) => whyHeld(one, match, label, publishedBefore));
    const { newest, compatible } = found;
    // If responses contradict each other, neither is trusted.
    if (source === "list" && (isListed === false ? typeof facts === "object" : isListed && facts === "missing"))
      throw contradiction(version, isListed === true);
    const declaredVersion = presenceOf(facts, version, newest?.version, source);
    // A denied version of an otherwise readable layer is gone; if everything is denied, nothing is known.
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
    if (!concernsLayer(error)) throw error;
    const unknown = { declaredVersion: undefined, newest: undefined, compatible: undefined, source: undefined };
    return { ...row, ...unknown, outdated: false, reason: error.message, code: codeOfUnknown(error.code) };
  }
}

/** Whether an error concerns one layer and so does not affect the others. */
function concernsLayer(error: unknown): error is LayersError {
  return error instanceof LayersError && error.code !== "aws-credentials" && error.code !== "interrupted";
}

/** The variant that declares a layer; undefined if the entry itself does. */
export function availableVariant({ variant, variants = [] }: DeclaredMatch["declared"]): AvailableVariant | undefined {
  if (variant === undefined) return undefined;
  const { when, place, fields } = variant;
  return {
    ...{ number: variants.indexOf(variant) + 1, when, place },
    ...{ hasVersion: fields.version !== undefined, isException: isException(variant) },
  };
}

/** Where the newest version is looked up, for the functions that have the layer; undefined if nowhere in particular. */
export function latestOf({ declared, region, functions, account }: DeclaredMatch): string | undefined {
  const { latest, variant } = declared;
  if (latest === undefined || !hasPlaceholder(latest)) return latest;
  const sample = (key: WhenKey) => variant?.when[key]?.find((one) => !one.includes("*"));
  const shared = (values: readonly (string | undefined)[], key: WhenKey) =>
    values.length === 0 ? sample(key) : only(values);
  const runtimes = functions.map((fn) => fn.runtime);
  const runtime = shared(runtimes, "runtime");
  const architecture = shared(functions.map(architectureOf), "architecture");
  const filled = fillIn(latest, { partition: partitionOf(region), region, account, runtime, architecture });
  if ("text" in filled) return filled.text;
  const why = functions.length > 1 ? "the functions that have the layer differ in it" : "no function says which";
  throw new LayersError("not-known", `{${filled.missing}} of \`latest\` cannot be filled in: ${why}.`, {
    next: "Give each its own variant, or leave `latest` out.",
  });
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
    // The config's information on a layer applies if the publisher gives none.
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

function presenceOf(
  facts: Awaited<ReturnType<AwsPort["layerVersion"]>>,
  version: number,
  newest: number | undefined,
  source: VersionSource,
): Presence {
  if (facts === "denied") return "unreadable";
  if (facts !== "missing") return "available";
  // If the list is denied, newer versions are probed, older ones are not.
  if (newest === undefined) return source === "list" ? "never-published" : "missing";
  return version < newest ? "deleted" : "missing";
}

function contradiction(version: number, isListed: boolean): LayersError {
  const [one, other] = isListed
    ? ["lists it", "has no such version when it is asked for"]
    : ["has it", "does not list it"];
  return new LayersError("not-known", `AWS contradicts itself about version ${version}: it ${one}, and ${other}.`, {
    next: "Run again. If this persists, check what is between this tool and AWS.",
  });
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
  // Whether the declared version is among them; undefined if they were not read that far.
  let isListed: boolean | undefined;
  let isWhole = true;
  for await (const one of versions) {
    const { version, published } = one;
    newest ??= { version, published };
    if (version <= match.declared.version) isListed ??= version === match.declared.version;
    const held = whyNot(one);
    if (held === undefined) compatible = { version, published };
    isWhole = held !== undefined && version > match.declared.version && ++looked < mostLookedAt;
    if (held !== undefined && version > match.declared.version) reason ??= `version ${version} ${held}`;
    if (!isWhole) break;
  }
  if (isWhole) isListed ??= false;
  return { newest, compatible, isListed, ...(reason !== undefined && { reason }) };
}

/**
 * The newest version of each declared layer that functions have, by the layer's ARN without version. Layers that could
 * not be read are missing, with a warning.
 * @throws LayersError `aws-credentials`, `interrupted`
 */
export async function newestVersions(
  ports: Ports,
  { standings }: Pick<Assessment, "standings">,
): Promise<ReadonlyMap<string, number>> {
  const all = matchesOf(standings).filter(({ region }) => region !== "?");
  const found = await withProgress(ports.reporter, "Looking up layer versions", () =>
    askAbout(ports, all, async (aws, match) => {
      const { arn, declared } = match;
      try {
        const { versions } = await openVersions(aws, { arn, known: declared.version, latest: latestOf(match) });
        for await (const { version } of versions) return [[arn, version] as const];
        return [];
      } catch (error) {
        if (!concernsLayer(error)) throw error;
        ports.reporter.warn(`The newest version of ${arn} is not known: ${error.message}`);
        return [];
      }
    }),
  );
  return new Map(found);
}
