import { declareFor, shortStackName } from "../core/config/declared";
import type { LayerConfig } from "../core/config/parse";
import { whenText } from "../core/config/when";
import { LayersError, unchanged } from "../core/errors";
import { listNames } from "../core/text";
import type { Ports } from "../ports";
import type { AvailableLayer, Upgrade, UpgradeRequest } from "./available";
import { stacksIfKnown } from "./estate";
import { withSession } from "./live/sessions";
import type { labelsOfLayers } from "./matches";
import { differing, ownVariant } from "./upgrade-regions";
import { readVersion, versionsNear } from "./versions";

type LabelLayer = ReturnType<typeof labelsOfLayers>;

/** What the plan of one entry goes by. */
interface Known {
  readonly label: LabelLayer;
  readonly loaded: LayerConfig;
  /** The layers of all declarations. */
  readonly all: readonly AvailableLayer[];
}

/** The upgrade of one entry; a text says why it stays, and undefined means that it is the newest. */
export async function planEntry(
  ports: Ports,
  rows: readonly AvailableLayer[],
  request: UpgradeRequest,
  { label, loaded, all }: Known,
): Promise<Omit<Upgrade, "edit"> | string | undefined> {
  const { to } = request;
  const [first] = rows;
  if (!first) return undefined;
  const { entry, declared: from, at } = first;
  if (to !== undefined) {
    const missing = rows.find(({ wanted }) => wanted?.isThere === false);
    // A variant without functions here does not hold back the others, unless it was requested.
    const isInWay = missing && (!isUnused(missing) || !missing.variant || request.variant !== undefined);
    if (isInWay) throw await noSuchVersion(ports, missing, request, { label, loaded, all });
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
    const why = whyNoneNewer(rows, request, label);
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
function whyNoneNewer(rows: readonly AvailableLayer[], request: UpgradeRequest, label: LabelLayer): string | undefined {
  const [{ declared: from } = { declared: 0 }] = rows;
  const behind = rows.find((row) => versionOf(row) <= from && row.reason !== undefined);
  if (behind) return `${label(behind)}: ${behind.reason}`;
  const ahead = rows.find((row) => versionOf(row) > from);
  const others = rows.filter((row) => versionOf(row) <= from);
  const last = others.find((row) => row.declaredVersion !== "available") ?? others[0];
  if (!last || (!ahead && last.declaredVersion === "available")) return undefined;
  const has = last.newest ? `has no version above ${last.newest.version}` : "has no version at all";
  if (!ahead) return `${label(last)}: version ${from} does not exist, and the layer ${has}`;
  const own = ownVersion(last, ahead, request) ?? "add an entry for each with its `arn`";
  return `${label(last)} ${has}, while ${label(ahead)} has ${versionOf(ahead)}. To give each its own version, ${own}`;
}

/** How to keep a layer at its version while another one of the entry moves on; undefined if a variant cannot. */
function ownVersion(last: AvailableLayer, ahead: AvailableLayer, request: UpgradeRequest): string | undefined {
  const { declared, declaredVersion, newest } = last;
  const key = differing(last, ahead);
  const version = declaredVersion === "available" ? declared : newest?.version;
  return key && version ? ownVariant(last, key, version, request) : undefined;
}

const versionsShown = 3;

async function noSuchVersion(
  ports: Ports,
  row: AvailableLayer,
  request: UpgradeRequest,
  names: Known,
): Promise<LayersError> {
  const { arn, region, declared } = row;
  const { label } = names;
  const { to: version = declared } = request;
  const near = await withSession(ports, { region }, (aws) =>
    versionsNear(aws, { arn, known: declared, latest: undefined }, version, versionsShown),
  );
  const next =
    near.length > 0
      ? [
          `Nearest existing versions of ${label(row)}: ${near.join(", ")}.`,
          ...moveOthers(ports, row, request, names.all),
        ]
      : [
          `AWS lists no version of ${label(row)} in ${region}.`,
          ...moveOthers(ports, row, request, names.all),
          ...(isUnused(row) ? [await whereElse(ports, row, request, names)] : []),
        ];
  return new LayersError(
    "layer-version-missing",
    `Layer version does not exist or cannot be read: ${arn}:${version}.`,
    { next, changed: unchanged },
  );
}

/** What moves the layers of an entry that have a version, if one of its layers lacks it. */
function moveOthers(
  { advise }: Ports,
  missing: AvailableLayer,
  request: UpgradeRequest,
  all: readonly AvailableLayer[],
): string[] {
  const { stack, override, to } = request;
  // An exception stays unless it is named.
  const own = all.filter(({ entry, variant }) => entry === missing.entry && !variant?.isException);
  return [...Map.groupBy(own, numberOf)].flatMap(([number, rows]) => {
    const there = rows.filter(({ wanted }) => wanted?.isThere === true);
    const [first] = there;
    if (!first || first.declared === to) return [];
    const exists = `Version ${to} exists in ${listNames([...new Set(there.map(({ region }) => region))])}.`;
    if (there.length < rows.length) {
      const keep = number === numberOf(missing) ? ownVersion(missing, first, request) : undefined;
      return keep ? [`${exists} To move only that, first ${keep}`] : [];
    }
    const command = ["upgrade", first.entry, "--to", String(to), "--variant", String(number)];
    const move = advise([...command, ...(override ? ["--stack", stack] : [])]);
    const which = number > 0 && first.variant ? `its variant for ${whenText(first.variant.when)}` : "the entry itself";
    return [`${exists} To move only ${which}: ${move}`];
  });
}

/** What selects the declaration of a layer's version with `--variant`. */
function numberOf({ variant }: AvailableLayer): number {
  return variant?.hasVersion ? variant.number : 0;
}
