import { shortStackName } from "../core/config/declared";
import { editVersions, sourceAt, type VersionEdit } from "../core/config/edit";
import { type LayerConfig, parseConfig } from "../core/config/parse";
import { isSameWhen, toWhen, type When, whenText } from "../core/config/when";
import { LayersError } from "../core/errors";
import type { Ports } from "../ports";
import type { AvailableLayer, AvailableVariant, HeldVersion, Upgrade, UpgradePlan, UpgradeRequest } from "./available";
import { failedReading } from "./expectation";
import { labelsOfLayers } from "./matches";
import { readAvailable } from "./outdated";
import { planEntry } from "./upgrade-entry";
import { otherRegions } from "./upgrade-regions";

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
  const { available, recordedBy, leftOut } = await readAvailable(ports, {
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
  const wide: string[] = [];
  for (const [declaration, rows] of Map.groupBy(available.layers, declarationOf)) {
    const [{ entry, variant: its } = { entry: "", variant: undefined }] = rows;
    const own = its?.hasVersion ? its : undefined;
    const which = own && { number: own.number, when: whenText(own.when) };
    const name = which ? `${entry} (${which.when})` : entry;
    if (own?.isException && variant === undefined) {
      if (rows.some((row) => mayMove(row, wanted))) held.push(keptException(ports, name, rows, request));
      continue;
    }
    const found = await planEntry(ports, rows, request, { label, loaded, all: available.layers });
    if (typeof found === "string") held.push({ entry: name, reason: found });
    else if (found) {
      upgrades.push({ ...found, ...(which && { variant: which }) });
      edited.push({ entry, when: own?.when, to: found.to });
      const alike = leftOut.filter((one) => declarationOf(one) === declaration);
      wide.push(...otherRegions(config, { ...found, entry, rows }, alike, request));
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
    ...wide,
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
