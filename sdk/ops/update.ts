import { LayersError } from "../core/errors";
import type { LayerSettings } from "../core/config/parse";
import { changeLine } from "../core/report";
import { patchState, verifyPatched } from "../core/state/patch";
import type { StateFacts } from "../core/state/facts";
import { planLive } from "./live-plan";
import type { AwsPlan, FunctionFilter, LiveScope, LiveTarget, LoadedState, StateTarget, UpdatePlan } from "./plans";
import type { Ports } from "./ports";
import { refusePendingOperations, stackInState } from "./state";
import { invalidLayers, planState } from "./state-plan";
import { checkpoint, during } from "./steps";
import { pruneBackups, replaceStackState } from "./surgery";
import { shortStackName } from "../core/config/declared";

const unchanged = "Nothing was changed.";

/** What an update is asked to do. */
export interface UpdateRequest {
  readonly dryRun: boolean;
  /** For a state that comes from a file: the file that is written. Default: the same file. */
  readonly out?: string;
  readonly filter: FunctionFilter;
  readonly target: StateTarget;
  readonly settings: LayerSettings;
  /** Absent: live functions are left alone, and AWS is not called. */
  readonly live?: { readonly scope: LiveScope; readonly target: LiveTarget };
}

/**
 * Plans the update of a state, and of the live functions where that is asked for. Read-only.
 * @throws LayersError `pending-operations`, `layer-ambiguous`, and what `planLive` throws
 */
export async function planUpdate(ports: Ports, state: LoadedState, request: UpdateRequest): Promise<UpdatePlan> {
  const { stack, file, facts } = state;
  const { filter, settings, live } = request;
  refusePendingOperations(state);
  const plan = planState(facts.functions, request.target, filter);
  const aws = live && (await during(unchanged, () => planLive(ports, liveRequest(state, request, live))));
  checkpoint(ports, unchanged);
  return {
    ...plan,
    stack,
    dryRun: request.dryRun,
    state,
    out: file === undefined ? undefined : (request.out ?? file),
    retentionDays: settings.backupRetentionDays,
    warnings: [...foreignState(state), ...invalidLayerWarnings(facts), ...plan.warnings],
    aws,
  };
}

function liveRequest({ stack, facts }: LoadedState, { filter, settings }: UpdateRequest, live: NonNullable<UpdateRequest["live"]>) {
  const { tagKey, validateLayerExists } = settings;
  return { stack: shortStackName(stack), recorded: facts.functions, filter, ...live, tagKey, validateLayerExists };
}

function foreignState({ stack, file, facts }: LoadedState): string[] {
  const found = stackInState(facts);
  if (file === undefined || found === undefined || found === shortStackName(stack)) return [];
  return [`${file} is a state of stack ${found}, and the versions declared for ${stack} are used: name the stack with --stack.`];
}

function invalidLayerWarnings(facts: StateFacts): string[] {
  return invalidLayers(facts.functions).map(
    ({ function: name, text }) => `Invalid layer ARN format: ${text} of function ${name} is left as it is.`,
  );
}

/** Tells a plan: as what would be done in a dry run, else only what has to be known. */
export function tellPlan({ reporter }: Ports, plan: Pick<UpdatePlan, "changes" | "warnings" | "skipped" | "aws">, announce: boolean): void {
  for (const line of plan.warnings) reporter.warn(line);
  for (const { function: name, reason } of [...plan.skipped, ...(plan.aws?.skipped ?? [])]) {
    reporter.warn(`Function ${name} is skipped: ${reason}.`);
  }
  if (plan.changes.length === 0) reporter.info("No layer version updates needed");
  if (!announce) return;
  if (plan.changes.length > 0) reporter.info(`Found ${plan.changes.length} layer version updates:`);
  for (const change of plan.changes) reporter.item(changeLine(change));
  if (!plan.aws) return;
  reporter.info(plan.aws.changes.length > 0 ? `Found ${plan.aws.changes.length} layer version updates in AWS:` : "No layer version updates needed in AWS");
  for (const change of plan.aws.changes) reporter.item(changeLine(change));
}

/**
 * Writes the state that an update has planned: into the stack, or into a file.
 * @returns the backup as messages name it; null where nothing had to be written
 * @throws LayersError what {@link replaceStackState} throws
 */
export async function applyToState(ports: Ports, plan: UpdatePlan): Promise<string | null> {
  if (plan.edits.length === 0) return null;
  if (plan.out !== undefined) return applyToFile(ports, plan, plan.out);
  const backup = await replaceStackState(ports, {
    state: plan.state,
    content: patched(plan, ports),
    kind: "updated",
    lines: plan.changes.map(changeLine),
    retentionDays: plan.retentionDays,
  });
  return backup.shownPath;
}
