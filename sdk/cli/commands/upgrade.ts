import { shortStackName } from "../../core/config/declared";
import { LayersError, unchanged } from "../../core/errors";
import { fitsGlob, globOf } from "../../core/glob";
import { didYouMean } from "../../core/nearest";
import { count, listNames } from "../../core/text";
import type { Upgrade, UpgradePlan } from "../../ops/available";
import { documentFormat } from "../../ops/plans";
import { planPromotion } from "../../ops/promote";
import { executeUpgrade, planUpgrade } from "../../ops/upgrade";
import type { Ports } from "../../ports";
import { confirmed } from "../confirm";
import type { Context } from "../context";
import type { OptionValues } from "../options";
import { renderUpgradeMarkdown, type UpgradedStack } from "../report/upgrade-markdown";
import { configFile, placesTwice, refuse, selectionOf } from "../requests";
import { forEachStack, type StackOutcome, type StackRun } from "../stacks";
import { writeText } from "../text-file";
import { flagWords, planWords } from "../words";

export async function run(context: Context): Promise<number> {
  const { options, args } = context;
  refuse([
    ...placesTwice(options),
    [
      options.stateFile !== undefined && (options.allFunctions ?? options.tag),
      "--state-file and --all-functions or --tag cannot be combined.",
    ],
    [options.like !== undefined && options.stack === undefined, "--like needs --stack: name the stack to promote to."],
    [
      options.like !== undefined && (options.to ?? options.minimumAge ?? options.stateFile) !== undefined,
      "--like cannot be combined with --to, --minimum-age or --state-file: it takes the versions from another stack.",
    ],
  ]);
  if (options.to !== undefined && args.length === 0) throw new LayersError("usage", "--to needs the name of a layer.");
  const [layer, version, ...others] = args;
  if (version !== undefined && /^\d+$/.test(version) && others.length === 0)
    throw new LayersError("usage", `${version} is a version, not a layer.`, {
      next: `To declare it: ${(await context.openPorts()).advise(["upgrade", layer as string, "--to", version])}`,
      changed: unchanged,
    });
  const { markdown } = options;
  const isPrinted = markdown === true;
  if (isPrinted && options.json) throw new LayersError("usage", "--json and --markdown cannot both write to stdout.");
  const plans: UpgradedStack[] = [];
  const groups = new Groups();
  const work = (run: StackRun) =>
    upgradeStack(run, args, groups, (plan) => plans.push({ label: run.label, folder: run.folder, plan }));
  const how = { writes: true, isSerial: true, ...(isPrinted && { stdout: "document" as const }) };
  const ended = await forEachStack(context, work, how);
  const unused = groups.unused();
  if (unused) context.reporter.error(unused.lines);
  const status = ended || (unused?.exitStatus ?? 0);
  if (markdown === undefined) return status;
  const text = renderUpgradeMarkdown(plans, (await context.openPorts()).clock.now());
  if (isPrinted) context.stdout.write(text);
  else await writeText(context, "Markdown", markdown as string, text);
  return status;
}

async function upgradeStack(
  { stack, context, ports, isOneOfSeveral }: StackRun,
  names: readonly string[],
  groups: Groups,
  onPlan: (plan: UpgradePlan) => void,
): Promise<StackOutcome> {
  const { options } = context;
  const { to, like, minimumAge, stateFile } = options;
  const file = configFile(options);
  const inGroups = groups.entriesIn(ports, options, file, isOneOfSeveral);
  const args = [...names, ...inGroups];
  if (options.group !== undefined && args.length === 0) {
    context.reporter.info(`No entry of ${file} matches ${listNames(options.group)}.`);
    const nothing = { upgrades: [], held: [], override: options.stack !== undefined, project: null };
    return { document: { format: documentFormat, stack, dryRun: options.dryRun ?? false, file, ...nothing } };
  }
  const plan =
    like === undefined
      ? await planUpgrade(ports, {
          ...{ stack, override: options.stack !== undefined, file, stateFile, layers: args, to, minimumAge },
          ...{ region: options.region, variant: options.variant, ...selectionOf(options) },
        })
      : await planPromotion(ports, { stack, like, file, layers: args });
  onPlan(plan);
  if (options.markdown !== true) show(context, plan);
  const { upgrades, held, override, project } = plan;
  const dryRun = options.dryRun ?? false;
  if (upgrades.length > 0 && !dryRun) {
    await confirmed(context, `Change ${count(upgrades.length, "version")} in ${file}?`);
    await executeUpgrade(ports, plan);
    const next = applyingCommands(ports, options, plan).join(" and ");
    context.reporter.info(`${file} updated. To see what this changes: ${next}`);
  }
  return { document: { format: documentFormat, stack, project, dryRun, file, override, upgrades, held } };
}

/**
 * The commands that show what an edited config changes: for the stack that records the functions, or in AWS if none
 * does.
 */
function applyingCommands(ports: Ports, options: OptionValues, { stack, recordedBy }: UpgradePlan): string[] {
  const { stateFile } = options;
  const update = () => ports.advise(flagWords({ "--stack": stack, "--state-file": stateFile, "--dry-run": true }));
  if (recordedBy === undefined || recordedBy.size === 0) {
    if (stateFile !== undefined || ports.stacks.hasProject()) return [update()];
    const isChosen = [options.function, options.allFunctions, options.tag].some((one) => one !== undefined);
    // Above several projects, those have the functions.
    const stacks = options.stack ? stack : "*";
    if (!isChosen && ports.projects.areBelow())
      return [ports.advise(flagWords({ "--projects": "*", "--stack": stacks, "--dry-run": true }))];
    return [ports.advise(planWords(isChosen ? options : { ...options, allFunctions: true }, stack, "AWS"))];
  }
  return [
    ...(recordedBy.has("function") ? [update()] : []),
    ...(recordedBy.has("resource") ? [ports.advisePulumi(["preview", "--stack", stack])] : []),
    ...(recordedBy.has(undefined) ? [ports.advise(planWords(options, stack, "AWS"))] : []),
  ];
}

/** What `--group` means in the configs of a run. */
class Groups {
  readonly #used = new Set<string>();
  readonly #unused = new Map<string, LayersError>();

  /**
   * The entries of one config. Of several stacks others may have a config with what one lacks.
   * @throws LayersError `usage` for a glob that matches nothing, unless there are other stacks
   */
  entriesIn({ configs }: Ports, { group = [] }: OptionValues, file: string, isOneOfSeveral: boolean): string[] {
    const { layers, overrides } = configs.load(file);
    const keys = new Set([...layers.keys(), ...[...overrides.values()].flatMap((entries) => [...entries.keys()])]);
    return group.flatMap((glob) => {
      const found = [...keys].filter((key) => fitsGlob(key, globOf(glob)));
      if (found.length > 0) {
        this.#used.add(glob);
        return found;
      }
      const error = new LayersError("usage", `No entry of ${file} matches ${glob}.`, {
        changed: unchanged,
        next: didYouMean(glob, [...keys]) ?? `Its entries are: ${listNames([...keys])}.`,
      });
      if (!isOneOfSeveral) throw error;
      if (!this.#unused.has(glob)) this.#unused.set(glob, error);
      return [];
    });
  }

  /** Why a glob is an error: no config of the run has an entry that it matches. */
  unused(): LayersError | undefined {
    return [...this.#unused].find(([glob]) => !this.#used.has(glob))?.[1];
  }
}

function show({ options, reporter }: Context, plan: UpgradePlan): void {
  const { upgrades, held, warnings, stack } = plan;
  for (const line of warnings) reporter.warn(line);
  for (const { entry, version, reason } of held)
    reporter.warn(`Layer ${entry} ${version === undefined ? "is not upgraded" : `stays at ${version}`}: ${reason}`);
  reporter.info(upgrades.length > 0 ? `Found ${count(upgrades.length, "version")} to edit:` : noneText(options, plan));
  for (const one of upgrades) {
    const { entry, from, to, variant } = one;
    const which = variant ? ` for ${variant.when}` : "";
    reporter.item(`Layer ${entry}${which} version ${from} -> ${to} (${editText(one, stack)})`);
  }
}

/** That nothing is edited, and why. */
function noneText({ like, to }: OptionValues, { rows = [] }: UpgradePlan): string {
  if (like !== undefined) return `Found nothing to take from ${like}`;
  if (to === undefined) return "Found no newer layer versions";
  const declared = rows.filter((row) => row.declared === to).map(({ entry, at }) => `${entry} (${at})`);
  if (declared.length === 0) return "Found nothing to edit";
  return `Version ${to} is already declared: ${listNames([...new Set(declared)])}`;
}

/** Where an edit is: in the line of the old version, or in a stack's override that gets or loses one. */
function editText({ edit: { kind, at } }: Upgrade, stack: string): string {
  const own = shortStackName(stack);
  if (kind === "added") return `for ${own} alone: added to stack_overrides.${own}, ${at}`;
  return kind === "removed" ? `${at}: removed from stack_overrides.${own}, as it is declared for all stacks` : at;
}
