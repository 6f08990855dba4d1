import { mkdir, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { LayersError } from "../../core/errors";
import { readStatus } from "../../ops/status";
import { statusSummary } from "../ci";
import type { Context } from "../context";
import { renderStatusMarkdown } from "../report/markdown";
import { isFailed, isRead, type ReportedStack, reportedStack, totalsOf } from "../report/matrix";
import { renderPage } from "../report/page";
import { renderSarif } from "../report/sarif";
import { configFile } from "../settings";
import { forEachStack } from "../stacks";
import { count } from "../text";

export async function run(context: Context): Promise<number> {
  const { options } = context;
  const printsMarkdown =
    options.markdown === true || !(options.html || options.markdown || options.sarif || options.json);
  if (options.json && printsMarkdown) {
    throw new LayersError("usage", "--json and --markdown cannot both print to stdout.", {
      next: "Give the Markdown a file: --markdown FILE",
    });
  }
  const ports = await context.openPorts();
  const stacks: ReportedStack[] = [];
  const work = async (stack: string) => {
    const config = ports.configs.load(configFile(options));
    const status = await readStatus(ports, {
      stack,
      config,
      stateFile: options.stateFile,
      filter: { functions: options.function ?? [], exclude: options.exclude ?? [] },
    });
    if (!status.live.read)
      context.reporter.warn(`Live versions of stack ${stack} are not known: ${status.live.reason}`);
    const reported = reportedStack(status, config);
    stacks.push(reported);
    const totals = totalsOf(status.rows);
    const rows = status.rows.map((row) => ({ ...row, source: reported.sources.get(row.arn) }));
    return {
      document: { ...status, totals, rows },
      error: options.expectNoChanges ? driftFound(stack, totals.driftedLayers) : undefined,
      summary: statusSummary(reported),
    };
  };
  const exitStatus = await forEachStack(context, work, {
    stdout: printsMarkdown ? "document" : "end",
    onFailure: (failed) => stacks.push(failed),
  });
  // A report of nothing would replace one of something.
  if (!stacks.some(isRead) || stacks.some((one) => isFailed(one) && one.error.code === "interrupted"))
    return exitStatus;
  if (printsMarkdown) context.stdout.write(renderStatusMarkdown(stacks));
  await writeFiles(context, stacks, ports.clock.now());
  return exitStatus;
}

function driftFound(stack: string, drifted: number): LayersError | undefined {
  if (drifted === 0) return undefined;
  return new LayersError("changes-found", `Stack ${stack} has drifted: ${count(drifted, "layer")} not as declared.`);
}

async function writeFiles(context: Context, stacks: readonly ReportedStack[], time: Date): Promise<void> {
  const { options, version, env } = context;
  const { cwd = ".", html, markdown, sarif } = options;
  if (html !== undefined) await write(context, html, renderPage(stacks, { configFile: configFile(options), time }));
  if (typeof markdown === "string") await write(context, markdown, renderStatusMarkdown(stacks));
  if (sarif !== undefined) {
    const configUri = uriOf(resolve(cwd, configFile(options)), env.GITHUB_WORKSPACE || process.cwd());
    await write(context, sarif, renderSarif(stacks, { version, configUri }));
  }
}

/** A file's URI: relative where the file is below the root, as code scanning wants it. */
function uriOf(file: string, root: string): string {
  const path = relative(root, file);
  if (path.startsWith("..") || isAbsolute(path)) return pathToFileURL(file).href;
  return path.split(sep).map(encodeURIComponent).join("/");
}

async function write({ options, reporter }: Context, name: string, text: string): Promise<void> {
  const file = resolve(options.cwd ?? ".", name);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LayersError("usage", `The report could not be written to ${name}: ${reason}`, { cause: error });
  }
  if (options.markdown !== true) reporter.info(`Report written to: ${name}`);
}
