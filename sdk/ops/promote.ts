import { type OverridePath, removeVersions } from "../core/config/collapse";
import { type DeclaredLayer, declareFor, shortStackName } from "../core/config/declared";
import { editVersions, type VersionEdit } from "../core/config/edit";
import { type LayerConfig, parseConfig } from "../core/config/parse";
import { LayersError, unchanged } from "../core/errors";
import { isGlob } from "../core/glob";
import { didYouMean } from "../core/nearest";
import { listNames, only } from "../core/text";
import type { Ports } from "../ports";
import type { HeldVersion, Upgrade, UpgradePlan } from "./available";
import { ifPossible } from "./steps";
import { editAt } from "./upgrade";

/** What to promote. */
export interface PromotionRequest {
  /** The stack that gets the versions of another one. */
  readonly stack: string;
  readonly like: string;
  readonly file: string;
  /** Entries of the config; all if there are none. */
  readonly layers: readonly string[];
}

/**
 * Plans to declare for one stack the versions declared for another: in its override, or by removing it if the version
 * for all stacks is the same. Asks Pulumi only if no file knows the other stack.
 * @throws LayersError `usage` for entries or another stack that do not exist, `config-invalid`, `config-not-editable`
 */
export async function planPromotion(ports: Ports, request: PromotionRequest): Promise<UpgradePlan> {
  const { configs, advise } = ports;
  const { stack, like, file, layers } = request;
  if (isGlob(like))
    throw new LayersError("usage", `--like takes the name of one stack, and ${like} is a glob.`, {
      changed: unchanged,
    });
  const before = configs.readText(file);
  const config = configs.load(file);
  const [mine, theirs] = [declareFor(config, stack), declareFor(config, like)];
  const own = shortStackName(stack);
  if (own === shortStackName(like))
    throw new LayersError(
      "usage",
      `--like and --stack both name stack ${stack}: a stack cannot be promoted to itself.`,
      { changed: unchanged },
    );
  const doubt = await doubtAbout(ports, config, { stack: own, like });
  const keys = [...new Set([...mine.layers, ...theirs.layers].map(({ key }) => key))];
  const unknown = layers.find((name) => !keys.includes(name));
  if (unknown !== undefined)
    throw new LayersError("usage", `${file} has no entry ${unknown}.`, {
      changed: unchanged,
      next: didYouMean(unknown, keys) ?? `Its entries are: ${keys.join(", ")}.`,
    });

  const upgrades: Omit<Upgrade, "edit">[] = [];
  const held: HeldVersion[] = [];
  const edits: VersionEdit[] = [];
  const shared: string[] = [];
  const collapsed: OverridePath[] = [];
  for (const entry of layers.length > 0 ? layers : keys) {
    const [from, to] = [mine, theirs].map((all) => all.layers.find(({ key }) => key === entry));
    if (!to || !from) {
      const only = to ? like : stack;
      if (to || layers.length > 0) held.push({ entry, reason: `only stack ${only} declares it` });
      continue;
    }
    const variants = differingVariants(from, to);
    const path = ["stack_overrides", own, entry, "version"] as const;
    const { file: at, line } = from.source;
    const version = { entry, at: `${at}:${line}`, published: undefined };
    if (variants === undefined && from.version === to.version) {
      const said = config.overrides.get(own)?.get(entry)?.fields.version;
      if (said !== undefined && said === config.layers.get(entry)?.fields.version) {
        collapsed.push(path);
        upgrades.push({ ...version, from: said, to: said });
      } else shared.push(...sharedByAll(config, entry, said));
      continue;
    }
    const other = variants ?? otherFields(config, entry, own, shortStackName(like));
    if (other !== undefined) {
      held.push({
        entry,
        reason: `its ${other} ${other === "variants" ? "differ" : "differs"} between the two stacks: edit that first`,
      });
      continue;
    }
    if (from.version === undefined || to.version === undefined) {
      held.push({ entry, reason: `in one of the two stacks, only its variants have a version: edit that first` });
      continue;
    }
    if (config.layers.get(entry)?.fields.version === to.version) collapsed.push(path);
    else edits.push({ path, version: to.version });
    upgrades.push({ ...version, from: from.version, to: to.version });
  }
  const warnings = [
    ...doubt,
    ...shared.map((entry) => {
      const { stacks, version } = overriding(config, entry);
      const [forAll, then] = [
        ["upgrade", entry, "--to", String(version)],
        ["upgrade", entry, "--like", like, "--stack", stack],
      ].map(advise);
      return `The overrides of ${stacks.join(", ")} all declare version ${version} of ${entry}. If every stack is to have it, also those without an override, declare it once: ${forAll}, and then remove what an override repeats: ${then}`;
    }),
  ];
  const after = removeVersions(edits.length > 0 ? editVersions(before, file, edits) : before, file, collapsed);
  check(config, after, file, { stack: own, upgrades });
  const written = upgrades.map((one): Upgrade => {
    const edit = edits.find(({ path: [, , entry] }) => entry === one.entry);
    return { ...one, edit: edit ? editAt(config, { text: after, file }, edit) : { kind: "removed", at: one.at } };
  });
  return { ...{ file, stack, override: true, project: null, upgrades: written, held, warnings, before, after } };
}

/**
 * Warns that the other stack has no override, with a similar name if it is not known whether the stack exists.
 * @throws LayersError `usage` if it does not
 */
async function doubtAbout(
  ports: Ports,
  { file, overrides, settings }: LayerConfig,
  { stack, like }: Pick<PromotionRequest, "stack" | "like">,
): Promise<string[]> {
  const { stacks, signal } = ports;
  const short = shortStackName(like);
  if (overrides.has(short)) return [];
  const named = [...overrides.keys(), ...Object.keys(settings.stackNames), ...(await stacks.configured())];
  const taken = `${file} has no override for stack ${like}, which uses the versions declared for all stacks.`;
  if (named.includes(short)) return [taken];
  // A config above the project may belong to other projects too, whose stacks Pulumi would not list here.
  const isOwn = stacks.hasProject() && !file.startsWith("..");
  const listed = isOwn
    ? await ifPossible<readonly string[] | undefined>(
        () => stacks.list(undefined, signal),
        () => undefined,
      )
    : undefined;
  const known = [...named, ...(listed ?? []).map(shortStackName)];
  if (listed && known.includes(short)) return [taken];
  const others = [...new Set(known)].filter((name) => name !== stack);
  const meant = didYouMean(short, others);
  if (listed === undefined) return [meant === undefined ? taken : `${taken} ${meant}`];
  throw new LayersError("usage", `--like names stack ${like}, which neither ${file} nor this project has.`, {
    changed: unchanged,
    next: meant ?? (others.length > 0 ? `Other stacks: ${listNames(others)}.` : undefined),
  });
}

/** The stacks whose overrides have a version of an entry, and that version if all have the same. */
function overriding({ overrides }: LayerConfig, entry: string) {
  const own = [...overrides].flatMap(([stack, entries]) => {
    const version = entries.get(entry)?.fields.version;
    return version === undefined ? [] : [{ stack, version }];
  });
  return { stacks: own.map(({ stack }) => stack), version: only(own.map(({ version }) => version)) };
}

/** The entry itself if only several overrides declare it, all with the same version. */
function sharedByAll(config: LayerConfig, entry: string, version: number | undefined): string[] {
  const all = overriding(config, entry);
  const isShared = version !== undefined && all.version === version && all.stacks.length > 1;
  return isShared && config.layers.get(entry)?.fields.version !== undefined ? [entry] : [];
}

/** Whether the variants of both differ, ignoring places and comments. */
function differingVariants(...both: readonly [DeclaredLayer, DeclaredLayer]): "variants" | undefined {
  const [one, other] = both.map(({ variants = [] }) =>
    JSON.stringify(variants.map(({ when, until, fields: { source: _, ...fields } }) => ({ when, until, fields }))),
  );
  return one === other ? undefined : "variants";
}

/** A field other than the version in which the declarations of two stacks differ; undefined if there is none. */
function otherFields({ layers, overrides }: LayerConfig, entry: string, a: string, b: string): string | undefined {
  const fieldsOf = (stack: string): Record<string, unknown> => ({
    ...layers.get(entry)?.fields,
    ...overrides.get(stack)?.get(entry)?.fields,
  });
  const [one, other] = [fieldsOf(a), fieldsOf(b)];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].find(
    (field) =>
      field !== "version" && field !== "description" && JSON.stringify(one[field]) !== JSON.stringify(other[field]),
  );
}

/** The edited text is parsed again, to check what it declares for each stack. */
function check(
  before: LayerConfig,
  text: string,
  file: string,
  { stack, upgrades }: { readonly stack: string; readonly upgrades: readonly Pick<Upgrade, "entry" | "to">[] },
): void {
  const parsed = parseConfig(text, file);
  const wanted = new Map(upgrades.map(({ entry, to }) => [entry, to]));
  const versions = (config: LayerConfig, of: string) =>
    declareFor(config, of).layers.map(({ key, version, ...others }) => {
      const { overridden: _, description: __, ...said } = others;
      return { key, version, said };
    });
  // Lines move, those of variants too.
  const placeless = (declared: unknown) => JSON.stringify(declared, (name, it) => (name === "source" ? undefined : it));
  // No stack can have the last of these names.
  const isRight = [...before.overrides.keys(), stack, "/"].every((of) => {
    const expected = versions(before, of).map((one) =>
      of === stack ? { ...one, version: wanted.get(one.key) ?? one.version } : one,
    );
    return parsed.ok && placeless(versions(parsed.config, of)) === placeless(expected);
  });
  if (isRight) return;
  throw new LayersError("config-not-editable", `${file} cannot be edited so that only stack ${stack} changes.`, {
    changed: "The file was not changed.",
    next: `Edit the override of ${stack} yourself: ${upgrades.map(({ entry, to }) => `${entry} ${to}`).join(", ")}.`,
  });
}
