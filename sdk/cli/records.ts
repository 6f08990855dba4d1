import { readdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { LayersError } from "../core/errors";
import { reasonOf } from "../core/system-error";
import { isDone, type RecordedRun, readRecord, summarise } from "../ops/live/record";
import { documentFormat } from "../ops/plans";
import type { Context } from "./context";
import { printJson } from "./json";
import { recordsVerdict, renderRecordsMarkdown, renderRecordsPage } from "./report/records";
import { writeText } from "./text-file";

/**
 * Reports the outcome of the runs whose records are in or below a folder, such as those of several jobs that each did a
 * part. Asks neither Pulumi nor AWS.
 * @returns 0 if everything planned was done, otherwise the status of a failed update
 * @throws LayersError `usage` if the folder cannot be read, and what reading a record throws: a partial report would
 * look like success
 */
export async function reportRecords(context: Context, folder: string): Promise<number> {
  const { options, stdout, reporter, env } = context;
  const { html, markdown, json } = options;
  const runs = await readRuns(context, folder);
  const { clock, advise } = await context.openPorts();
  const now = clock.now();
  if (json) printJson(stdout, { format: documentFormat, runs });
  const text = renderRecordsMarkdown(runs);
  if (markdown === true) stdout.write(text);
  if (html !== undefined) await writeText(context, "report", html, renderRecordsPage(runs, now));
  if (typeof markdown === "string") await writeText(context, "report", markdown, text);
  if (env.GITHUB_STEP_SUMMARY) await writeFile(env.GITHUB_STEP_SUMMARY, text, { flag: "a" });
  const verdict = recordsVerdict(runs);
  if (runs.length === 0) {
    const error = new LayersError("not-known", `There are no run records in ${folder}.`, {
      next: "A job that has had nothing to change leaves none. If jobs have changed something, collect their backup folders there.",
    });
    if (!options.expectNoChanges) {
      for (const line of error.lines) reporter.warn(line);
      return 0;
    }
    reporter.error(error.lines);
    return error.exitStatus;
  }
  if (markdown !== true) reporter.info(verdict.text);
  const left = runs.filter((run) => !isDone(run));
  if (left.length === 0) return 0;
  const error = new LayersError("aws-update-failed", `Not everything was done: ${verdict.text}.`, {
    // A run that is being rolled back can only be finished by the rollback.
    next: left.map(({ stack, file, rolledBack }) => {
      const path = join(folder, file).replaceAll("\\", "/");
      return rolledBack === undefined
        ? `To finish: ${advise(["sync", "--stack", stack, "--resume", path])}`
        : `To finish the rollback: ${advise(["rollback", "--stack", stack, "--sync-aws", path])}`;
    }),
  });
  reporter.error(error.lines);
  return error.exitStatus;
}

async function readRuns(context: Context, folder: string): Promise<RecordedRun[]> {
  const root = resolve(context.options.cwd ?? ".", folder);
  const runs: RecordedRun[] = [];
  for (const path of await foldersOf(root, folder)) {
    const { backups } = await context.derive({ options: { ...context.options, backupDir: path } }).openPorts();
    const files = (await backups.list()).filter(({ kind }) => kind === "sync");
    for (const file of files) {
      const { history } = await readRecord(backups, file);
      runs.push(summarise(relative(root, file.path).replaceAll("\\", "/"), history));
    }
  }
  return runs.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** A folder and all folders in it. */
async function foldersOf(root: string, shown: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const inner = entries.filter((entry) => entry.isDirectory());
    return [root, ...inner.map(({ parentPath, name }) => join(parentPath, name))];
  } catch (cause) {
    throw new LayersError("usage", `Cannot read the folder of run records ${shown}: ${reasonOf(cause)}`, { cause });
  }
}
