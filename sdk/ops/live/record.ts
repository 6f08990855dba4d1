import { createHash } from "node:crypto";
import { type Backup, type BackupKind, pathBeside } from "../../core/backup";
import type { Digest } from "../../core/chain";
import { LayersError } from "../../core/errors";
import { functionName, labelsOfArns, parseFunctionArn } from "../../core/function-arn";
import type { FunctionHistory } from "../../core/function-history";
import type { LiveFunction } from "../../core/live";
import { type ReadRecord, type RunHistory, readRunRecord } from "../../core/run-record";
import type { AwsPort, BackupPort, Ports } from "../../ports";
import type { Site, Skipped } from "../plans";
import { sideBySide, withSession } from "./sessions";

/** A run record that was read. */
export interface LoadedRecord {
  readonly file: Pick<Backup, "path" | "shownPath">;
  readonly history: RunHistory;
}

/** The hash that the checksums of run records are made of. */
export const sha256: Digest = (text) => createHash("sha256").update(text).digest("hex");

/**
 * Reads a run record.
 * @throws LayersError `backup-missing`, `backup-folder`, `record-invalid`
 */
export async function readRecord(backups: BackupPort, file: Pick<Backup, "path" | "shownPath">): Promise<ReadRecord> {
  const content = Buffer.from(await backups.read(file)).toString("utf8");
  return readRunRecord(content, file.shownPath, sha256);
}

/** Warnings about a run record. */
export function warningsOf({ history, file }: LoadedRecord): string[] {
  if (history.isChecked) return [];
  const why = "it has no checksums, like all records that version 0.1.0 wrote";
  return [`Cannot verify that ${file.shownPath} is unchanged: ${why}.`];
}

/**
 * Reads a run record of a stack.
 * @param named its path, or its name in the backup folder
 * @throws LayersError `backup-missing`, `backup-folder`, `record-invalid`, `usage` for another stack's record
 */
export async function loadRecord({ backups }: Ports, stack: string, named: string): Promise<LoadedRecord> {
  const file = await backups.find(named);
  const { history } = await readRecord(backups, file);
  if (history.stack !== stack) {
    throw new LayersError("usage", `${file.shownPath} records a run for stack ${history.stack}, not ${stack}.`, {
      next: `Name the stack: --stack ${history.stack}`,
    });
  }
  return { file, history };
}

/** The functions with changes of the run that are not rolled back. */
export function changedBy({ functions }: RunHistory): FunctionHistory[] {
  return functions.filter(({ moved, aliases }) => moved.length + aliases.length > 0);
}

/** The functions of a record by the account and region in which the run reached them. */
export function sitesOf({ sites }: RunHistory, functions: readonly FunctionHistory[]): Site<FunctionHistory>[] {
  const groups = Map.groupBy(functions, ({ function: arn }) => {
    const { region = "", account = "" } = parseFunctionArn(arn) ?? {};
    return `${region} ${account}`;
  });
  return [...groups].map(([key, group]) => {
    const [region = "", account = ""] = key.split(" ");
    const profile = sites.find((one) => one.region === region && one.account === account)?.profile;
    return { region, ...(profile !== undefined && { profile }), functions: group };
  });
}

/** The current state of a record's functions. */
export interface RecordedNow {
  readonly aws: AwsPort;
  readonly site: Site<FunctionHistory>;
  readonly live: readonly LiveFunction[];
  /** Histories by the functions' ARNs. */
  readonly histories: ReadonlyMap<string, FunctionHistory>;
}

/** Reads the current state of a record's functions, all accounts and regions in parallel. */
export async function readRecorded<T>(
  ports: Ports,
  history: RunHistory,
  functions: readonly FunctionHistory[],
  visit: (now: RecordedNow) => Promise<T>,
): Promise<{ visited: T[]; skipped: Skipped[] }> {
  const visited = await sideBySide(sitesOf(history, functions), (site) =>
    withSession(ports, site, async (aws) => {
      const histories = new Map(site.functions.map((one) => [one.function, one]));
      const { functions: live, missing } = await aws.listFunctions({ names: [...histories.keys()] });
      return { missing, value: await visit({ aws, site, live, histories }) };
    }),
  );
  const skipped = visited.flatMap(({ missing }) =>
    missing.map((arn) => ({ function: functionName(arn), reason: "it no longer exists in AWS" })),
  );
  return { visited: visited.map(({ value }) => value), skipped };
}

/** The newest run record of a stack, as messages name the file; undefined if there is none. */
export async function newestRecord({ backups }: Ports, stack: string): Promise<string | undefined> {
  return (await backups.list(stack)).find(({ kind }) => kind === "sync")?.shownPath;
}

/** Another file of the same run as a backup or record; undefined if there is none. */
export async function besideIfAny({ backups }: Ports, file: string, kind: BackupKind): Promise<string | undefined> {
  const beside = pathBeside(file, kind);
  if (beside === undefined) return undefined;
  return backups.find(beside).then(
    () => beside,
    () => undefined,
  );
}

/**
 * The words of the command that starts a run like the one of a record.
 * @param isUpdate whether the user is running an update. Default: whether the run has changed the state too
 */
export async function wordsToStart(
  ports: Ports,
  stack: string,
  file: string | undefined,
  isUpdate = false,
): Promise<string[]> {
  const has = async (kind: BackupKind) => file !== undefined && (await besideIfAny(ports, file, kind)) !== undefined;
  if (await has("rollback")) return ["rollback", "--stack", stack, "--sync-aws"];
  return isUpdate || (await has("state")) ? ["--stack", stack, "--sync-aws"] : ["sync", "--stack", stack];
}

/** The outcome of a function in a run. `open`: not attempted. `unknown`: attempted, with an unknown result. */
export type RecordedOutcome = "updated" | "unchanged" | "failed" | "unknown" | "cancelled" | "open" | "put back";

/** A run in AWS according to its record. */
export interface RecordedRun {
  /** The record's file name in its folder. */
  readonly file: string;
  readonly stack: string;
  readonly startedAt: Date;
  readonly isEnded: boolean;
  /** How far it was rolled back; absent if it was not. `done` once all of its changes are rolled back. */
  readonly rolledBack?: "in part" | "wholly";
  readonly functions: readonly {
    readonly function: string;
    readonly outcome: RecordedOutcome;
    readonly reason: string | undefined;
  }[];
}

/** Summarises a record. */
export function summarise(file: string, history: RunHistory): RecordedRun {
  const { stack, startedAt, unfinished, begun, functions, rolledBackAt } = history;
  const isWhole = unfinished === undefined && changedBy(history).length === 0;
  const label = labelsOfArns(functions.map((one) => one.function));
  return {
    ...{ file, stack, startedAt, isEnded: begun && unfinished === undefined },
    ...(rolledBackAt && { rolledBack: isWhole ? "wholly" : "in part" }),
    functions: functions.map(({ function: arn, last }) => ({
      function: label(arn),
      outcome:
        last === undefined ? "open" : last.aim === "rollback" && last.outcome === "updated" ? "put back" : last.outcome,
      reason: last?.reason,
    })),
  };
}

/** Whether a run has done everything that it planned. */
export function isDone({ isEnded, functions, rolledBack }: RecordedRun): boolean {
  if (rolledBack !== undefined) return rolledBack === "wholly";
  return isEnded && functions.every(({ outcome }) => outcome === "updated" || outcome === "unchanged");
}
