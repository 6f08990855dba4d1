import { changeLine } from "../../core/report";
import { executeInit, type InitPlan, planInit } from "../../ops/init";
import type { Context } from "../context";
import { printJson } from "../json";
import { configFile } from "../settings";
import { count } from "../text";

export async function run(context: Context): Promise<number> {
  const { options, stdout, reporter } = context;
  const { stack: stacks = ["dev"], dryRun = false } = options;
  const ports = await context.openPorts();
  const plan = await planInit(ports, {
    stacks,
    file: configFile(options),
    stateFiles: options.stateFiles ?? [],
    live: options.live ?? false,
    filter: { functions: options.function ?? [], exclude: options.exclude ?? [] },
    // What is only shown replaces nothing.
    force: options.force || dryRun,
  });
  for (const { function: name, reason } of plan.skipped) reporter.warn(`Function ${name} is left out: ${reason}.`);
  if (dryRun && !options.json) stdout.write(plan.text);
  if (!dryRun) {
    await executeInit(ports, plan);
    tell(context, plan);
  }
  if (options.json) {
    const { file, stacks: found, layers, changes, skipped } = plan;
    printJson(stdout, { file, dryRun, stacks: found, layers, changes, skipped });
  }
  return 0;
}

function tell({ options, reporter }: Context, { file, layers, changes, stacks }: InitPlan): void {
  reporter.info(`${file} written: ${count(layers.length, "layer")} of ${stacks.join(", ")}`);
  reporter.info(
    changes.length > 0
      ? `Not at the version that is declared, and so to be changed by an update: ${changes.length}`
      : "All functions are as declared",
  );
  for (const change of changes) reporter.item(changeLine(change));
  const config = options.config === undefined ? "" : ` --config ${options.config}`;
  const which = `${config} --stack ${stacks.join(",")}`;
  reporter.info("Next steps:");
  reporter.item(`see where everything stands: lambda-layers status${which}`);
  reporter.item(`see what an update would change: lambda-layers${which} --dry-run`);
  reporter.item(`see what is out of date: lambda-layers outdated${which}`);
}
