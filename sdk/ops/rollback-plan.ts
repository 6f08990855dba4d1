import { layerArn, parseLayerVersionArn } from "../core/arn";
import { recordBeside } from "../core/backup";
import { shortStackName } from "../core/config/declared";
import type { LayerSettings } from "../core/config/parse";
import { LayersError } from "../core/errors";
import { compareStates } from "../core/state/compare";
import { scanState } from "../core/state/scan";
import { type PutBackPlan, planPutBack } from "./fleet/put-back";
import { loadRecord } from "./fleet/recorded";
import { withSession } from "./fleet/sites";
import { planLive, recordedFunctionsOnly } from "./live-plan";
import type { AwsPlan, FunctionFilter, LiveTarget, LoadedState, StateChange, StatePlan, StateTarget } from "./plans";
import type { Ports } from "./ports";
import { loadState, refusePendingOperations, type ScanState } from "./state";
import { isOwned, layerTexts, planState, recordedLayers } from "./state-plan";
import { checkpoint, during } from "./steps";
import { patchedState } from "./surgery";

const unchanged = "Nothing was changed.";
const otherBackups =
  "List the backups that there are: lambda-layers backups list. Name one: lambda-layers rollback BACKUP";

/** What a rollback is asked to do. */
export interface RollbackRequest {
  readonly stack: string;
  /** Path of a backup, or its name in the backup folder. Default: the newest state that an update kept. */
  readonly backup?: string;
  /** Puts the whole backup back, and not its layer versions alone. */
  readonly full?: boolean;
  readonly dryRun?: boolean;
  /** Also brings the live functions back. */
  readonly syncAws?: boolean;
  readonly functions?: readonly string[];
  readonly exclude?: readonly string[];
  /** The config's settings, where there is a config. */
  readonly settings?: LayerSettings;
}

/** A planned rollback of one stack. */
export interface RollbackPlan extends StatePlan {
  readonly stack: string;
  readonly dryRun: boolean;
  /** Whether the backup replaces the whole state; otherwise only its layer versions are put back. */
  readonly full: boolean;
  readonly state: LoadedState;
  readonly backup: LoadedState;
  /** What is imported; undefined where the state is as it has to be. */
  readonly content: Uint8Array | undefined;
  /** Layer version ARNs to go back to that AWS has no more; undefined where AWS could not be asked. */
  readonly gone: readonly string[] | undefined;
  /** How long older backups are kept. */
  readonly retentionDays: number;
  /** Absent without `--sync-aws`. */
  readonly aws: AwsPlan | undefined;
  /** The same, where the backup's run has a record: what that run changed, and nothing that others have changed since. */
  readonly run: PutBackPlan | undefined;
}

// A rollback needs no config: these are a config's own defaults.
const withoutConfig: LayerSettings = {
  region: undefined,
  accountId: undefined,
  tagKey: "environment",
  validateLayerExists: true,
  backupRetentionDays: 30,
  resourceTypes: {},
};

/**
 * Plans a rollback: the layer versions of a backup on today's state, so that what others changed since stays; or the
 * whole backup. Read-only. Warns of layer versions to go back to that AWS has no more, where AWS can be asked.
 * @throws LayersError `backup-missing`, `pending-operations`, `usage` for another stack's backup or options that exclude
 * each other, `state-invalid`, and what the ports throw
 */
export async function planRollback(ports: Ports, request: RollbackRequest): Promise<RollbackPlan> {
  const { stack, full = false, dryRun = false, functions = [], exclude = [], settings = withoutConfig } = request;
  const filter = { functions, exclude };
  if (full && functions.length + exclude.length > 0) {
    throw new LayersError("usage", "A full rollback is one of all functions: it cannot leave any out.");
  }
  const scan: ScanState = (bytes) => scanState(bytes, { resourceTypes: settings.resourceTypes });
  const backup = await loadBackup(ports, stack, request.backup, scan);
  if (!dryRun) ports.reporter.info(`Exporting stack state for ${stack}`);
  const state = await loadState(ports, { stack, scan });
  refusePendingOperations(state);
  refuseOtherStack(state, backup);

  const plan = full ? planFull(state, backup) : planLayers(state, backup, filter, scan);
  const target = liveTarget(backup);
  const ofStack = { ...settings, stack: shortStackName(stack), recorded: state.facts.functions, filter, target };
  const scope = recordedFunctionsOnly;
  const run = request.syncAws ? await during(unchanged, () => planRunOf(ports, backup, filter)) : undefined;
  const aws =
    run ?? (request.syncAws ? await during(unchanged, () => planLive(ports, { ...ofStack, scope })) : undefined);
  const gone = await findGone(ports, plan.changes);
  checkpoint(ports, unchanged);
  const warnings = [...plan.warnings, ...(gone ?? []).map(goneWarning)];
  return {
    ...plan,
    warnings,
    stack,
    dryRun,
    full,
    state,
    backup,
    gone,
    retentionDays: settings.backupRetentionDays,
    aws,
    run,
  };
}

/** What it takes to put back the live functions that the backup's run has changed; undefined where it has no record. */
async function planRunOf(ports: Ports, { stack, file }: LoadedState, filter: FunctionFilter) {
  const beside = file === undefined ? undefined : recordBeside(file);
  if (beside === undefined) return undefined;
  try {
    await ports.backups.find(beside);
  } catch {
    return undefined;
  }
  return planPutBack(ports, await loadRecord(ports, stack, beside), filter);
}

async function loadBackup(
  { backups }: Ports,
  stack: string,
  named: string | undefined,
  scan: ScanState,
): Promise<LoadedState> {
  const newest = async () =>
    (await backups.list(stack)).find(({ kind, madeBy }) => kind === "state" && madeBy === "update");
  const found = await (named === undefined ? newest() : backups.find(named));
  if (!found) {
    throw new LayersError("backup-missing", `There is no backup of stack ${stack} that an update made. ${unchanged}`, {
      next: otherBackups,
    });
  }
  const bytes = await backups.read(found.path);
  try {
    return { stack, file: found.shownPath, bytes, facts: scan(bytes) };
  } catch (error) {
    if (!(error instanceof LayersError)) throw error;
    const message = `${error.message} This is about the backup ${found.shownPath}. ${unchanged}`;
    throw new LayersError(error.code, message, { next: otherBackups, cause: error });
  }
}

function refuseOtherStack(state: LoadedState, backup: LoadedState): void {
  const [mine, other] = [state.facts.owner, backup.facts.owner];
  if (!mine || !other || (mine.stack === other.stack && mine.project === other.project)) return;
  const nameOf = ({ stack, project }: typeof mine) => `stack ${stack} of project ${project}`;
  throw new LayersError(
    "usage",
    `${backup.file} is a backup of ${nameOf(other)}, and this is ${nameOf(mine)}. ${unchanged}`,
    { next: otherBackups },
  );
}

type StateRollback = StatePlan & Pick<RollbackPlan, "content">;

function planLayers(state: LoadedState, backup: LoadedState, filter: FunctionFilter, scan: ScanState): StateRollback {
  const plan = planState(state.facts.functions, stateTarget(backup), filter);
  const content = plan.edits.length > 0 ? patchedState(state, plan.edits, scan) : undefined;
  const today = new Set(state.facts.functions.map(({ urn }) => urn));
  const goneFunctions = backup.facts.functions.filter((fn) => isOwned(fn) && !today.has(fn.urn));
  const skipped = goneFunctions.map(({ name }) => ({ function: name, reason: "the stack has it no more" }));
  return { ...plan, content, skipped: [...plan.skipped, ...skipped] };
}

function planFull(state: LoadedState, backup: LoadedState): StateRollback {
  const plan = planState(state.facts.functions, stateTarget(backup));
  const isSame = compareStates(state.bytes, backup.bytes, { limit: 1 }).length === 0;
  if (isSame) return { ...plan, content: undefined };
  const counts = `${state.facts.resourceCount} resources now, ${backup.facts.resourceCount} in ${backup.file}`;
  const warning = `The whole state is replaced (${counts}): Pulumi forgets what was deployed since, and nothing of it is deleted.`;
  return { ...plan, skipped: [], warnings: [warning], content: backup.bytes };
}

/** Inputs go back to the backup's inputs and outputs to its outputs: they may have differed. */
function stateTarget({ facts }: LoadedState): StateTarget {
  const byUrn = new Map(facts.functions.filter(isOwned).map((fn) => [fn.urn, fn]));
  return (text, { urn }, side) => {
    const fn = byUrn.get(urn);
    return fn && versionIn(layerTexts(fn[side]), text);
  };
}

/** What live functions have to be at: the versions that a backup records of them. */
export function liveTarget({ facts }: LoadedState): LiveTarget {
  const byName = new Map(facts.functions.filter(isOwned).map((fn) => [fn.name, recordedLayers(fn)]));
  return (text, { name }) => versionIn(byName.get(name) ?? [], text);
}

/** The version that a list has of a layer, given with any version. */
function versionIn(layers: readonly string[], layerVersionArn: string): number | undefined {
  const wanted = parseLayerVersionArn(layerVersionArn);
  if (!wanted) return undefined;
  const all = layers.flatMap((text) => parseLayerVersionArn(text) ?? []);
  return all.find((one) => layerArn(one) === layerArn(wanted))?.version;
}

/** Layer versions to go back to that AWS has no more; undefined where AWS cannot be asked. */
async function findGone(ports: Ports, changes: readonly StateChange[]): Promise<string[] | undefined> {
  const arns = new Set(changes.map(({ arn, to }) => `${arn}:${to}`));
  const byRegion = Map.groupBy(arns, (arn) => parseLayerVersionArn(arn)?.region);
  const gone: string[] = [];
  try {
    for (const [region, wanted] of byRegion) {
      await withSession(ports, { region }, async (aws) => {
        for (const arn of wanted) if ((await aws.layerVersion(arn)) === "missing") gone.push(arn);
      });
    }
    return gone;
  } catch (error) {
    if (!(error instanceof LayersError) || error.code === "interrupted") throw error;
    ports.reporter.verbose(`Whether the layer versions still exist was not checked: ${error.message}`);
    return undefined;
  }
}

function goneWarning(arn: string): string {
  return `Layer version does not exist any more: ${arn}. Functions that have it keep it; it cannot be attached again.`;
}
