import { LayersError } from "../../core/errors";
import { count } from "../../core/text";
import { documentFormat } from "../../ops/plans";
import { planPromotion } from "../../ops/promote";
import { executeUpgrade, planUpgrade, type UpgradePlan } from "../../ops/upgrade";
import { confirmed } from "../confirm";
import type { Context } from "../context";
import { refuse } from "../requests";
import { configFile } from "../settings";
import { forEachStack, type StackOutcome, type StackRun } from "../stacks";
import { flagWords } from "../words";

export async function run(context: Context): Promise<number> {
  const { options, args } = context;
  refuse([
    [options.like !== undefined && options.stack === undefined, "--like promotes to a stack: name it with --stack."],
    [
      options.like !== undefined && (options.to ?? options.minimumAge ?? options.stateFile) !== undefined,
      "--like takes what another stack has: --to, --minimum-age and --state-file are not for that.",
    ],
  ]);
  if (options.to !== undefined && args.length === 0)
    throw new LayersError("usage", "--to is one layer's version: name the layer.");
  return forEachStack(context, (run) => upgradeStack(run, args), { writes: true, isSerial: true });
}

async function upgradeStack({ stack, context, ports }: StackRun, args: readonly string[]): Promise<StackOutcome> {
  const { options } = context;
  const { to, like, minimumAge, stateFile } = options;
  const file = configFile(options);
  const plan =
    like === undefined
      ? await planUpgrade(ports, {
          ...{ stack, override: options.stack !== undefined, file, stateFile, layers: args, to, minimumAge },
        })
      : planPromotion(ports, { stack, like, file, layers: args });
  show(context, plan);
  const { upgrades, held, override, project } = plan;
  const dryRun = options.dryRun ?? false;
  if (upgrades.length > 0 && !dryRun) {
    await confirmed(context, `Change ${count(upgrades.length, "version")} in ${file}?`);
    await executeUpgrade(ports, plan);
    const next = ports.advise(flagWords({ "--stack": stack, "--state-file": options.stateFile, "--dry-run": true }));
    context.reporter.info(`${file} updated. See what that changes: ${next}`);
  }
  return { document: { format: documentFormat, stack, project, dryRun, file, override, upgrades, held } };
}

function show({ options, reporter }: Context, { upgrades, held, warnings }: UpgradePlan): void {
  const none =
    options.like === undefined ? "Found no newer layer versions" : `Found nothing to take from ${options.like}`;
  for (const line of warnings) reporter.warn(line);
  for (const { entry, reason } of held) reporter.warn(`Layer ${entry} stays as it is: ${reason}`);
  reporter.info(upgrades.length > 0 ? `Found ${count(upgrades.length, "version")} to edit:` : none);
  for (const { entry, from, to, at } of upgrades) reporter.item(`Layer ${entry} version ${from} -> ${to} (${at})`);
}
