import { LayersError } from "../core/errors";
import type { LiveFunction } from "../core/live";
import { type FunctionHistory, versionsOf } from "../core/run-record";
import type { SyncPlan } from "./fleet/plan";
import { inspect, refuseUnfit } from "./fleet/preflight";
import { type LoadedRecord, loadRecord, nameIn, type RecordedNow, readRecorded } from "./fleet/recorded";
import { liveChanges, movingTargets } from "./live-plan";
import type { LiveTarget, Skipped } from "./plans";
import type { Ports } from "./ports";
import { during } from "./steps";

/** Which run is to be finished, and how. */
export interface ResumeRequest {
  readonly stack: string;
  /** Path of a run record, or its name in the backup folder. Default: the newest of the stack. */
  readonly record?: string;
  readonly dryRun?: boolean;
  readonly skipPreflight?: boolean;
  /** How long older records are kept, in days. Default 30. */
  readonly retentionDays?: number;
}

const unchanged = "Nothing was changed.";

/**
 * Plans to finish a run that was cut short, or to attempt again what has failed in it. Needs neither Pulumi nor the
 * config: the record says what the run was to do. Layers that others have changed since are left alone. Read-only.
 * @throws LayersError `backup-missing`, `record-invalid`, `usage` where the run was being put back, and what a sync's plan throws
 */
export async function planResume(ports: Ports, request: ResumeRequest): Promise<SyncPlan> {
  const { stack, dryRun = false, skipPreflight = false, retentionDays = 30 } = request;
  const callsBefore = ports.aws.calls();
  return during(unchanged, async () => {
    const record = await findUnfinished(ports, request);
    const { history, file } = record;
    const byArn = new Map(history.functions.map((one) => [one.function, one]));
    const target: LiveTarget = (text, fn) => plannedVersion(text, byArn.get(fn.arn));
    const { visited, skipped } = await readRecorded(ports, history, history.functions, async (now) => {
      const targets = movingTargets(now.live, target);
      const publish = history.publish && { ...history.publish, functions: now.live.map(({ arn }) => arn) };
      const options = { existence: true, publish };
      const inspection = skipPreflight ? undefined : await inspect(ports, now.aws, targets, options);
      return { now, inspection, moving: targets.map((one) => one.function) };
    });
    return {
      stack,
      dryRun,
      sites: visited
        .map(({ now: { site, live }, moving }) => ({ ...site, functions: history.publish ? live : moving }))
        .filter(({ functions }) => functions.length > 0),
      changes: visited.flatMap(({ now, moving }) => moving.flatMap((fn) => liveChanges(fn, now.site.region, target))),
      skipped: [...skipped, ...visited.flatMap(({ now }) => changedByOthers(now))],
      warnings: refuseUnfit(visited.flatMap(({ inspection }) => inspection ?? [])),
      aliases: [],
      publish: history.publish,
      target,
      resumed: file,
      retentionDays,
      callsBefore,
    };
  });
}

async function findUnfinished(ports: Ports, { stack, record: named }: ResumeRequest): Promise<LoadedRecord> {
  const newest = async () => (await ports.backups.list(stack)).find(({ kind }) => kind === "sync")?.shownPath;
  const file = named ?? (await newest());
  if (file === undefined) {
    throw new LayersError("backup-missing", `There is no record of a run for stack ${stack}. ${unchanged}`, {
      next: `Name one: lambda-layers sync --stack ${stack} --resume FILE. Or begin a run: lambda-layers sync --stack ${stack}`,
    });
  }
  const record = await loadRecord(ports, stack, file);
  const { begun, unfinished } = record.history;
  const shown = record.file.shownPath;
  if (!begun) {
    throw new LayersError("usage", `The run of ${shown} was cut short before it was begun. ${unchanged}`, {
      next: `Begin a new one: lambda-layers sync --stack ${stack}`,
    });
  }
  if (unfinished === "rollback") {
    throw new LayersError("usage", `The run of ${shown} was being put back. ${unchanged}`, {
      next: `Finish that: lambda-layers rollback --stack ${stack} --sync-aws ${shown}`,
    });
  }
  if (unfinished === undefined && named === undefined) {
    throw new LayersError(
      "backup-missing",
      `The newest run for stack ${stack} has come to its end: ${shown}. ${unchanged}`,
      {
        next: `To attempt again what failed in it, name its record: lambda-layers sync --stack ${stack} --resume ${shown}`,
      },
    );
  }
  return record;
}

/** The planned version of a layer that is still where the run has seen it last. */
function plannedVersion(layerVersionArn: string, history: FunctionHistory | undefined): number | undefined {
  return history?.planned.find(({ layer, from }) => layerVersionArn === `${layer}:${from}`)?.to;
}

function changedByOthers({ live, histories }: RecordedNow): Skipped[] {
  return live.flatMap((fn) => {
    const reasons = reasonsOf(fn, histories.get(fn.arn));
    return reasons.length > 0 ? [{ function: fn.name, reason: reasons.join("; ") }] : [];
  });
}

function reasonsOf(fn: LiveFunction, history: FunctionHistory | undefined): string[] {
  const now = versionsOf(fn.layers);
  return (history?.planned ?? []).flatMap(({ layer, from, to }) => {
    const version = now.get(layer);
    if (version === from || version === to) return [];
    const what = version === undefined ? "removed" : `changed to version ${version}`;
    return [`layer ${nameIn(layer)} was ${what} by somebody else since the run`];
  });
}
