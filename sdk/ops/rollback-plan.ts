import { parseLayerVersionArn } from "../core/arn";
import { type DeclaredLayers, declareFor } from "../core/config/declared";
import type { LayerConfig } from "../core/config/parse";
import { defaultSettings } from "../core/config/settings";
import { LayersError, unchanged } from "../core/errors";
import { isOwned, type RecordedFunction, recordedLayers } from "../core/recorded";
import { compareStates } from "../core/state/compare";
import { type Outline, outlineOf } from "../core/state/outline";
import type { Ports } from "../ports";
import { planFormer } from "./live/former";
import type { LivePlan, LiveRollbackPlan } from "./live/plans";
import { besideIfAny, loadRecord } from "./live/record";
import { planLiveRollback } from "./live/rollback";
import { withSession } from "./live/sessions";
import { newerRun } from "./newer-run";
import type { LoadedState, StateChange } from "./plans";
import { broken, integrityWarnings, loadState, refuseUnfit, type ScanState, scanAs } from "./recorded/load";
import { letGo } from "./recorded/memory";
import { planState, type StatePlan } from "./recorded/plan";
import type { NewContent } from "./recorded/replace";
import { type IsOurs, planRestore, versionsRecordedIn, whyNotBack } from "./recorded/restore";
import { refuseUnknown, type SelectedRecords, selectRecorded } from "./recorded/select";
import { type LoadedBackup, loadBackup, refuseOtherStack, whatIsOurs } from "./rollback-backup";
import { checkpoint, during, ifPossible } from "./steps";

/** The request of a rollback. */
export interface RollbackRequest {
  readonly stack: string;
  /** How lines of a run over several projects name the stack. Default: its name. */
  readonly label?: string;
  /** Path of a backup, or its name in the backup folder. Default: the newest state that an update kept. */
  readonly backup?: string;
  /** Restore the whole backup, not only its layer versions. */
  readonly full?: boolean;
  readonly dryRun?: boolean;
  readonly syncAws?: boolean;
  readonly functions?: readonly string[];
  readonly exclude?: readonly string[];
  readonly skipPreflight?: boolean;
  /** The config, if there is one: a rollback needs none. */
  readonly config?: LayerConfig;
}

/** A planned rollback of one stack. */
export interface RollbackPlan extends StatePlan {
  readonly stack: string;
  readonly dryRun: boolean;
  /** Whether the backup replaces the whole state; otherwise only its layer versions are rolled back. */
  readonly full: boolean;
  readonly state: LoadedState;
  readonly backup: LoadedState;
  /** What is imported; undefined if the state needs no change. */
  readonly content: NewContent | undefined;
  /** How long older backups are kept, in days. */
  readonly retentionDays: number;
  /** Absent without `--sync-aws`. */
  readonly aws: LivePlan | LiveRollbackPlan | undefined;
  /** What the config declares, if there is one. */
  readonly declared: DeclaredLayers | undefined;
  /** The selected functions of the state. */
  readonly functions: readonly RecordedFunction[];
}

/**
 * Plans a rollback: the layer versions of a backup on today's state, so that later changes by others stay; or the whole
 * backup. Read-only. Warns of layer versions that no longer exist in AWS, if AWS can be asked.
 * @throws LayersError `backup-missing`, `pending-operations`, `state-broken`, `usage` for another stack's backup,
 * contradicting options or names that match nothing, `state-invalid`, and what the ports throw
 */
export function planRollback(ports: Ports, request: RollbackRequest): Promise<RollbackPlan> {
  return during(unchanged, () => plan(ports, request));
}

async function plan(ports: Ports, request: RollbackRequest): Promise<RollbackPlan> {
  const { stack, full = false, functions = [], exclude = [], config } = request;
  if (full && functions.length + exclude.length > 0) {
    throw new LayersError(
      "usage",
      "--full restores all functions and cannot be combined with --function or --exclude.",
    );
  }
  const scan = scanAs(config?.settings ?? defaultSettings);
  const backup = await loadBackup(ports, stack, request.backup, scan);
  const source = full ? ports.stateFiles.source(backup.path) : undefined;
  try {
    const whole = source && outlineOf(backup.bytes, source);
    // Its facts are known, and the rest is read from the file, so that a large state is in memory only once.
    letGo(backup);
    return await planOn(ports, request, { backup, whole, scan });
  } finally {
    source?.close();
  }
}

interface Earlier {
  readonly backup: LoadedBackup;
  /** The positions of the backup's resources in its file, for a rollback of the whole backup. */
  readonly whole: Outline | undefined;
  readonly scan: ScanState;
}

async function planOn(ports: Ports, request: RollbackRequest, { backup, whole, scan }: Earlier): Promise<RollbackPlan> {
  const { stack, label = stack, full = false, dryRun = false, functions = [], exclude = [], config } = request;
  if (!dryRun) ports.reporter.info(`Exporting stack state for ${label}`);
  const state = await loadState(ports, { stack, scan });
  refuseUnfit(ports, state);
  const unfit = full ? broken(ports, backup) : undefined;
  if (unfit) throw unfit.having(unchanged);
  refuseOtherStack(ports, state, backup);
  const meant = selectRecorded(state.facts, { functions, exclude });
  refuseUnknown(meant, `in the state of ${stack}`);

  const declared = config && declareFor(config, stack);
  const isOurs = await whatIsOurs(ports, backup, scan, declared);
  const recorded = whole ? planFull(state, backup, whole, scan) : planVersions(state, backup, meant, scan, isOurs);
  const aws = request.syncAws ? await planFunctions(ports, request, backup, meant, isOurs) : undefined;
  const gone = await findGone(ports, recorded.changes);
  await checkpoint(ports, unchanged);
  return {
    ...recorded,
    warnings: [...integrityWarnings(full ? backup : state), ...recorded.warnings, ...gone.map(goneWarning)],
    ...{ stack, dryRun, full, state, backup, aws },
    ...{ declared, functions: meant.functions },
    retentionDays: (config?.settings ?? defaultSettings).backupRetentionDays,
  };
}

/**
 * What it takes to roll back live functions: what the backup's run has changed, without later changes by others. If
 * that run has no record, the versions recorded in the backup.
 */
async function planFunctions(
  ports: Ports,
  request: RollbackRequest,
  backup: LoadedBackup,
  meant: SelectedRecords,
  isOurs: IsOurs,
): Promise<LivePlan> {
  const { stack, functions = [], exclude = [], config, skipPreflight = false } = request;
  const settings = config?.settings ?? defaultSettings;
  // Told while planning, because a run over several stacks asks before any of them is carried out.
  const warnOfNewer = async (plan: LivePlan) => {
    for (const line of await newerRun(ports, backup, plan, { functions, exclude })) ports.reporter.warn(line);
  };
  const record = await besideIfAny(ports, backup.file ?? "", "sync");
  if (record === undefined) {
    const { functions: recorded } = meant;
    const plan = await planFormer(ports, { stack, settings, skipPreflight, recorded, former: backup.facts, isOurs });
    // The versions of a backup that the user has named are the ones to have, whatever ran since.
    if (request.backup === undefined) await warnOfNewer(plan);
    return plan;
  }
  const run = await loadRecord(ports, stack, record);
  const plan = await planLiveRollback(ports, run, { functions, exclude }, settings.backupRetentionDays);
  await warnOfNewer(plan);
  return plan;
}

type StateRollback = StatePlan & Pick<RollbackPlan, "content">;

function planVersions(
  state: LoadedState,
  backup: LoadedState,
  { own, excluded }: SelectedRecords,
  scan: ScanState,
  isOurs: IsOurs,
): StateRollback {
  const plan = planRestore(backup.facts, own, scan, { excluded, isOurs });
  const before = new Map(backup.facts.functions.filter(isOwned).map((fn) => [fn.urn, fn]));
  const stay = own.flatMap((fn) => {
    const was = excluded.has(fn) ? undefined : before.get(fn.urn);
    const reasons = was ? whyNotBack(was, recordedLayers(fn), isOurs) : [];
    return reasons.length > 0 ? [{ function: fn.name, reason: reasons.join("; ") }] : [];
  });
  const today = new Set(state.facts.functions.map(({ urn }) => urn));
  const goneFunctions = backup.facts.functions.filter((fn) => isOwned(fn) && !today.has(fn.urn));
  const skipped = goneFunctions.map(({ name }) => ({ function: name, reason: "it is no longer in the stack" }));
  return { ...plan, skipped: [...plan.skipped, ...stay, ...skipped] };
}

function planFull(state: LoadedState, backup: LoadedBackup, whole: Outline, scan: ScanState): StateRollback {
  const plan = planState(state.facts.functions, versionsRecordedIn(backup.facts));
  const isSame = compareStates(state.bytes, whole, { limit: 1 }).length === 0;
  if (isSame) return { ...plan, content: undefined };
  const counts = `${state.facts.resourceCount} resources now, ${backup.facts.resourceCount} in ${backup.file}`;
  const warning = `The whole state is replaced (${counts}): Pulumi forgets resources deployed since, and does not delete them.`;
  return {
    ...plan,
    skipped: [],
    warnings: [warning],
    content: { scan, whole: { path: backup.path, shownPath: backup.file, facts: backup.facts } },
  };
}

/** Layer versions of the rollback that no longer exist in AWS; none if AWS cannot be asked. */
function findGone(ports: Ports, changes: readonly StateChange[]): Promise<string[]> {
  const targets = new Set(changes.map(({ target }) => target ?? ""));
  const byRegion = Map.groupBy(targets, (arn) => parseLayerVersionArn(arn)?.region);
  const read = async () => {
    const gone: string[] = [];
    for (const [region, wanted] of byRegion) {
      await withSession(ports, { region }, async (aws) => {
        for (const arn of wanted) if ((await aws.layerVersion(arn)) === "missing") gone.push(arn);
      });
    }
    return gone;
  };
  return ifPossible(read, ({ message }) => {
    ports.reporter.verbose(`Could not check whether the layer versions still exist: ${message}`);
    return [];
  });
}

function goneWarning(arn: string): string {
  return `Layer version no longer exists: ${arn}. Functions that have it keep it, but it cannot be attached again.`;
}
