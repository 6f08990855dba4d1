import { shortStackName } from "../core/config/declared";
import type { LayerSettings } from "../core/config/parse";
import { changeLine } from "../core/report";
import type { StateFacts } from "../core/state/facts";
import { patchState } from "../core/state/patch";
import { holdsPlaintext } from "../core/state/plaintext";
import { planLive } from "./live-plan";
import type { FunctionFilter, LiveScope, LiveTarget, LoadedState, StateTarget, UpdatePlan } from "./plans";
import type { Ports } from "./ports";
import { refusePendingOperations, type ScanState } from "./state";
import { invalidLayers, planState } from "./state-plan";
import { checkpoint, during } from "./steps";
import { patchedState, pruneBackups, replaceStackState } from "./surgery";

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
 * @throws LayersError `pending-operations`, `layer-ambiguous`, and what {@link planLive} throws
 */
export async function planUpdate(ports: Ports, state: LoadedState, request: UpdateRequest): Promise<UpdatePlan> {
  const { stack, file, facts } = state;
  const { dryRun, filter, settings, live } = request;
  refusePendingOperations(state);
  const plan = planState(facts.functions, request.target, filter);
  const { region, tagKey, validateLayerExists } = settings;
  const ofStack = {
    stack: shortStackName(stack),
    recorded: facts.functions,
    filter,
    region,
    tagKey,
    validateLayerExists,
  };
  const aws = live && (await during(unchanged, () => planLive(ports, { ...ofStack, ...live })));
  checkpoint(ports, unchanged);
  return {
    ...plan,
    stack,
    dryRun,
    state,
    out: file === undefined ? undefined : (request.out ?? file),
    retentionDays: settings.backupRetentionDays,
    warnings: [...plaintextWarnings(state), ...foreignState(state), ...invalidLayerWarnings(facts), ...plan.warnings],
    aws,
  };
}

/**
 * Writes the state that an update has planned: into the stack, or into a file.
 * @param scan what the plan's state was scanned with
 * @returns the backup as messages name it; null where none was needed
 * @throws LayersError what {@link replaceStackState} and the ports throw
 */
export async function applyToState(ports: Ports, plan: UpdatePlan, scan: ScanState): Promise<string | null> {
  const lines = plan.changes.map(changeLine);
  if (plan.out !== undefined) return applyToFile(ports, plan, plan.out, lines);
  if (plan.edits.length === 0) return null;
  const { state, retentionDays } = plan;
  const content = patchedState(state, plan.edits, scan);
  return (await replaceStackState(ports, { state, content, kind: "updated", lines, retentionDays })).shownPath;
}

async function applyToFile(
  ports: Ports,
  plan: UpdatePlan,
  out: string,
  lines: readonly string[],
): Promise<string | null> {
  const { stateFiles, backups, reporter, clock } = ports;
  const { stack, state, edits } = plan;
  checkpoint(ports, unchanged);
  let backup: string | null = null;
  const inPlace = state.file !== undefined && (await stateFiles.isSame(state.file, out));
  // Another file is written even where nothing changes: whoever named it goes on with it.
  if (inPlace && edits.length === 0) return null;
  // A state that stays where it is needs no copy.
  if (inPlace) {
    const files = [{ kind: "state" as const, content: [state.bytes] }];
    const [written] = await during(unchanged, () => backups.write(stack, files, clock.now()));
    backup = written?.shownPath ?? null;
    reporter.info(`State exported to: ${backup}`);
    await pruneBackups(ports, stack, plan.retentionDays);
  }
  for (const line of lines) reporter.info(line);
  // Of a large state only this one copy is in memory: what is written are slices of it.
  await during(unchanged, () => stateFiles.replace(out, patchState(state.bytes, edits)));
  reporter.info(`State saved to: ${out}`);
  const owner = state.facts.owner?.stack;
  const its = owner === undefined || owner === shortStackName(stack) ? stack : owner;
  reporter.warn(`The stack itself was not touched: pulumi stack import --stack ${its} --file ${out}`);
  return backup;
}

/** A stack's own export has none: it is made without `--show-secrets`. */
function plaintextWarnings({ file, bytes }: LoadedState): string[] {
  if (file === undefined || !holdsPlaintext(bytes)) return [];
  return [
    `${file} holds secrets in plaintext, and so does what is made from it, the backup included: export the state without --show-secrets, and delete this file.`,
  ];
}

function foreignState({ stack, file, facts }: LoadedState): string[] {
  const found = facts.owner?.stack;
  if (file === undefined || found === undefined || found === shortStackName(stack)) return [];
  return [
    `${file} is a state of stack ${found}, but the versions declared for ${stack} are used: name its stack with --stack.`,
  ];
}

function invalidLayerWarnings({ functions }: StateFacts): string[] {
  return invalidLayers(functions).map(
    ({ function: name, text }) => `Invalid layer ARN format: ${text} of function ${name} is left as it is.`,
  );
}
