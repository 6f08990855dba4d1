import { declareFor, shortStackName } from "../core/config/declared";
import type { LayerConfig } from "../core/config/parse";
import { LayersError, unchanged } from "../core/errors";
import type { Ports } from "../ports";
import type { AvailableLayer, Upgrade, UpgradeRequest } from "./available";
import { stacksIfKnown } from "./estate";
import { withSession } from "./live/sessions";
import type { labelsOfLayers } from "./matches";
import { readVersion, versionsNear } from "./versions";

type LabelLayer = ReturnType<typeof labelsOfLayers>;

/** The upgrade of one entry; a text says why it stays, and undefined means that it is the newest. */
export async function planEntry(
  ports: Ports,
  rows: readonly AvailableLayer[],
  request: UpgradeRequest,
  { label, loaded }: { readonly label: LabelLayer; readonly loaded: LayerConfig },
): Promise<Omit<Upgrade, "edit"> | string | undefined> {
  const { to } = request;
  const [first] = rows;
  if (!first) return undefined;
  const { entry, declared: from, at } = first;
  if (to !== undefined) {
    const missing = rows.find(({ wanted }) => wanted?.isThere === false);
    // A variant without functions here does not hold back the others, unless it was requested.
    const isInWay = missing && (!isUnused(missing) || !missing.variant || request.variant !== undefined);
    if (isInWay) throw await noSuchVersion(ports, missing, request, { label, loaded });
    if (missing) return `${label(missing)}: ${await whereElse(ports, missing, request, { label, loaded })}`;
    const unknown = rows.find(({ wanted }) => wanted === undefined);
    if (unknown) return `${label(unknown)}: ${unknown.reason}`;
    return to === from ? undefined : { entry, from, to, at, published: undefined };
  }
  const unknown = rows.find(({ code }) => code !== undefined);
  if (unknown) return `${label(unknown)}: ${unknown.reason}`;
  // One number covers all layers of the entry: the newest one that all of them have.
  const newest = Math.min(...rows.map(versionOf));
  if (newest <= from) {
    const why = whyNoneNewer(rows, from, label);
    const unused = why === undefined ? undefined : rows.find(isUnused);
    return unused ? `${why}. ${await whereElse(ports, unused, request, { label, loaded })}` : why;
  }
  for (const row of rows) {
    const read = () => withSession(ports, row, (aws) => readVersion(aws, row.arn, newest));
    if (versionOf(row) !== newest && (await read()) === undefined)
      return `${label(row)} has no version ${newest}, the newest of the entry's other layers`;
  }
  const { compatible } = rows.find((row) => versionOf(row) === newest) ?? first;
  return { entry, from, to: newest, at, published: compatible?.published };
}

/** Whether a layer exists neither on a function of the stack nor in AWS, so that it may be another stack's. */
function isUnused({ usedBy, declaredVersion }: AvailableLayer): boolean {
  return usedBy === undefined && declaredVersion === "never-published";
}

const stacksNamed = 3;

/** What moves the layers of other stacks, if no function of this one has the layer. */
async function whereElse(
  ports: Ports,
  row: AvailableLayer,
  { stack, stateFile, to }: UpgradeRequest,
  { label, loaded }: { readonly label: LabelLayer; readonly loaded: LayerConfig },
): Promise<string> {
  const { entry, region, variant } = row;
  const nobody = `No function of stack ${stack} has ${label(row)} in ${region}`;
  const own = shortStackName(stack);
  const stacks = stateFile === undefined ? await stacksIfKnown(ports) : [];
  const others = stacks.filter((name) => shortStackName(name) !== own).slice(0, stacksNamed);
  if (others.length === 0) return `${nobody}: name a stack whose functions have it with --stack`;
  const commands = others.map((name) => {
    // The override's own variants may come before.
    const variants = declareFor(loaded, name).layers.find(({ key }) => key === entry)?.variants ?? [];
    const number = variants.findIndex(({ place }) => place.base === variant?.place.base) + 1;
    const version = to === undefined ? [] : ["--to", String(to)];
    const which = variant?.hasVersion && number > 0 ? ["--variant", String(number)] : [];
    return ports.advise(["upgrade", entry, ...version, ...which, "--stack", name]);
  });
  return `${nobody}. If another stack's do, move it there: ${commands.join("; or: ")}`;
}

/** The newest version of a layer that suits its functions; 0 if there is none. */
export function versionOf({ compatible }: AvailableLayer): number {
  return compatible?.version ?? 0;
}

/** Why an entry stays although there is a newer version or its version does not exist; undefined if all is well. */
function whyNoneNewer(rows: readonly AvailableLayer[], from: number, label: LabelLayer): string | undefined {
  const behind = rows.find((row) => versionOf(row) <= from && row.reason !== undefined);
  if (behind) return `${label(behind)}: ${behind.reason}`;
  const ahead = rows.find((row) => versionOf(row) > from);
  const others = rows.filter((row) => versionOf(row) <= from);
  const last = others.find((row) => row.declaredVersion !== "available") ?? others[0];
  if (!last || (!ahead && last.declaredVersion === "available")) return undefined;
  const has = last.newest ? `has no version above ${last.newest.version}` : "has no version at all";
  if (!ahead) return `${label(last)}: version ${from} does not exist, and the layer ${has}`;
  return `${label(last)} ${has}, while ${label(ahead)} has ${versionOf(ahead)}. To give each its own version, add an entry for each with its \`arn\``;
}

const versionsShown = 3;

async function noSuchVersion(
  ports: Ports,
  row: AvailableLayer,
  request: UpgradeRequest,
  names: { readonly label: LabelLayer; readonly loaded: LayerConfig },
): Promise<LayersError> {
  const { arn, region, declared } = row;
  const { label } = names;
  const { to: version = declared } = request;
  const near = await withSession(ports, { region }, (aws) =>
    versionsNear(aws, { arn, known: declared, latest: undefined }, version, versionsShown),
  );
  const next =
    near.length > 0
      ? `Nearest existing versions of ${label(row)}: ${near.join(", ")}.`
      : [
          `AWS lists no version of ${label(row)} in ${region}.`,
          ...(isUnused(row) ? [await whereElse(ports, row, request, names)] : []),
        ];
  return new LayersError(
    "layer-version-missing",
    `Layer version does not exist or cannot be read: ${arn}:${version}.`,
    { next, changed: unchanged },
  );
}
