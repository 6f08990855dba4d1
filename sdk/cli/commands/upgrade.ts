import { LayersError } from "../../core/errors";
import { count } from "../../core/text";
import { documentFormat } from "../../ops/plans";
import { executeUpgrade, planUpgrade, type UpgradePlan } from "../../ops/upgrade";
import { confirmed } from "../confirm";
import type { Context } from "../context";
import { configFile } from "../settings";
import { forEachStack } from "../stacks";
import { flagWords } from "../words";

export async function run(context: Context): Promise<number> {
  const { options, args } = context;
  if (options.to !== undefined && args.length === 0)
    throw new LayersError("usage", "--to is one layer's version: name the layer.");
  const ports = await context.openPorts();
  return forEachStack(context, async (stack) => {
    const plan = await planUpgrade(ports, {
      stack,
      override: options.stack !== undefined,
      file: configFile(options),
      stateFile: options.stateFile,
      layers: args,
      to: options.to,
      minimumAge: options.minimumAge,
    });
    show(context, plan);
    const { upgrades, held, file, override, project } = plan;
    const dryRun = options.dryRun ?? false;
    if (upgrades.length > 0 && !dryRun) {
      await confirmed(context, `Change ${count(upgrades.length, "version")} in ${file}?`);
      await executeUpgrade(ports, plan);
      const next = ports.advise(flagWords({ "--stack": stack, "--state-file": options.stateFile, "--dry-run": true }));
      context.reporter.info(`${file} updated. See what that changes: ${next}`);
    }
    return { document: { format: documentFormat, stack, project, dryRun, file, override, upgrades, held } };
  });
}

function show({ reporter }: Context, { upgrades, held, warnings }: UpgradePlan): void {
  for (const line of warnings) reporter.warn(line);
  for (const { entry, reason } of held) reporter.warn(`Layer ${entry} stays as it is: ${reason}`);
  reporter.info(
    upgrades.length > 0 ? `Found ${count(upgrades.length, "version")} to edit:` : "Found no newer layer versions",
  );
  for (const { entry, from, to, at } of upgrades) reporter.item(`Layer ${entry} version ${from} -> ${to} (${at})`);
}
