import { declareFor, shortStackName } from "../core/config/declared";
import { editVersions, sourceAt, type VersionEdit } from "../core/config/edit";
import { type LayerConfig, parseConfig } from "../core/config/parse";
import { isSameWhen, toWhen, type When, whenText } from "../core/config/when";
import { LayersError, unchanged } from "../core/errors";
import type { Ports } from "../ports";
import type { AvailableLayer, AvailableVariant, FunctionSelection } from "./available";
import { failedReading } from "./expectation";
import { withSession } from "./live/sessions";
import { labelsOfLayers } from "./matches";
import { readUsed, type UsedLayers } from "./outdated";
import { readVersion, versionsNear } from "./versions";

/** What to upgrade. */
export interface UpgradeRequest extends FunctionSelection {
  readonly stack: string;
  /** Whether to edit the stack's override instead of the version for all stacks. */
  readonly override: boolean;
  /** The config file. */
  readonly file: string;
  readonly stateFile?: string;
  /** Names of entries, or of their layers in AWS; all entries if there are none. */
  readonly layers: readonly string[];
  /** This version instead of the newest; may be an older one. */
  readonly to?: number;
  /** Only versions that are at least this old, in milliseconds. */
  readonly minimumAge?: number;
  /** Only layers of this region, of entries that differ by region, runtime and the like. Default: all. */
  readonly region?: string;
  /** Only what this variant of its entry declares, from 1; 0: what the entry itself does. Default: all. */
  readonly variant?: number;
}

/** One edited version. */
export interface Upgrade {
  readonly entry: string;
  readonly from: number;
  readonly to: number;
  /** The place of the old version. */
  readonly at: string;
  /** The number of the variant that declares it, from 1, and its condition in words; absent if the entry itself does. */
  readonly variant?: { readonly number: number; readonly when: string };
  readonly published: Date | undefined;
  /** The edit and its place: a number changes, or a stack's override gains or loses one. */
  readonly edit: { readonly kind: "changed" | "added" | "removed"; readonly at: string };
}

/** A version that is not changed. */
export interface HeldVersion {
  readonly entry: string;
  /** The version of an exception, which stays unless it is named; absent for any other. */
  readonly version?: number;
  readonly reason: string;
}

/** A planned upgrade of a config file. Nothing has been written. */
export interface UpgradePlan extends Pick<UpgradeRequest, "file" | "stack" | "override"> {
  /** The Pulumi project; null if none is known. */
  readonly project: string | null;
  readonly upgrades: readonly Upgrade[];
  /** Entries that stay although there is a newer version or the versions are unknown, and exceptions. */
  readonly held: readonly HeldVersion[];
  /** Why a requested version does not suit, and which stacks have their own versions. */
  readonly warnings: readonly string[];
  /** What was looked up; missing if nothing was. */
  readonly rows?: readonly AvailableLayer[];
  /** What records the functions looked at; absent if there were none. */
  readonly recordedBy?: UsedLayers["recordedBy"];
  readonly before: string;
  readonly after: string;
}

/**
 * Plans which versions of a config to raise.
 * @throws LayersError `layer-version-missing` for a version that does not exist, `config-invalid`,
 * `config-not-editable`, and what `readAvailable` throws
 */
export async function planUpgrade(ports: Ports, request: UpgradeRequest): Promise<UpgradePlan> {
  const { file, stack, override, stateFile, minimumAge } = request;
  const before = ports.configs.readText(file);
  const loaded = ports.configs.load(file);
  // When editing the version for all stacks, ignore overrides.
  const config = override ? loaded : { ...loaded, overrides: new Map() };
  const publishedBefore = minimumAge === undefined ? undefined : new Date(ports.clock.now().getTime() - minimumAge);
  const { layers, to: wanted, region, variant, functions, exclude, allFunctions, tags, regions, profiles } = request;
  const { available, recordedBy } = await readUsed(ports, {
    ...{ stack, config, stateFile, publishedBefore, layers, wanted, region, variant },
    ...{ functions, exclude, allFunctions, tags, regions, profiles },
    // A requested version is declared whoever uses it.
    withoutFunctions: wanted !== undefined,
  });
  const label = labelsOfLayers(available.layers);

  const upgrades: Omit<Upgrade, "edit">[] = [];
  const held: HeldVersion[] = [];
  const edits: VersionEdit[] = [];
  const edited: { readonly entry: string; readonly when: When | undefined; readonly to: number }[] = [];
  const added = new Map<string, number>();
  for (const [, rows] of Map.groupBy(available.layers, declarationOf)) {
    const [{ entry, variant: its } = { entry: "", variant: undefined }] = rows;
    const own = its?.hasVersion ? its : undefined;
    const which = own && { number: own.number, when: whenText(own.when) };
    const name = which ? `${entry} (${which.when})` : entry;
    if (own?.isException && variant === undefined) {
      if (rows.some((row) => mayMove(row, wanted))) held.push(keptException(ports, name, rows, request));
      continue;
    }
    const found = await planEntry(ports, rows, request, { label, loaded });
    if (typeof found === "string") held.push({ entry: name, reason: found });
    else if (found) {
      upgrades.push({ ...found, ...(which && { variant: which }) });
      edited.push({ entry, when: own?.when, to: found.to });
      edits.push(editOf(entry, found.to, request, { loaded, own, added }));
    }
  }
  const unsuitable = available.layers.flatMap((row) =>
    row.wanted?.held === undefined ? [] : [`Layer ${label(row)}: version ${request.to} ${row.wanted.held}`],
  );
  const unread = failedReading(available.live);
  const hidden = override ? [] : edited.flatMap((one) => overridesOf(ports, loaded, one));
  const warnings = [
    ...(unread ? [`Which versions suit live functions is unknown: ${unread.reason}`] : []),
    ...unsuitable,
    ...hidden,
  ];
  const after = editVersions(before, file, edits);
  const written = upgrades.map((one, index) => ({ ...one, edit: editAt(loaded, { text: after, file }, edits[index]) }));
  const { project, layers: rows } = available;
  return { file, stack, project, override, upgrades: written, held, warnings, rows, recordedBy, before, after };
}

/** Whether an exception would move if named, as far as known. */
function mayMove({ code, declared, declaredVersion, compatible }: AvailableLayer, wanted: number | undefined): boolean {
  if (wanted !== undefined) return wanted !== declared;
  return code !== undefined || declaredVersion !== "available" || (compatible?.version ?? 0) > declared;
}

/** An exception that stays, with the command that moves it. */
function keptException(
  { advise }: Ports,
  name: string,
  [row]: readonly AvailableLayer[],
  { stack, override, stateFile, to }: UpgradeRequest,
): HeldVersion {
  const { entry = name, declared: version, variant } = row ?? {};
  const number = String(variant?.number);
  const where = [
    ...(override ? ["--stack", stack] : []),
    ...(stateFile === undefined ? [] : ["--state-file", stateFile]),
  ];
  const command = ["upgrade", entry, ...(to === undefined ? [] : ["--to", String(to)]), "--variant", number, ...where];
  const reason = `it is an exception. Name it with --variant ${number} to move it: ${advise(command)}`;
  return { entry: name, ...(version !== undefined && { version }), reason };
}

/** What an edit does to a file, and its line in the edited text. */
export function editAt(
  before: LayerConfig,
  { text, file }: { readonly text: string; readonly file: string },
  edit: VersionEdit | undefined,
): Upgrade["edit"] {
  const parsed = parseConfig(text, file);
  const source = edit && parsed.ok ? sourceAt(parsed.config, edit.path) : undefined;
  const at = source ? `${file}:${source.line}` : file;
  return { kind: edit && sourceAt(before, edit.path) ? "changed" : "added", at };
}

/**
 * Writes the config as planned.
 * @throws LayersError `config-not-editable` if the file was changed since
 */
export async function executeUpgrade(ports: Ports, { file, before, after }: UpgradePlan): Promise<void> {
  if (ports.configs.readText(file) !== before) {
    throw new LayersError(
      "config-not-editable",
      `${file} was changed by someone else during this run and was left alone.`,
      {
        next: "Run again.",
      },
    );
  }
  await ports.configs.write(file, after, { replace: true });
}

/** What declares the version of a layer: variants without their own version use the entry's. */
export function declarationOf({
  entry,
  variant,
}: {
  readonly entry: string;
  readonly variant?: Pick<AvailableVariant, "number" | "hasVersion"> | undefined;
}): string {
  return `${entry} ${variant?.hasVersion ? variant.number : 0}`;
}

/** The stacks that an edit of the version for all stacks does not reach, and those whose override it makes redundant. */
function overridesOf(
  { advise }: Ports,
  { overrides }: LayerConfig,
  { entry, when, to }: { readonly entry: string; readonly when: When | undefined; readonly to: number },
): string[] {
  return [...overrides].flatMap(([stack, entries]) => {
    const { fields, source, variants = [] } = entries.get(entry) ?? {};
    const variant = when && variants.find((one) => isSameWhen(toWhen(one.fields.when), when));
    const [version, at] = when ? [variant?.fields.version, variant?.versionSource] : [fields?.version, source];
    if (version === undefined) return [];
    const what = when ? `${entry} for ${whenText(when)}` : entry;
    const like = [...overrides.keys()].find((other) => other !== stack);
    if (version === to && when === undefined) {
      const command = like && `: ${advise(["upgrade", entry, "--like", like, "--stack", stack])}`;
      return [
        `The override of ${stack} (${at?.file}:${at?.line}) then repeats what is declared for all stacks. Remove it${command ?? "."}`,
      ];
    }
    return [`Stack ${stack} keeps version ${version} of ${what} from its override (${at?.file}:${at?.line})`];
  });
}

/** What is known about the edited config. */
interface Edited {
  readonly loaded: LayerConfig;
  /** The variant whose version is edited; undefined for the entry's. */
  readonly own: AvailableVariant | undefined;
  /** How many variants each entry's override has so far. */
  readonly added: Map<string, number>;
}

/** The edit of one version. A variant missing in a stack's override is added. */
function editOf(
  entry: string,
  version: number,
  { stack, override }: UpgradeRequest,
  { loaded, own, added }: Edited,
): VersionEdit {
  const short = shortStackName(stack);
  if (!override && own === undefined) return { path: ["layers", entry, "version"], version };
  if (own === undefined) return { path: ["stack_overrides", short, entry, "version"], version };
  const { override: there, base = 0 } = own.place;
  if (!override) return { path: ["layers", entry, "variants", base, "version"], version };
  if (there !== undefined) return { path: ["stack_overrides", short, entry, "variants", there, "version"], version };
  const index = (loaded.overrides.get(short)?.get(entry)?.variants?.length ?? 0) + (added.get(entry) ?? 0);
  added.set(entry, (added.get(entry) ?? 0) + 1);
  return { path: ["stack_overrides", short, entry, "variants", index, "version"], version, when: own.when };
}

type LabelLayer = ReturnType<typeof labelsOfLayers>;

/** The upgrade of one entry; a text says why it stays, and undefined means that it is the newest. */
async function planEntry(
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

async function stacksIfKnown({ stacks, signal }: Ports): Promise<readonly string[]> {
  try {
    return await stacks.list(undefined, signal);
  } catch (error) {
    if (error instanceof LayersError && error.code !== "interrupted") return [];
    throw error;
  }
}

function versionOf({ compatible }: AvailableLayer): number {
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
