import { appendFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sumOf, type Totals } from "../core/assess";
import { reasonOf } from "../core/system-error";
import { changedLayers, type Ran } from "../ops/after";
import type { Assessment } from "../ops/assess";
import { renderRunMarkdown, renderStatusMarkdown } from "./report/markdown";
import type { FailedStack } from "./report/matrix";
import { liveGaps, runGaps, skippedOf, undeclaredOf } from "./report/verdict";
import type { CliReporter } from "./reporter";
import type { Output } from "./terminal";

/** What a CI job shows of one stack, and what its later steps can read. */
export interface JobSummary {
  /** Only created if a CI system shows it. */
  readonly markdown: () => string;
  /** Layers of functions that were changed, or that an update would change. */
  readonly changes: number;
  /** The stack's totals when the command ends; undefined if not looked at. */
  readonly totals: Totals | undefined;
  /** What the totals leave out, as in `AWS was not asked`. */
  readonly gaps: readonly string[];
  /** Functions that were skipped, or of which AWS was not asked. */
  readonly skipped: number;
  /** Layers of functions that no entry declares; 0 if that is among the gaps, or not counted. */
  readonly undeclared?: number;
  /** Whether the command's own lines end with the totals. */
  readonly isReported: boolean;
  /** Set for a run that changed nothing, as asked: of several, only the totals of all are reported. */
  readonly isDryRun?: true;
  /** Set for a stack or project that could not be read, or was not begun. */
  readonly isFailed?: true;
}

/** The job that the command runs in. */
export interface Job {
  readonly env: NodeJS.ProcessEnv;
  readonly reporter: CliReporter;
  /** Undefined if stdout is reserved for a document. */
  readonly stdout: Output | undefined;
}

/** The outcome of all stacks. */
interface WrittenSummary {
  readonly markdown: string;
  /** Numbers by name, without those that were not looked at. */
  readonly outputs: Readonly<Record<string, number>>;
}

/** A CI system with job summaries. */
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
    async write({ markdown, outputs }, { env, reporter }) {
      if (env.GITHUB_STEP_SUMMARY) {
        const size = await stat(env.GITHUB_STEP_SUMMARY).then(
          (file) => file.size,
          () => 0,
        );
        const part = cutTo(markdown, mostBytes - size);
        if (part !== markdown) reporter.warn("The job summary is too long for GitHub and was cut short.");
        await appendFile(env.GITHUB_STEP_SUMMARY, part);
      }
      const lines = Object.entries(outputs).map(([name, value]) => `${name}=${value}\n`);
      if (env.GITHUB_OUTPUT) await appendFile(env.GITHUB_OUTPUT, lines.join(""));
    },
  },
  {
    // https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands
    name: "Azure Pipelines",
    isRunning: (env) => Boolean(env.TF_BUILD),
    async write({ markdown, outputs }, { env, stdout }) {
      if (!stdout) return;
      const file = join(env.AGENT_TEMPDIRECTORY || tmpdir(), `lambda-layers-${crypto.randomUUID()}.md`);
      // In a folder that others can write to, they may have placed a link under that name.
      await writeFile(file, markdown, { flag: "wx", mode: 0o600 });
      stdout.line(`##vso[task.uploadsummary]${azureText(file)}`);
      for (const [name, value] of Object.entries(outputs))
        stdout.line(`##vso[task.setvariable variable=${name};isOutput=true]${value}`);
    },
  },
];

const cutNote = "\n\nThis was too long for GitHub and is cut short here. The log has the rest.\n";

/** A text with as many of its lines as there is room for, and a note if these are not all; empty if there is no room. */
export function cutTo(text: string, bytes: number): string {
  const whole = Buffer.from(text);
  if (whole.length <= bytes) return text;
  const room = bytes - Buffer.byteLength(cutNote);
  const end = room <= 0 ? -1 : whole.lastIndexOf("\n", room - 1);
  return end < 0 ? "" : `${whole.subarray(0, end).toString()}${cutNote}`;
}

/**
 * Escaped as Azure Pipelines expects it in a command: https://github.com/microsoft/azure-pipelines-agent,
 * CommandStringConvertor.
 */
function azureText(text: string): string {
  return text.replaceAll("%", "%AZP25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** Whether a CI system shows summaries here. */
export function isInCi(env: NodeJS.ProcessEnv): boolean {
  return systems.some(({ isRunning }) => isRunning(env));
}

/** Writes the outcome of all stacks to where the current CI system expects it. A failure to write is only a warning. */
export async function writeJobSummary(summaries: readonly JobSummary[], job: Job): Promise<void> {
  const system = systems.find(({ isRunning }) => isRunning(job.env));
  if (!system) return;
  const known = summaries.flatMap(({ totals }) => totals ?? []);
  const { drift, unknown } = sumOf(known);
  const changes = summaries.reduce((total, one) => total + one.changes, 0);
  const unread = summaries.filter(({ isFailed }) => isFailed).length;
  const outputs = { changes, ...(known.length > 0 && { drift, unknown }), ...(unread > 0 && { unread }) };
  try {
    const markdown = `${summaries.map((one) => one.markdown()).join("\n")}\n`;
    await system.write({ markdown, outputs }, job);
  } catch (error) {
    job.reporter.warn(`The job summary of ${system.name} could not be written: ${reasonOf(error)}`);
  }
}

/**
 * The summary of where a stack's layers stand.
 * @param folder that of its project, in a run over several
 */
export function statusSummary(assessment: Assessment, folder?: string): JobSummary {
  const { totals, live } = assessment;
  const markdown = () => renderStatusMarkdown([{ ...assessment, folder }]);
  const undeclared = undeclaredOf(assessment);
  const isUndeclared = totals.layersOfFunctions > 0 && undeclared === totals.layersOfFunctions;
  const gaps = [...liveGaps(live), ...(isUndeclared ? ["the config declares none of these layers"] : [])];
  return {
    markdown,
    changes: totals.drift,
    totals,
    gaps,
    skipped: skippedOf(assessment),
    undeclared: isUndeclared ? 0 : undeclared,
    isReported: true,
  };
}

/** The summary of a stack that could not be looked at. */
export function failureSummary(failed: FailedStack): JobSummary {
  const markdown = () => renderStatusMarkdown([failed]);
  return { markdown, changes: 0, totals: undefined, gaps: [], skipped: 0, isReported: true, isFailed: true };
}

/**
 * The summary of a run that changes something, or in a dry run would.
 * @param label how the stack is named, if not as the result does
 */
export function runSummary(result: Ran, label = result.stack): JobSummary {
  const { dryRun, totals, aws } = result;
  const changes = changedLayers(result);
  return {
    markdown: () => renderRunMarkdown({ ...result, stack: label }),
    changes,
    totals: totals ?? undefined,
    gaps: runGaps(result),
    skipped: aws ? skippedOf(aws) : 0,
    // A dry run ends with its list of changes, as in the Python tool. Without any, it would seem that all is well.
    isReported: dryRun && changes > 0,
    ...(dryRun && { isDryRun: true as const }),
  };
}
