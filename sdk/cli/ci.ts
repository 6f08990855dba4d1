import { appendFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunResult } from "../ops/plans";
import { renderRunMarkdown, renderStatusMarkdown } from "./report/markdown";
import { type FailedStack, type ReadStack, totalsOf } from "./report/matrix";
import type { CliReporter } from "./reporter";
import type { Output } from "./terminal";

/** What a CI job shows of one stack, and what later steps of it can ask for. */
export interface JobSummary {
  /** Made only where a CI system shows it. */
  readonly markdown: () => string;
  /** Layer versions that were changed, or that an update would change. */
  readonly changes: number;
  /** Layers that are not as declared when the command ends. */
  readonly drift: number;
}

/** The job that the command runs in. */
export interface Job {
  readonly env: NodeJS.ProcessEnv;
  readonly reporter: CliReporter;
  /** Undefined where stdout is for a document alone. */
  readonly stdout: Output | undefined;
}

/** What all stacks came to. */
interface WrittenSummary extends Omit<JobSummary, "markdown"> {
  readonly markdown: string;
}

/** A CI system that has a place for summaries of jobs. */
interface CiSystem {
  readonly name: string;
  isRunning(env: NodeJS.ProcessEnv): boolean;
  write(summary: WrittenSummary, job: Job): Promise<void>;
}

// The most that GitHub shows of one step:
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
const mostBytes = 1 << 20;

const systems: readonly CiSystem[] = [
  {
    // Forgejo and Gitea name their files by the same variables.
    name: "GitHub Actions",
    isRunning: (env) => Boolean(env.GITHUB_STEP_SUMMARY || env.GITHUB_OUTPUT),
    async write({ markdown, changes, drift }, { env, reporter }) {
      if (env.GITHUB_STEP_SUMMARY) {
        const size = await stat(env.GITHUB_STEP_SUMMARY).then(
          (file) => file.size,
          () => 0,
        );
        if (size + Buffer.byteLength(markdown) <= mostBytes) await appendFile(env.GITHUB_STEP_SUMMARY, markdown);
        else reporter.warn("The job summary is too long for GitHub and was not written.");
      }
      if (env.GITHUB_OUTPUT) await appendFile(env.GITHUB_OUTPUT, `changes=${changes}\ndrift=${drift}\n`);
    },
  },
  {
    // https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands
    name: "Azure Pipelines",
    isRunning: (env) => Boolean(env.TF_BUILD),
    async write({ markdown, changes, drift }, { env, stdout }) {
      if (!stdout) return;
      const file = join(env.AGENT_TEMPDIRECTORY || tmpdir(), `lambda-layers-${process.pid}.md`);
      await writeFile(file, markdown);
      stdout.line(`##vso[task.uploadsummary]${file}`);
      stdout.line(`##vso[task.setvariable variable=changes;isOutput=true]${changes}`);
      stdout.line(`##vso[task.setvariable variable=drift;isOutput=true]${drift}`);
    },
  },
];

/** Writes what came of all stacks to where the CI system that this runs in expects it. Not being able to is a warning. */
export async function writeJobSummary(summaries: readonly JobSummary[], job: Job): Promise<void> {
  const system = systems.find(({ isRunning }) => isRunning(job.env));
  if (!system) return;
  const sum = (key: "changes" | "drift") => summaries.reduce((total, one) => total + one[key], 0);
  try {
    const markdown = `${summaries.map((one) => one.markdown()).join("\n")}\n`;
    await system.write({ markdown, changes: sum("changes"), drift: sum("drift") }, job);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    job.reporter.warn(`The job summary of ${system.name} could not be written: ${reason}`);
  }
}

/** The summary of where a stack's layers stand. */
export function statusSummary(stack: ReadStack): JobSummary {
  const { driftedLayers } = totalsOf(stack.status.rows);
  return { markdown: () => renderStatusMarkdown([stack]), changes: driftedLayers, drift: driftedLayers };
}

/** The summary of a stack that could not be looked at. */
export function failureSummary(failed: FailedStack): JobSummary {
  return { markdown: () => renderStatusMarkdown([failed]), changes: 0, drift: 0 };
}

/** The summary of an update. */
export function runSummary(result: RunResult): JobSummary {
  const { dryRun, changes, aws } = result;
  const isDone = new Set(
    aws?.outcomes.filter(({ status }) => status === "updated" || status === "unchanged").map((one) => one.function),
  );
  const all = changes.length + (aws?.changes.length ?? 0);
  const left = aws?.changes.filter((change) => !isDone.has(change.function)).length ?? 0;
  return { markdown: () => renderRunMarkdown(result), changes: all, drift: dryRun ? all : left };
}
