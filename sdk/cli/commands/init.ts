import { labelsOf } from "../../core/function-arn";
import { changeLine } from "../../core/report";
import { count, countLayers } from "../../core/text";
import { findStacks } from "../../ops/estate";
import { executeInit, type InitChange, type InitPlan, planInit } from "../../ops/init";
import { documentFormat } from "../../ops/plans";
import type { Ports } from "../../ports";
import type { Context } from "../context";
import { printJson } from "../json";
import { configFile } from "../settings";
import { flagWords } from "../words";

export async function run(context: Context): Promise<number> {
  const { options, stdout, reporter } = context;
  const { stack: named = ["dev"], dryRun = false } = options;
  const ports = await context.openPorts();
  const sites = await findStacks(ports, {
    ...{ stacks: named, projects: undefined, tag: undefined, parallel: 1, portsOf: async () => ports },
  });
  const stacks = sites.flatMap((site) => ("stack" in site ? [site.stack] : []));
  const plan = await planInit(ports, {
    stacks,
    file: configFile(options),
    stateFiles: options.stateFiles ?? [],
    live: options.live ?? false,
    filter: { functions: options.function ?? [], exclude: options.exclude ?? [] },
    // What is only shown replaces nothing.
    force: options.force || dryRun,
  });
  for (const { function: name, reason } of plan.skipped) reporter.warn(`Function ${name} is skipped: ${reason}.`);
  if (dryRun && !options.json) stdout.write(plan.text);
  if (!dryRun) {
    await executeInit(ports, plan);
    tell(context, ports, plan);
    await offerIgnoring(context, ports, plan);
  }
  if (options.json) {
    const { file, stacks: found, layers, changes, skipped } = plan;
    printJson(stdout, { format: documentFormat, file, dryRun, stacks: found, layers, changes, skipped });
  }
  return 0;
}

/** Backups hold whole states, which are not to get into a repository by chance. */
async function offerIgnoring({ ask, reporter }: Context, { backups }: Ports, { ignoreLine }: InitPlan): Promise<void> {
  if (ignoreLine === undefined) return;
  if (ask === undefined) {
    reporter.info(`State backups are written to ${ignoreLine}. To keep them out of git, add this line to .gitignore:`);
    reporter.item(ignoreLine);
  } else if (await ask(`State backups are written to ${ignoreLine}. Add it to .gitignore to keep them out of git?`)) {
    await backups.addIgnoreLine(ignoreLine);
    reporter.info(`${ignoreLine} added to .gitignore`);
  }
}

function tell({ options, reporter }: Context, { advise }: Ports, plan: InitPlan): void {
  const { file, layers, changes, stacks, skipped } = plan;
  reporter.info(`${file} written: ${count(layers.length, "layer")} of ${stacks.join(", ")}`);
  reporter.info(
    changes.length > 0
      ? `Not as declared, so an update would change: ${countLayers(changes.length)}`
      : `All ${skipped.length > 0 ? "other " : ""}functions are as declared`,
  );
  const named = ({ function: name, region, account }: InitChange) => ({ name, region, account });
  const label = labelsOf(changes.map(named));
  for (const change of changes) reporter.item(changeLine({ ...change, function: label(named(change)) }));
  const [stateFile, ...others] = options.stateFiles ?? [];
  const which = flagWords({
    "--stack": stacks.join(","),
    "--state-file": others.length > 0 ? undefined : stateFile,
  });
  reporter.info("Next steps:");
  reporter.item(`see the current versions: ${advise(["status", ...which])}`);
  reporter.item(`see what an update would change: ${advise([...which, "--dry-run"])}`);
  reporter.item(`see what is out of date: ${advise(["outdated", ...which])}`);
}
