import { LayersError, unchanged } from "../../core/errors";
import type { FunctionHistory } from "../../core/function-history";
import { type Goal, movedLayers } from "../../core/goal";
import type { LiveFunction } from "../../core/live";
import { layerName, stateOfMove } from "../../core/moves";
import type { Ports } from "../../ports";
import type { Skipped } from "../plans";
import { during } from "../steps";
import { liveChanges, movingTargets } from "./plan";
import type { LivePlan } from "./plans";
import { inspect, refuseUnfit } from "./preflight";
import {
  besideIfAny,
  changedBy,
  type LoadedRecord,
  loadRecord,
  newestRecord,
  type RecordedNow,
  readRecorded,
  warningsOf,
  wordsToStart,
} from "./record";

/** Which run to finish, and how. */
export interface ResumeRequest {
  readonly stack: string;
  /** Path of a run record, or its name in the backup folder. Default: the newest of the stack. */
  readonly record?: string;
  readonly skipPreflight?: boolean;
  /** Whether an update is to be finished, so that a new run would be one too. Default: as the record says. */
  readonly isUpdate?: boolean;
  /** How long older records are kept, in days. */
  readonly retentionDays: number;
}

/**
 * Plans to finish an interrupted run, or to retry what failed in it. Needs neither Pulumi nor the config: the record
 * says what was planned. Layers that others have changed since are left alone. Read-only.
 * @throws LayersError `backup-missing`, `record-invalid`, `usage` for a run that was rolled back or being rolled back,
 * and what `planLive` throws
 */
export async function planResume(ports: Ports, request: ResumeRequest): Promise<LivePlan> {
  const { stack, skipPreflight = false, retentionDays } = request;
  const callsBefore = ports.aws.calls();
  return during(unchanged, async () => {
    const record = await findUnfinished(ports, request);
    const { history, file } = record;
    const backup = await besideIfAny(ports, file.shownPath, "state");
    const byArn = new Map(history.functions.map((one) => [one.function, one]));
    const goal: Goal = (fn) => movedLayers(fn.layers, byArn.get(fn.arn)?.planned ?? []);
    const { visited, skipped } = await readRecorded(ports, history, history.functions, async (now) => {
      const targets = movingTargets(now.live, goal);
      const publish = history.publish && { ...history.publish, functions: now.live.map(({ arn }) => arn) };
      const inspection = skipPreflight
        ? undefined
        : await inspect(ports, now.aws, targets, { existence: true, publish });
      return { now, inspection, targets };
    });
    return {
      stack,
      looked: history.functions.map((one) => one.function),
      sites: visited
        .map(({ now: { site, live }, targets }) => ({
          ...site,
          functions: history.publish ? live : targets.map((one) => one.function),
        }))
        .filter(({ functions }) => functions.length > 0),
      changes: visited.flatMap(({ targets }) => targets.flatMap((one) => liveChanges(one.function, one.layers))),
      skipped: [...skipped, ...visited.flatMap(({ now }) => changedByOthers(now))],
      warnings: [...warningsOf(record), ...refuseUnfit(visited.flatMap(({ inspection }) => inspection ?? []))],
      goal,
      aliases: [],
      publish: history.publish,
      resumed: file,
      ...(backup !== undefined && { backup }),
      retentionDays,
      callsBefore,
    };
  });
}

async function findUnfinished(ports: Ports, { stack, record: named, isUpdate }: ResumeRequest): Promise<LoadedRecord> {
  const file = named ?? (await newestRecord(ports, stack));
  const resume = (record: string) => ports.advise(["sync", "--stack", stack, "--resume", record]);
  const again = async (record?: string) => ports.advise(await wordsToStart(ports, stack, record, isUpdate));
  if (file === undefined) {
    throw new LayersError("backup-missing", `No run record found for stack ${stack}.`, {
      next: `Name one: ${resume("FILE")}. Or start a run: ${await again()}`,
    });
  }
  const record = await loadRecord(ports, stack, file);
  const { begun, unfinished, rolledBackAt, hasFailed, publish } = record.history;
  const shown = record.file.shownPath;
  const rollback = ports.advise(["rollback", "--stack", stack, "--sync-aws", shown]);
  if (!begun) {
    throw new LayersError("usage", `The run in ${shown} was interrupted before it started.`, {
      next: `Start a new one: ${await again(shown)}`,
    });
  }
  if (unfinished === "rollback") {
    throw new LayersError("usage", `The run in ${shown} was being rolled back.`, {
      next: `Finish the rollback: ${rollback}`,
    });
  }
  // Finishing it would restore what someone has rolled back.
  if (rolledBackAt !== undefined) {
    const code = named === undefined ? "backup-missing" : "usage";
    const by = `by the rollback of ${rolledBackAt.toISOString()}`;
    if (changedBy(record.history).length > 0) {
      throw new LayersError(code, `The run in ${shown} was partly rolled back ${by}.`, {
        next: [`Roll back the others: ${rollback}`, `Or start a new run:   ${await again(shown)}`],
      });
    }
    throw new LayersError(code, `The run in ${shown} was rolled back ${by}.`, {
      next: `Start a new one: ${await again(shown)}`,
    });
  }
  if (unfinished === undefined && named === undefined) {
    throw new LayersError("backup-missing", `The newest run for stack ${stack} is already finished: ${shown}.`, {
      // The record does not say whether publishing failed.
      next:
        hasFailed || publish
          ? `To retry what failed in it, name its record: ${resume(shown)}`
          : `Start a new one: ${await again(shown)}`,
    });
  }
  return record;
}

function changedByOthers({ live, histories }: RecordedNow): Skipped[] {
  return live.flatMap((fn) => {
    const reasons = reasonsOf(fn, histories.get(fn.arn));
    return reasons.length > 0 ? [{ function: fn.name, reason: reasons.join("; ") }] : [];
  });
}

function reasonsOf(fn: LiveFunction, history: FunctionHistory | undefined): string[] {
  return (history?.planned ?? []).flatMap((move) => {
    const state = stateOfMove(move, fn.layers);
    if (state.is !== "other") return [];
    const what = state.now === null ? "removed" : `changed to version ${state.now}`;
    return [`since the run, layer ${layerName(move.layer)} was ${what} by someone else`];
  });
}
