import { unchanged } from "../../core/errors";
import { countLayers } from "../../core/text";
import { unexpected } from "../../ops/expectation";
import { liveFailure } from "../../ops/live/failure";
import { setAside } from "../../ops/recorded/memory";
import { proofFailure } from "../../ops/recorded/prove";
import type { UpdatePlan } from "../../ops/update";
import { LayerVersionUpdater } from "../../updater";
import { runSummary } from "../ci";
import type { Context } from "../context";
import { warnOfStacks } from "../looked";
import { planStacks } from "../plan-stacks";
import { configFile, isLookOnly, refuse, rolloutOfNone, runOptions, selectionOf } from "../requests";
import type { StackRun } from "../stacks";
import { planWords } from "../words";
import { resume } from "./sync";

export async function run(context: Context): Promise<number> {
  const { options } = context;
  refuse(
    [
      rolloutOfNone(options),
      [
        options.prove && options.resume !== undefined,
        "--resume and --prove cannot be combined: --resume only continues in AWS and imports no state.",
      ],
    ],
    unchanged,
  );
  if (!options.syncAws && (options.region ?? options.profile) !== undefined)
    context.reporter.warn("--region and --profile have no effect without --sync-aws: they choose live functions.");
  if (options.resume !== undefined) return resume(context, true);
  const isLook = isLookOnly(options);
  return planStacks(context, (run) => planOf(run, isLook), {
    ...{ verb: "Update", isLook, record: { isLive: options.syncAws ?? false } },
    // A state file shared by several stacks changes with each of them.
    isReported: options.stateFile === undefined,
  });
}

/** What an update would do to one stack. */
async function planOf(run: StackRun, dryRun: boolean) {
  const { stack: stackName, label, context, ports } = run;
  const { options } = context;
  const { config: configPath, syncAws, stateFile, out, skipPreflight, expectNoChanges, prove } = options;
  const { maxChanges, confirm, ...rollout } = runOptions(context, question);
  const updater = new LayerVersionUpdater(
    {
      ...{
        stackName,
        label,
        configPath,
        dryRun,
        expectNoChanges,
        prove,
        syncAws,
        stateFile,
        out,
        ...selectionOf(options),
      },
      ...{ skipPreflight, maxChanges, rollout, confirm },
    },
    ports,
  );
  await warnOfStacks(run, ports.configs.load(configFile(options)));
  const plan = await updater.plan();
  const { changes, aws: live } = plan;
  // A dry run needs only what was found in the state.
  if (dryRun && !prove) setAside(ports, plan.state, false);
  const carryOut = async () => {
    const result = await updater.carryOut();
    const { totals, aws, live } = result;
    const failure =
      proofFailure(ports, { ...result, stack: stackName }) ??
      (aws &&
        liveFailure(ports, { stack: stackName, looked: plan.aws?.looked, ...backupOf(plan, result) }, aws, rollout));
    const again = ports.advise(planWords(options, stackName, syncAws ? "state and AWS" : "state"));
    return {
      document: result,
      error: expectNoChanges && totals ? unexpected(ports, { stack: stackName, totals, live }, again) : failure,
      summary: runSummary(result, label),
    };
  };
  return {
    ...{ changes, live: live?.changes ?? [], carryOut },
    setAside: () => setAside(ports, plan.state, plan.edits.length > 0),
  };
}

/** The backup that a rollback of the run restores; of a state file it restores none. */
function backupOf({ state }: UpdatePlan, { backup }: { readonly backup: string | null }): { readonly backup?: string } {
  return backup === null || state.file !== undefined ? {} : { backup };
}

function question({ stack, changes, aws, out }: UpdatePlan): string {
  const where = out === undefined ? `the state of stack ${stack}` : out;
  const parts = [
    ...(changes.length > 0 ? [`${countLayers(changes.length)} in ${where}`] : []),
    ...(aws && aws.changes.length > 0 ? [`${countLayers(aws.changes.length)} in AWS`] : []),
  ];
  return `Update ${parts.join(" and ")}?`;
}
