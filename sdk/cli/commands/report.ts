import { stat } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { LayersError } from "../../core/errors";
import type { Assessment } from "../../ops/assess";
import { lastAsDeclared } from "../../ops/last-declared";
import { newestVersions } from "../../ops/look-up";
import type { Ports } from "../../ports";
import type { Context } from "../context";
import { assessRequest, look, lookOutcome, repairCommands } from "../looked";
import { reportRecords } from "../records";
import { renderStatusMarkdown } from "../report/markdown";
import { isRead, type ReportedStack } from "../report/matrix";
import { renderPage } from "../report/page";
import { renderSarif } from "../report/sarif";
import { configFile, refuse } from "../requests";
import { forEachStack, type StackRun } from "../stacks";
import { cannotWrite, writeText } from "../text-file";

export async function run(context: Context): Promise<number> {
  const { options } = context;
  const printsMarkdown =
    options.markdown === true || !(options.html || options.markdown || options.sarif || options.json);
  if (options.json && printsMarkdown) {
    throw new LayersError("usage", "--json and --markdown cannot both write to stdout.", {
      next: "Write the Markdown to a file: --markdown FILE",
    });
  }
  refuse([[options.newest && options.html === undefined, "--newest is shown on the page: it needs --html."]]);
  if (options.records !== undefined) {
    refuse([
      [options.newest, "--newest applies to declared layers and cannot be combined with --records."],
      [
        options.sarif,
        "--sarif cannot be combined with --records: SARIF reports layers that are not as declared, and run records do not say that.",
      ],
    ]);
    return reportRecords(context, options.records);
  }
  const ports = await context.openPorts();
  await checkFiles(context, ports);
  const configs = new Map<ReportedStack, string>();
  const work = async (run: StackRun) => {
    const { folder, context: own } = run;
    const assessment = await look(run);
    const row = { ...assessment, folder, ...(options.html !== undefined && (await pageFacts(run, assessment))) };
    configs.set(row, resolve(own.options.cwd ?? ".", configFile(own.options)));
    return { ...lookOutcome(run, assessment), row };
  };
  return forEachStack<ReportedStack>(context, work, {
    stdout: printsMarkdown ? "document" : "end",
    async onEnd(stacks) {
      // An empty report must not replace an earlier one.
      if (!stacks.some(isRead) || stacks.some((one) => !isRead(one) && one.error.code === "interrupted")) return;
      if (printsMarkdown) context.stdout.write(renderStatusMarkdown(stacks));
      await writeFiles(context, stacks, configs, ports.clock.now());
    },
  });
}

/** What only a page shows of a stack. */
async function pageFacts(run: StackRun, assessment: Assessment) {
  const { context, ports, stack } = run;
  const { config } = assessRequest(ports, context.options, stack);
  return {
    repairs: repairCommands(run, assessment),
    lastFine: await lastAsDeclared(ports, assessment, config),
    ...(context.options.newest && { newest: await newestVersions(ports, assessment) }),
  };
}

/**
 * Checks that no report would overwrite one of its sources or another report, and that its folder exists.
 * @throws LayersError `usage`
 */
async function checkFiles({ options }: Context, { stateFiles }: Ports): Promise<void> {
  const { cwd = ".", stateFile, html, markdown, sarif } = options;
  const taken = [
    { name: configFile(options), what: "the config" },
    ...(stateFile === undefined ? [] : [{ name: stateFile, what: "the state file" }]),
  ];
  for (const [flag, name] of Object.entries({ html, markdown, sarif })) {
    if (typeof name !== "string") continue;
    for (const other of taken) {
      if (!(await stateFiles.isSame(name, other.name))) continue;
      throw new LayersError("usage", `--${flag} would replace ${other.what}: ${name}. Nothing was changed.`, {
        next: "Choose another file for the report.",
      });
    }
    const folder = await stat(dirname(resolve(cwd, name))).catch((cause) => cannotWrite("report", name, cause));
    if (!folder.isDirectory()) cannotWrite("report", name, new Error("its folder is a file"));
    taken.push({ name, what: `the --${flag} report` });
  }
}

async function writeFiles(
  context: Context,
  stacks: readonly ReportedStack[],
  configs: ReadonlyMap<ReportedStack, string>,
  time: Date,
): Promise<void> {
  const { options, version, env } = context;
  const { cwd = ".", html, markdown, sarif } = options;
  if (html !== undefined)
    await writeText(context, "report", html, renderPage(stacks, { configFile: configFile(options), time }));
  if (typeof markdown === "string") await writeText(context, "report", markdown, renderStatusMarkdown(stacks));
  if (sarif !== undefined) {
    const root = env.GITHUB_WORKSPACE || process.cwd();
    const configUri = (stack: ReportedStack) => uriOf(configs.get(stack) ?? resolve(cwd, configFile(options)), root);
    await writeText(context, "report", sarif, renderSarif(stacks, { version, configUri }));
  }
}

/** A file's URI: relative if the file is below the root, as code scanning expects it. */
function uriOf(file: string, root: string): string {
  const path = relative(root, file);
  if (path.startsWith("..") || isAbsolute(path)) return pathToFileURL(file).href;
  return path.split(sep).map(encodeURIComponent).join("/");
}
