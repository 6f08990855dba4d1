import type { Backup } from "../../core/backup";
import { LayersError } from "../../core/errors";
import type { LiveFunction } from "../../core/live";
import { type FunctionHistory, type RunHistory, readRunRecord } from "../../core/run-record";
import type { FunctionFilter, Skipped } from "../plans";
import type { AwsPort, Ports } from "../ports";
import { sideBySide, withSession } from "./sites";

/** A run record that was read. */
export interface LoadedRecord {
  readonly file: Pick<Backup, "path" | "shownPath">;
  readonly history: RunHistory;
}

/**
 * Reads a run record of a stack.
 * @param named its path, or its name in the backup folder
 * @throws LayersError `backup-missing`, `record-invalid`, `usage` for another stack's record
 */
export async function loadRecord({ backups }: Ports, stack: string, named: string): Promise<LoadedRecord> {
  const file = await backups.find(named);
  const content = Buffer.from(await backups.read(file.path)).toString("utf8");
  const history = readRunRecord(content, file.shownPath);
  if (history.stack !== stack) {
    throw new LayersError(
      "usage",
      `${file.shownPath} is the record of a run for stack ${history.stack}, not ${stack}. Nothing was changed.`,
      { next: `Name the stack: --stack ${history.stack}` },
    );
  }
  return { file, history };
}

/** The functions of a record that one session reaches. */
export interface RecordedSite {
  readonly region: string;
  readonly profile?: string;
  readonly functions: readonly FunctionHistory[];
}

/** The functions of a record by the accounts and regions that the run reached them in. */
export function sitesOf({ sites }: RunHistory, functions: readonly FunctionHistory[]): RecordedSite[] {
  const groups = Map.groupBy(functions, ({ function: arn }) => {
    const [, , , region = "", account = ""] = arn.split(":");
    return `${region} ${account}`;
  });
  return [...groups].map(([key, group]) => {
    const [region = "", account = ""] = key.split(" ");
    const profile = sites.find((one) => one.region === region && one.account === account)?.profile;
    return { region, ...(profile !== undefined && { profile }), functions: group };
  });
}

/** The functions of a record as they are now. */
export interface RecordedNow {
  readonly aws: AwsPort;
  readonly site: RecordedSite;
  readonly live: readonly LiveFunction[];
  /** Histories by the functions' ARNs. */
  readonly histories: ReadonlyMap<string, FunctionHistory>;
}

/** Reads the functions of a record as they are now, all accounts and regions side by side. */
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
    missing.map((arn) => ({ function: nameIn(arn), reason: "AWS has it no more" })),
  );
  return { visited: visited.map(({ value }) => value), skipped };
}

/** Whether a function of a record is one of those meant. */
export function isMeantIn({ functions, exclude }: FunctionFilter) {
  return ({ function: arn }: FunctionHistory): boolean => {
    const isIn = (names: readonly string[]) => names.includes(nameIn(arn)) || names.includes(arn);
    return (functions.length === 0 || isIn(functions)) && !isIn(exclude);
  };
}

/** The name in a function's ARN. */
export function nameIn(functionArn: string): string {
  return functionArn.slice(functionArn.lastIndexOf(":") + 1);
}
