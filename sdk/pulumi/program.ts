import type { ChildProcess } from "node:child_process";
import { copyFile, mkdir, open } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { LayersError } from "../core/errors";
import type { PreviewStep, ProgramPort } from "../ports";
import { runPulumi } from "./command";
import { readProject } from "./project";
import type { PulumiOptions } from "./stack";
import { endOf, explainFailure, withoutPrefix } from "./stack-errors";
import { withThrowAwayFolder } from "./throw-away";

const linesShown = 10;

/** What `pulumi preview --json` prints, as far as it is read. */
interface Printed {
  readonly steps?: readonly PreviewStep[];
  readonly diagnostics?: readonly { readonly urn?: string; readonly message: string; readonly severity: string }[];
}

/** The copy of a stack that a program is previewed on. */
interface Copy {
  readonly stack: string;
  /** A project of the same name without a program. */
  readonly folder: string;
  /** The copied configuration. */
  readonly config: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
}

/** The program of a project, by the Pulumi CLI. */
export class PulumiProgram implements ProgramPort {
  readonly #cwd: string;
  readonly #onCommand: PulumiOptions["onCommand"];

  constructor({ cwd = process.cwd(), onCommand }: PulumiOptions = {}) {
    this.#cwd = resolve(cwd);
    this.#onCommand = onCommand;
  }

  /**
   * Previews the program on a state, in its own backend in a temporary folder. `pulumi stack init` writes into its
   * working directory, so that is temporary too.
   * @throws LayersError `pulumi-missing`, `passphrase`, `pulumi-failed`, `interrupted`
   */
  async previewOn(
    { stack, project }: { readonly stack: string; readonly project: string },
    state: Iterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<readonly PreviewStep[]> {
    const { path, name, configOf } = await readProject(this.#cwd);
    if (name !== project)
      throw new LayersError("pulumi-failed", `${path} is for project ${name}, but the state is of project ${project}`);
    return withThrowAwayFolder(async (root) => {
      const [folder, backend, file] = ["project", "backend", "state.json"].map((one) => join(root, one)) as [
        string,
        string,
        string,
      ];
      await Promise.all([mkdir(folder), mkdir(backend)]);
      const config = join(folder, basename(configOf(stack)));
      await writeAll(join(folder, `Pulumi${extname(path)}`), [
        Buffer.from(JSON.stringify({ name, runtime: "nodejs" })),
      ]);
      await writeAll(file, state);
      // A stack without configuration needs no file.
      await copyFile(configOf(stack), config).catch(() => writeAll(config, [Buffer.from("{}\n")]));
      const copy = { stack, folder, config, env: this.#environment(backend), signal };
      await this.#succeed(copy, "create a copy of", ["stack", "init", "--no-select"]);
      await this.#succeed(copy, "import the new state into a copy of", ["stack", "import", `--file=${file}`]);
      return this.#preview(copy);
    });
  }

  /**
   * The same environment as for the stack itself, except for the backend, which takes precedence over the project
   * file's.
   */
  #environment(backend: string): NodeJS.ProcessEnv {
    const { PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
    return {
      PULUMI_BACKEND_URL: pathToFileURL(backend).href,
      PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "false",
      ...(file && { PULUMI_CONFIG_PASSPHRASE_FILE: resolve(this.#cwd, file) }),
    };
  }

  async #succeed(copy: Copy, what: string, args: readonly string[]): Promise<void> {
    const { stack, folder: cwd } = copy;
    const { exitCode, stderr } = await this.#run(copy, cwd, args);
    if (exitCode !== 0) throw explainFailure({ what, stack, cwd, exitCode, stderr });
  }

  async #preview(copy: Copy): Promise<readonly PreviewStep[]> {
    // Neither the project's options nor the environment may cause a refresh from AWS.
    const args = ["preview", "--json", "--refresh=false", `--config-file=${copy.config}`];
    const { exitCode, stdout, stderr } = await this.#run(copy, this.#cwd, args);
    const printed = parsedIfJson(stdout);
    if (exitCode === 0 && printed?.steps) return printed.steps;
    const said = errorsIn(printed) || withoutPrefix(stderr) || endOf(exitCode);
    const [first = "", ...others] = said.split("\n");
    const shown = others.slice(0, linesShown - 1);
    throw new LayersError("pulumi-failed", [
      `the program could not be previewed on a copy of the stack: ${first}`,
      ...shown,
      ...(shown.length < others.length ? ["..."] : []),
    ]);
  }

  async #run({ stack, env, signal }: Copy, cwd: string, args: readonly string[]) {
    const started = performance.now();
    const printed = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    const collect = (child: ChildProcess) => {
      for (const name of ["stdout", "stderr"] as const)
        child[name]?.on("data", (chunk: Buffer) => printed[name].push(chunk));
      // It would keep writing into the folder that is removed when this process ends.
      const end = () => child.kill("SIGKILL");
      process.prependOnceListener("exit", end);
      child.once("close", () => process.off("exit", end));
    };
    const all = [...args, `--stack=${stack}`];
    const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
    const { exitCode } = await runPulumi(all, { cwd, env, signal, stdio }, collect);
    this.#onCommand?.({ args: all, milliseconds: performance.now() - started, exitCode });
    const text = (name: keyof typeof printed) => Buffer.concat(printed[name]).toString();
    return { exitCode, stdout: text("stdout"), stderr: text("stderr") };
  }
}

async function writeAll(path: string, content: Iterable<Uint8Array>): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    for (const chunk of content) await file.writeFile(chunk);
  } finally {
    await file.close();
  }
}

function parsedIfJson(text: string): Printed | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The error, with its resource. */
function errorsIn({ diagnostics = [] }: Printed = {}): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const texts = errors.map(({ urn, message }) => {
    // Programs print coloured stack traces.
    const text = stripVTControlCharacters(message)
      .replace(/^error: /, "")
      .trim();
    return urn ? `${urn.slice(urn.lastIndexOf("::") + 2)}: ${text}` : text;
  });
  const telling = texts.filter((text) => text !== "preview failed");
  return (telling.length > 0 ? telling : texts).join("\n");
}
