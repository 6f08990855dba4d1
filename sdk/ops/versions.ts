import { parseLayerVersionArn } from "../core/arn";
import { LayersError } from "../core/errors";
import type { PublishedVersion } from "../core/live";
import type { AwsPort } from "../ports";

/** How a layer's versions were found. */
export type VersionSource = "list" | "search" | "parameter";

/** The versions of a layer, newest first, read lazily because each page takes requests. */
export interface VersionReader {
  readonly source: VersionSource;
  readonly versions: AsyncIterable<PublishedVersion>;
}

/** Which layer's versions are read. */
export interface LayerOfInterest {
  /** Without version. */
  readonly arn: string;
  /** A version known to have been published, where the search for newer ones starts. */
  readonly known: number;
  /** `ssm:/path` of the parameter that holds the newest version. */
  readonly latest: string | undefined;
}

/**
 * Deleted versions leave gaps. This many missing versions in a row are taken for the end: publishers delete single
 * versions, and each step of the search takes up to as many requests.
 */
const widestGap = 4;
// The maximum requests of a search and the way down from its result: 1,000 versions take about 40 requests.
const mostProbes = 120;

/**
 * Opens the versions of a layer: by the parameter if there is one, else by ListLayerVersions, else, if only
 * GetLayerVersion is granted as for layers that other accounts share, by a search upwards from a known version.
 * @throws LayersError `not-known` if the parameter names no version of the layer, or an older one than the known
 */
export async function openVersions(aws: AwsPort, layer: LayerOfInterest): Promise<VersionReader> {
  if (layer.latest !== undefined) {
    const newest = await versionInParameter(aws, layer, layer.latest.replace(/^ssm:/, ""));
    return { source: "parameter", versions: downFrom(createProbe(aws, layer.arn), newest) };
  }
  const first = await aws.listLayerVersions(layer.arn);
  if (first !== "denied") return { source: "list", versions: listed(aws, layer.arn, first) };
  const probe = createProbe(aws, layer.arn);
  const newest = await searchNewest(probe, layer.known);
  return { source: "search", versions: downFrom(probe, newest) };
}

async function* listed(
  aws: AwsPort,
  arn: string,
  first: Exclude<Awaited<ReturnType<AwsPort["listLayerVersions"]>>, "denied">,
) {
  let page: typeof first | "denied" = first;
  while (page !== "denied") {
    yield* page.versions;
    if (page.next === undefined) return;
    page = await aws.listLayerVersions(arn, page.next);
  }
}

/** Reads a version: see {@link readVersion}. */
type Probe = (version: number) => Promise<PublishedVersion | undefined>;

/** @returns a probe that finds nothing once its budget is used up */
function createProbe(aws: AwsPort, arn: string): Probe {
  let left = mostProbes;
  return async (version) => {
    return version < 1 || left-- <= 0 ? undefined : readVersion(aws, arn, version);
  };
}

/** A version of a layer; undefined if it does not exist, or is denied, which looks the same in other accounts. */
export async function readVersion(aws: AwsPort, arn: string, version: number): Promise<PublishedVersion | undefined> {
  const facts = await aws.layerVersion(`${arn}:${version}`);
  return facts === "missing" || facts === "denied" ? undefined : { ...facts, version };
}

/** Doubles its steps until nothing is found, then bisects: 2 log2(newest) probes of a few requests each. */
async function searchNewest(probe: Probe, known: number): Promise<number> {
  /** The first existing version within a gap's width. */
  const look = async (from: number, below: number) => {
    for (let version = from; version < Math.min(from + widestGap, below); version++) {
      if (await probe(version)) return version;
    }
    return undefined;
  };
  let found = known;
  let end = Number.POSITIVE_INFINITY;
  for (let step = 1; end === Number.POSITIVE_INFINITY; step *= 2) {
    const next = await look(found + step, end);
    if (next === undefined) end = found + step;
    else found = next;
  }
  while (end - found > 1) {
    const middle = Math.floor((found + end) / 2);
    const next = await look(middle, end);
    if (next === undefined) end = middle;
    else found = next;
  }
  return found;
}

async function* downFrom(probe: Probe, newest: number): AsyncGenerator<PublishedVersion> {
  let missed = 0;
  for (let version = newest; version > 0 && missed <= widestGap; version--) {
    const found = await probe(version);
    missed = found ? 0 : missed + 1;
    if (found) yield found;
  }
}

/**
 * The versions of a layer nearest to a given one, newest first: at most this many above it and below it.
 * @returns empty if none can be read
 */
export async function versionsNear(
  aws: AwsPort,
  layer: LayerOfInterest,
  wanted: number,
  most: number,
): Promise<number[]> {
  const above: number[] = [];
  const below: number[] = [];
  const { versions } = await openVersions(aws, { ...layer, latest: undefined });
  for await (const { version } of versions) {
    if (version > wanted) above.push(version);
    else if (below.push(version) >= most) break;
  }
  return [...above.slice(-most), ...below];
}

/** The parameter holds a layer version ARN, as AWS's own parameters do, or only a version. */
async function versionInParameter(aws: AwsPort, { arn, known }: LayerOfInterest, name: string): Promise<number> {
  const text = (await aws.parameter(name))?.trim();
  const version = /^[1-9]\d*$/.test(text ?? "") ? Number(text) : parseLayerVersionArn(text ?? "")?.version;
  const isOfLayer = version !== undefined && (text === String(version) || text === `${arn}:${version}`);
  if (isOfLayer && version >= known) return version;
  let what = `holds ${text}, which is not a version of ${arn}`;
  if (text === undefined) what = "does not exist";
  else if (isOfLayer) what = `names version ${version}, which is older than the declared version ${known}`;
  throw new LayersError("not-known", `SSM parameter ${name} ${what} (in ${aws.region}).`, {
    next: "Correct the parameter or the entry's `latest`, or remove `latest`.",
  });
}
