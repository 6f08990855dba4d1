import { LayersError } from "../../core/errors";
import { executeUpgrade, planUpgrade, type UpgradePlan } from "../../ops/upgrade/upgrade";
import type { Context } from "../context";
import { configFile } from "../settings";
import { forEachStack } from "../stacks";
import { count } from "../text";

export async function run(context: Context): Promise<number> {
  const { options, args, ask } = context;
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
    const { upgrades, held, file, override } = plan;
    const dryRun = options.dryRun ?? false;
    if (upgrades.length > 0 && !dryRun) {
      if (ask && !(await ask(`Change ${count(upgrades.length, "version")} in ${file}?`)))
        throw new LayersError("interrupted", "Not confirmed. Nothing was changed.");
      await executeUpgrade(ports, plan);
      const config = options.config === undefined ? "" : ` --config ${options.config}`;
      context.reporter.info(
        `${file} updated. See what that changes: lambda-layers${config} --stack ${stack} --dry-run`,
      );
    }
    return { document: { stack, dryRun, file, override, upgrades, held } };
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
