import { totalsOf } from "../core/assess";
import { type DeclaredLayer, declareFor } from "../core/config/declared";
import { covers } from "../core/config/when";
import { type ErrorCode, LayersError, unchanged } from "../core/errors";
import { labelsOf } from "../core/function-arn";
import { didYouMean } from "../core/nearest";
import { variesWithFunctions } from "../core/target";
import { listNames, sentence } from "../core/text";
import type { Ports } from "../ports";
import { type Assessment, assessStack } from "./assess";
import type { Available, AvailableLayer, AvailableRequest, UsedLayers } from "./available";
import { failedReading, worstUnknown } from "./expectation";
import { availableVariant, lookUp } from "./look-up";
import { askAbout, type DeclaredMatch, findableLayers, matchesOf } from "./matches";
import { documentFormat } from "./plans";
import { isWithoutState } from "./recorded/load";
import { withProgress } from "./steps";

/**
 * Looks up which versions of the declared layers exist, and which suit the functions that use them.
 * @throws LayersError `usage` for a layer that no entry declares, what the assessment throws, and `aws-credentials`;
 * failures for a single layer are in its row
 */
export async function readAvailable(ports: Ports, request: AvailableRequest): Promise<UsedLayers> {
  const { stack, config, layers: names = [] } = request;
  // The region selects layers; the functions that have them may be elsewhere, or in another stack.
  const everywhere = request.region === undefined ? ports : { ...ports, aws: { ...ports.aws, region: undefined } };
  const { project, totals, standings, live } = await assessUsers(everywhere, request);
  const declared = declareFor(config, stack);
  const order = declared.layers.map(({ key }) => key);
  let leftOut: UsedLayers["leftOut"] = [];
  const layers = await withProgress(ports.reporter, "Looking up layer versions", async () => {
    const found = await findableLayers(ports, config, declared, matchesOf(standings));
    const meant = meantBy(names, found);
    const all = chosen(meant, declared.layers, request);
    leftOut = meant.filter((match) => match.functions.length > 0 && !all.includes(match)).map(placeOf);
    const label = labelsOf(all.flatMap(({ functions }) => functions));
    const rows = await askAbout(ports, all, async (aws, match) => [await lookUp(aws, match, request, label)]);
    const numberOf = ({ variant }: AvailableLayer) => variant?.number ?? 0;
    return rows.sort(
      (a, b) =>
        order.indexOf(a.entry) - order.indexOf(b.entry) || numberOf(a) - numberOf(b) || (a.arn < b.arn ? -1 : 1),
    );
  });
  const recordedBy = new Set(standings.map(({ fn }) => fn.recordedBy));
  return { available: { format: documentFormat, stack, project, totals, layers, live }, recordedBy, leftOut };
}

function placeOf({ declared, region }: DeclaredMatch): UsedLayers["leftOut"][number] {
  const variant = availableVariant(declared);
  return { entry: declared.key, region, ...(variant && { variant }) };
}

async function assessUsers(
  ports: Ports,
  { layers, publishedBefore, wanted, region, variant, withoutFunctions, ...request }: AvailableRequest,
): Promise<Pick<Assessment, "project" | "totals" | "standings" | "live">> {
  try {
    return await assessStack(ports, request);
  } catch (error) {
    if (!withoutFunctions || !isWithoutState(error)) throw error;
    const reason = `Which functions use the layers is not known: ${sentence(error.what)}`;
    ports.reporter.warn(`${reason} Choose live functions with --all-functions, --tag or -f.`);
    return { project: null, totals: totalsOf([]), standings: [], live: { read: false, reason } };
  }
}

function meantBy(names: readonly string[], matches: readonly DeclaredMatch[]): readonly DeclaredMatch[] {
  const known = new Set(matches.flatMap(({ declared, layer }) => [declared.key, layer]));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new LayersError("usage", `No entry of the config declares a layer ${unknown}.`, {
      next:
        didYouMean(unknown, [...known]) ??
        `Its entries are: ${listNames([...new Set(matches.map(({ declared }) => declared.key))])}.`,
      changed: unchanged,
    });
  }
  const isMeant = ({ declared, layer }: DeclaredMatch) => names.includes(declared.key) || names.includes(layer);
  return names.length === 0 ? matches : matches.filter(isMeant);
}

/**
 * The layers of the requested region and variant.
 * @throws LayersError `usage` if no entry has such a variant, or there are layers and none in that region
 */
function chosen(
  matches: readonly DeclaredMatch[],
  entries: readonly DeclaredLayer[],
  request: Pick<AvailableRequest, "region" | "variant" | "layers">,
): DeclaredMatch[] {
  const { region, variant = 0, layers: names = [] } = request;
  const keys = new Set(matches.map(({ declared }) => declared.key));
  const meant = entries.filter(({ key }) => keys.has(key));
  const most = Math.max(0, ...meant.map(({ variants = [] }) => variants.length));
  if (variant > most)
    throw new LayersError(
      "usage",
      `${names.length === 1 ? `Entry ${meant[0]?.key}` : "No entry"} has ${names.length === 1 ? "no" : "a"} variant ${variant}.`,
      {
        next:
          most === 0
            ? "Leave --variant out: there are no variants."
            : `${most === 1 ? "The only variant is 1" : `Variants are numbered from 1 to ${most}`}, and 0 means the entry itself.`,
        changed: unchanged,
      },
    );
  const all = matches.filter((match) => isChosen(match, request));
  if (region !== undefined && matches.length > 0 && !matches.some((match) => isChosen(match, { region })))
    throw new LayersError("usage", `None of the declared layers is in ${region}.`, {
      next: `They are in ${listNames([...new Set(matches.map((match) => match.region))].sort())}.`,
      changed: unchanged,
    });
  return all;
}

/** Whether a layer is of the requested region and variant. */
function isChosen(match: DeclaredMatch, request: Pick<AvailableRequest, "region" | "variant">): boolean {
  const { declared, region } = match;
  const isOfRegion = region === request.region && !isHidden(match, region);
  const isHere = request.region === undefined || !variesWithFunctions(declared) || isOfRegion;
  return isHere && (request.variant === undefined || (availableVariant(declared)?.number ?? 0) === request.variant);
}

/** Whether a declaration that no known function uses is hidden in a region, because an earlier variant covers it all. */
function isHidden({ declared, functions }: DeclaredMatch, region: string): boolean {
  const { variant, variants = [] } = declared;
  const earlier = variant === undefined ? variants : variants.slice(0, variants.indexOf(variant));
  return functions.length === 0 && earlier.some(({ when }) => covers(when, { region: [region] }));
}

/** The error code for what could not be read; undefined if everything was. */
export function unreadOf({ layers, live }: Pick<Available, "layers" | "live">): ErrorCode | undefined {
  return worstUnknown([...layers, failedReading(live)].flatMap((one) => one?.code ?? []));
}
