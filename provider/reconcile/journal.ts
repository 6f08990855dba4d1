// A second Ctrl-C ends this process while functions are being moved, and the engine records nothing: neither what was
// done nor the original layers, which can no longer be read. So these are kept in a file until they are recorded.

import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { replaceFile } from "../../sdk/files/atomic";
import { say } from "../host/say";

/** By the ARN of a function: layer to version. */
type ByArn = Readonly<Record<string, Readonly<Record<string, number | string>>>>;

/** What was about to be done. */
export interface Journal {
  /** Their old layers. */
  readonly before: ByArn;
  /** Their new layers. */
  readonly after: ByArn;
}

/** The journal of an interrupted update. */
export interface Unfinished extends Journal {
  readonly file: string;
}

const format = 1;

/** Next to this user's own Pulumi files. */
function folder(): string {
  return join(process.env.PULUMI_HOME || join(homedir(), ".pulumi"), "lambda-layers");
}

/** The prefix of this program's file names: the engine runs providers in the program's folder. */
function prefix(): string {
  return `${createHash("sha256").update(process.cwd()).digest("hex").slice(0, 16)}-`;
}

/** Keeps what is about to be done. @returns removes it, once the engine has the answer */
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
    // Without an engine, nothing is recorded.
    if (process.ppid === engine) await forgetJournals([file]);
  };
}

/** The journals of this program's interrupted updates. */
export async function readJournals(): Promise<Unfinished[]> {
  const names = await readdir(folder()).catch(() => []);
  const files = names.filter((name) => name.startsWith(prefix()) && name.endsWith(".json"));
  const journals = await Promise.all(files.map((name) => readJournal(join(folder(), name))));
  return journals.filter((journal) => journal !== undefined);
}

const used = new Set<string>();

/** Removes these journals once an update has recorded their content. */
export function useJournals(files: readonly string[]): void {
  for (const file of files) used.add(file);
}

/** Removes the journals whose content is recorded now. */
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
    // Already gone, or not ours.
    return undefined;
  }
}
