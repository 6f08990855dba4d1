import { closest } from "fastest-levenshtein";
import { declareFor } from "../../core/config/declared";
import { editVersions, type VersionPath } from "../../core/config/edit";
import type { LayerConfig } from "../../core/config/parse";
import { LayersError } from "../../core/errors";
import { withSession } from "../fleet/sites";
import type { AwsPort, Ports } from "../ports";
import { type AvailableLayer, readAvailable } from "./available";

/** What is upgraded. */
export interface UpgradeRequest {
  readonly stack: string;
  /** Whether the stack's override is edited, rather than the version for all stacks. */
  readonly override: boolean;
  /** The config file. */
  readonly file: string;
  readonly stateFile?: string;
  /** Names of entries, or of their layers in AWS; all entries where there are none. */
  readonly layers: readonly string[];
  /** This version instead of the newest; it may be an older one. */
  readonly to?: number;
  /** Only versions that are at least this old, in milliseconds. */
  readonly minimumAge?: number;
}

/** One version that is edited. */
export interface Upgrade {
  readonly entry: string;
  readonly from: number;
  readonly to: number;
  /** Where the old version is declared. */
  readonly at: string;
  readonly published: Date | undefined;
}

/** A planned upgrade of a config file. Nothing has been written. */
export interface UpgradePlan {
  readonly file: string;
  readonly stack: string;
  readonly override: boolean;
  readonly upgrades: readonly Upgrade[];
  /** Entries that stay although there is something newer, or that AWS does not tell of. */
  readonly held: readonly { readonly entry: string; readonly reason: string }[];
  /** Why a version that was asked for does not suit, and which stacks have versions of their own. */
  readonly warnings: readonly string[];
  readonly before: string;
  readonly after: string;
}

/**
 * Plans which versions of a config are brought to newer ones.
 * @throws LayersError `usage` for a layer that no entry declares, `layer-version-missing` for a version that does not
 * exist, `config-invalid`, `config-not-editable`, and what `readAvailable` throws
 */
export async function planUpgrade(ports: Ports, request: UpgradeRequest): Promise<UpgradePlan> {
  const { file, stack, override, stateFile, minimumAge } = request;
  const before = ports.configs.readText(file);
  const loaded = ports.configs.load(file);
  const config = seenFrom(loaded, override);
  const publishedBefore = minimumAge === undefined ? undefined : new Date(ports.clock.now().getTime() - minimumAge);
  const names = new Set(declareFor(config, stack).layers.map(({ key }) => key));
  const entries =
    request.layers.length > 0 && request.layers.every((name) => names.has(name)) ? request.layers : undefined;
  const available = await readAvailable(ports, {
    stack,
    config,
    stateFile,
    publishedBefore,
    entries,
    wanted: request.to,
  });
  const chosen = choose(available, request.layers, names);

  const upgrades: Upgrade[] = [];
  const held: { entry: string; reason: string }[] = [];
  for (const [entry, rows] of Map.groupBy(chosen, (row) => row.entry)) {
    const found = await planEntry(ports, rows, request);
    if (typeof found === "string") held.push({ entry, reason: found });
    else if (found) upgrades.push(found);
  }
  const unsuitable = chosen.flatMap(({ layer, wanted }) =>
    wanted?.held === undefined ? [] : [`Layer ${layer}: version ${request.to} ${wanted.held}`],
  );
  const hidden = override ? [] : upgrades.flatMap(({ entry }) => overridesOf(loaded, entry));
  const warnings = [...unsuitable, ...hidden];
  const edits = upgrades.map(({ entry, to }) => ({ path: pathOf(entry, request), version: to }));
  return { file, stack, override, upgrades, held, warnings, before, after: editVersions(before, file, edits) };
}

/**
 * Writes the config as planned.
 * @throws LayersError `config-not-editable` where the file was changed since
 */
export async function executeUpgrade(ports: Ports, { file, before, after }: UpgradePlan): Promise<void> {
  if (ports.configs.readText(file) !== before) {
    throw new LayersError("config-not-editable", `${file} was changed meanwhile. It was left as it is now.`, {
      next: "Run again.",
    });
  }
  await ports.configs.write(file, after, { replace: true });
}

/** Where the version for all stacks is edited, no override hides it. */
function seenFrom(config: LayerConfig, override: boolean): LayerConfig {
  return override ? config : { ...config, overrides: new Map() };
}

/** The stacks that an edit of the version for all stacks does not reach. */
function overridesOf({ overrides }: LayerConfig, entry: string): string[] {
  return [...overrides].flatMap(([stack, entries]) => {
    const { fields, source } = entries.get(entry) ?? {};
    if (fields?.version === undefined) return [];
    return [
      `Stack ${stack} keeps version ${fields.version} of ${entry}, its override (${source?.file}:${source?.line})`,
    ];
  });
}

function pathOf(entry: string, { stack, override }: UpgradeRequest): VersionPath {
  const short = stack.slice(stack.lastIndexOf("/") + 1);
  return override ? ["stack_overrides", short, entry, "version"] : ["layers", entry, "version"];
}

function choose(rows: readonly AvailableLayer[], layers: readonly string[], entries: ReadonlySet<string>) {
  if (layers.length === 0) return rows;
  const known = [...entries, ...rows.map(({ layer }) => layer)];
  const unknown = layers.find((name) => !known.includes(name));
  if (unknown === undefined) return rows.filter(({ entry, layer }) => layers.includes(entry) || layers.includes(layer));
  throw new LayersError("usage", `No entry of the config declares a layer ${unknown}. Nothing was changed.`, {
    next: known.length > 0 ? `Did you mean ${closest(unknown, known)}?` : undefined,
  });
}

/** The upgrade of one entry; a text says why it stays as it is, and undefined that it is the newest. */
async function planEntry(
  ports: Ports,
  rows: readonly AvailableLayer[],
  { to }: UpgradeRequest,
): Promise<Upgrade | string | undefined> {
  const [first] = rows;
  if (!first) return undefined;
  const { entry, declared: from, at } = first;
  if (to !== undefined) {
    const unknown = rows.find(({ wanted }) => wanted === undefined);
    if (unknown) return `${unknown.layer}: ${unknown.reason}`;
    const missing = rows.find(({ wanted }) => wanted?.found !== "available");
    if (missing) throw noSuchVersion(missing, to);
    return to === from ? undefined : { entry, from, to, at, published: undefined };
  }
  // One number is for all layers of the entry: the newest that all of them have.
  const newest = Math.min(...rows.map(({ compatible }) => compatible?.version ?? 0));
  const held = rows.find(({ reason, compatible }) => reason !== undefined && (compatible?.version ?? 0) <= from);
  if (newest <= from) return held ? `${held.layer}: ${held.reason}` : undefined;
  for (const { layer, arn, compatible } of rows) {
    if (compatible?.version !== newest && !(await exists(ports, arn, newest)))
      return `${layer}: it has no version ${newest}, the newest of the entry's other layers`;
  }
  const { compatible } = rows.find((row) => row.compatible?.version === newest) ?? first;
  return { entry, from, to: newest, at, published: compatible?.published };
}

async function exists(ports: Ports, arn: string, version: number): Promise<boolean> {
  const read = (aws: AwsPort) => aws.layerVersion(`${arn}:${version}`);
  const found = await withSession(ports, { region: arn.split(":")[3] }, read);
  return found !== "missing" && found !== "denied";
}

function noSuchVersion({ arn, wanted }: AvailableLayer, version: number): LayersError {
  const why = wanted?.found === "unreadable" ? " or may not be read: AWS denies lambda:GetLayerVersion" : "";
  const message = `Layer version does not exist${why}: ${arn}:${version}. Nothing was changed.`;
  return new LayersError("layer-version-missing", message, {
    next: "See which versions there are: lambda-layers outdated",
  });
}
