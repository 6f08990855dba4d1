import { LayersError } from "../../core/errors";
import { updateFailure } from "../../ops/live-sync";
import type { RunResult, UpdatePlan } from "../../ops/plans";
import { LayerVersionUpdater } from "../../ops/updater";
import { runSummary } from "../ci";
import type { Context } from "../context";
import { forEachStack } from "../stacks";
import { count } from "../text";

export async function run(context: Context): Promise<number> {
  const { options, ask } = context;
  const ports = await context.openPorts();
  return forEachStack(context, async (stackName) => {
    const updater = new LayerVersionUpdater(
      {
        stackName,
        configPath: options.config,
        // Where there must be no changes, none are made.
        dryRun: options.dryRun || options.expectNoChanges,
        syncAws: options.syncAws,
        stateFile: options.stateFile,
        out: options.out,
        functions: options.function,
        exclude: options.exclude,
        allFunctions: options.allFunctions,
        tags: options.tag,
        confirm: ask && ((plan) => ask(question(plan))),
      },
      ports,
    );
    const result = await updater.run();
    return {
      document: result,
      error: options.expectNoChanges ? changesFound(result) : updateFailure(result.aws),
      summary: runSummary(result),
    };
  });
}

function question({ stack, changes, aws, out }: UpdatePlan): string {
  const where = out === undefined ? `the state of stack ${stack}` : out;
  const parts = [
    ...(changes.length > 0 ? [`${count(changes.length, "layer version")} in ${where}`] : []),
    ...(aws && aws.changes.length > 0 ? [`${count(aws.changes.length, "layer version")} in AWS`] : []),
  ];
  return `Update ${parts.join(" and ")}?`;
}

function changesFound({ changes, aws }: RunResult): LayersError | undefined {
  const found = changes.length + (aws?.changes.length ?? 0);
  if (found === 0) return undefined;
  return new LayersError(
    "changes-found",
    `${count(found, "layer version")} ${found === 1 ? "is" : "are"} not as declared. Nothing was changed.`,
  );
}
