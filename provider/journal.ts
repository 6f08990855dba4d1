// A second Ctrl-C ends this process while functions are being moved, and the engine records nothing of what was done:
// not what they had at first either, which can no longer be read. So that is kept in a file until it is recorded.

import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { replaceFile } from "../sdk/files/atomic";
import { say } from "./say";

/** By the ARN of a function: layer to version. */
type ByArn = Readonly<Record<string, Readonly<Record<string, number | string>>>>;

/** What was about to be done to functions. */
export interface Journal {
  /** What they had. */
  readonly before: ByArn;
  /** What they were to get. */
  readonly after: ByArn;
}

/** A journal of an update that was cut short. */
export interface Unfinished extends Journal {
  readonly file: string;
}

const format = 1;

/** Beside Pulumi's own files of this user. */
function folder(): string {
  return join(process.env.PULUMI_HOME || join(homedir(), ".pulumi"), "lambda-layers");
}

/** The beginning of the names of the files of this program: the engine runs providers in the program's folder. */
function prefix(): string {
  return `${createHash("sha256").update(process.cwd()).digest("hex").slice(0, 16)}-`;
}

/** Keeps what is about to be done. @returns forgets it, once the engine has the answer */
export async function keepJournal(journal: Journal): Promise<() => Promise<void>> {
  const engine = process.ppid;
  const file = join(folder(), `${prefix()}${randomUUID()}.json`);
  try {
    await mkdir(folder(), { recursive: true, mode: 0o700 });
    await replaceFile(file, [Buffer.from(JSON.stringify({ format, ...journal }))]);
  } catch (error) {
    say(`Cannot write ${file}, which is needed to continue after an interrupted update: ${error}`);
    return async () => {};
  }
  return async () => {
    // Without the engine nobody records anything.
    if (process.ppid === engine) await forgetJournals([file]);
  };
}

/** The journals of updates of this program that were cut short. */
export async function readJournals(): Promise<Unfinished[]> {
  const names = await readdir(folder()).catch(() => []);
  const files = names.filter((name) => name.startsWith(prefix()) && name.endsWith(".json"));
  const journals = await Promise.all(files.map((name) => readJournal(join(folder(), name))));
  return journals.filter((journal) => journal !== undefined);
}

const used = new Set<string>();

/** Has these journals removed once an update has recorded what they tell. */
export function useJournals(files: readonly string[]): void {
  for (const file of files) used.add(file);
}

/** Removes the journals whose content is in what is recorded now. */
export async function forgetUsedJournals(): Promise<void> {
  await forgetJournals([...used]);
  used.clear();
}

async function forgetJournals(files: readonly string[]): Promise<void> {
  await Promise.all(files.map((file) => rm(file, { force: true })));
}

async function readJournal(file: string): Promise<Unfinished | undefined> {
  try {
    const journal = JSON.parse(await readFile(file, "utf8"));
    return journal?.format === format ? { file, before: journal.before ?? {}, after: journal.after ?? {} } : undefined;
  } catch {
    // Gone by now, or not ours.
    return undefined;
  }
}
