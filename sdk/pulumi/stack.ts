import type { ChildProcess, SpawnOptions } from "node:child_process";
import type { FileHandle } from "node:fs/promises";
import { resolve } from "node:path";
import { shortStackName } from "../core/config/declared";
import { LayersError } from "../core/errors";
import type { RecordedUpdate } from "../core/updates";
import type { Backend, ProjectName, StackPort } from "../ports";
import { checkpointFile } from "./backend";
import { runPulumi } from "./command";
import { findProjectFile, readProject } from "./project";
import { fileOption, isImportRunning } from "./running-imports";
import { isSameAs, readAll, withNamelessFile } from "./spool";
import { type AdvisePulumi, explainFailure, explainListing, isStackMissing } from "./stack-errors";

// More updates than can end during an import.
const updatesRead = 10;

/** A Pulumi command that was run. */
export interface PulumiCommand {
  /** Without `pulumi` itself. */
  readonly args: readonly string[];
  readonly milliseconds: number;
  /** Null if a signal ended it. */
  readonly exitCode: number | null;
}

/** Where and how Pulumi runs. */
export interface PulumiOptions {
  /** The folder of the Pulumi project, or one inside it. Default: the working directory. */
  readonly cwd?: string;
  /** The URLs of backends by project folder, shared within a run so that each is asked for once. Default: asked each time. */
  readonly backends?: Map<string, Promise<string>>;
  /** Called after each command. */
  readonly onCommand?: (command: PulumiCommand) => void;
  /** Spells a command for a message. Default: for use in that folder. */
  readonly advise?: AdvisePulumi;
}

/** One command of the CLI on one stack. */
interface StackCommand extends SpawnOptions {
  /** The operation, for messages. */
  readonly what: string;
  readonly stack: string;
  readonly args: readonly string[];
}

/**
 * Stacks by the Pulumi CLI. Methods throw LayersError `pulumi-missing`, `project-missing`, `pulumi-login`,
 * `stack-missing`, `pulumi-failed`, and what they name themselves.
 */
export class PulumiStacks implements StackPort {
  readonly #cwd: string;
  readonly #onCommand: PulumiOptions["onCommand"];
  readonly #advise: PulumiOptions["advise"];
  readonly #backends: PulumiOptions["backends"];

  constructor({ cwd = process.cwd(), onCommand, advise, backends }: PulumiOptions = {}) {
    this.#cwd = resolve(cwd);
    this.#backends = backends;
    this.#onCommand = onCommand;
    this.#advise = advise;
  }

  hasProject(): boolean {
    return findProjectFile(this.#cwd) !== undefined;
  }

  async project(): Promise<ProjectName | undefined> {
    try {
      return await readProject(this.#cwd);
    } catch {
      return undefined; // Pulumi itself says what is wrong with it
    }
  }

  async configured(): Promise<readonly string[]> {
    try {
      return await (await readProject(this.#cwd)).configured();
    } catch {
      return []; // Pulumi itself says what is wrong with it
    }
  }

  /** The names of the project's stacks: one command, whatever the backend. */
  async list(tag?: string, signal?: AbortSignal): Promise<string[]> {
    const args = ["stack", "ls", "--json", ...(tag === undefined ? [] : [`--tag=${tag}`])];
    const { exitCode, stdout, stderr } = await this.#collect(args, signal);
    if (exitCode !== 0) throw explainListing({ cwd: this.#cwd, exitCode, stderr }, this.#advise);
    return parsed<{ name: string }[]>(stdout).map(({ name }) => name);
  }

  /**
   * The state, byte for byte as Pulumi prints it; secrets are ciphertext. Kept as bytes: a string holds 512 MB at most.
   * @throws LayersError `interrupted`
   */
  exportState(stack: string, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#read({ what: "export", stack, args: ["stack", "export"], signal });
  }

  /** Whether the exported state is identical to a file. */
  isState(stack: string, file: string, signal?: AbortSignal): Promise<boolean> {
    const command = { what: "export", stack, args: ["stack", "export"], signal };
    return this.#printed(command, (printed) => isSameAs(printed, file));
  }

  /** The state after an earlier update; only Pulumi Cloud keeps these by number. */
  exportVersion(stack: string, version: number): Promise<Uint8Array> {
    return this.#read({ what: "export", stack, args: ["stack", "export", `--version=${version}`] });
  }

  /** The newest updates that the backend records, newest first. */
  async history(stack: string): Promise<RecordedUpdate[]> {
    const args = ["stack", "history", "--json", `--page-size=${updatesRead}`, "--page=1"];
    return parsed(await this.#read({ what: "read the history of", stack, args }));
  }

  /** Where stacks are stored. */
  async backend(stack: string, project: string): Promise<Backend> {
    const asked = this.#backends?.get(this.#cwd) ?? this.#readBackend();
    this.#backends?.set(this.#cwd, asked);
    try {
      const url = await asked;
      return { url, file: checkpointFile(url, stack, project) };
    } catch (error) {
      // The next stack asks again.
      this.#backends?.delete(this.#cwd);
      throw error;
    }
  }

  async #readBackend(): Promise<string> {
    const { exitCode, stdout } = await this.#collect(["whoami", "--json"]);
    if (exitCode !== 0) throw new LayersError("pulumi-failed", "Pulumi did not report its backend.");
    return parsed<{ url: string }>(stdout).url;
  }

  /**
   * Reads the whole state with secrets, as an import does: `pulumi stack` is the fastest command that does so. Its
   * output is ignored.
   * @throws LayersError `passphrase`, `interrupted`
   */
  async checkSecrets(stack: string, signal?: AbortSignal): Promise<void> {
    await this.#runPiped({ what: "read", stack, args: ["stack"], signal }, "ignore");
  }

  /**
   * Imports a state. It runs in a process group of its own, so that neither Ctrl-C nor a kill of ours reaches it, and
   * has no pipe to us that could break: once started it is not interrupted.
   * @param file absolute
   * @throws LayersError `stack-locked`, `passphrase`
   */
  async importState(stack: string, file: string): Promise<void> {
    await withNamelessFile(async (log) => {
      const args = ["stack", "import", fileOption(file)];
      const stdio: SpawnOptions["stdio"] = ["ignore", "ignore", log.fd];
      await this.#run({ what: "import into", stack, args, stdio, detached: true }, () => readStart(log));
    });
  }

  /** Whether an import of this file, started by a process that may be gone, is still running. */
  isImporting(file: string): Promise<boolean> {
    return isImportRunning(file);
  }

  #read(command: StackCommand): Promise<Buffer> {
    return this.#printed(command, readAll);
  }

  /** Processes a command's whole output, from a file. */
  #printed<T>(command: StackCommand, read: (file: FileHandle) => Promise<T>): Promise<T> {
    return withNamelessFile(async (file) => {
      await this.#runPiped(command, file.fd);
      return read(file);
    });
  }

  /** @param stdout a file, or another use of the command's output */
  async #runPiped(command: StackCommand, stdout: number | "ignore"): Promise<void> {
    let stderr = "";
    const collect = (child: ChildProcess) => {
      child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
      });
    };
    await this.#run({ ...command, stdio: ["ignore", stdout, "pipe"] }, async () => stderr, collect);
  }

  async #run(
    { what, stack, args, ...options }: StackCommand,
    readErrors: () => Promise<string>,
    watch?: (child: ChildProcess) => void,
  ): Promise<void> {
    // As one word, so that a name such as --help cannot act as an option.
    const exitCode = await this.#runAny([...args, `--stack=${stack}`], options, watch);
    if (exitCode === 0) return;
    const failure = { what, stack, cwd: this.#cwd, exitCode, stderr: await readErrors() };
    throw explainFailure(failure, isStackMissing(failure) ? await this.#stackNames() : [], this.#advise);
  }

  /** The short names of the project's stacks; empty if Pulumi fails. */
  async #stackNames(): Promise<string[]> {
    try {
      return (await this.list()).map(shortStackName);
    } catch {
      return []; // the original error matters
    }
  }

  async #collect(args: readonly string[], signal?: AbortSignal) {
    const chunks: Buffer[] = [];
    let stderr = "";
    const exitCode = await this.#runAny(args, { stdio: ["ignore", "pipe", "pipe"], signal }, (child) => {
      child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
      child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
      });
    });
    return { exitCode, stdout: Buffer.concat(chunks), stderr };
  }

  async #runAny(
    args: readonly string[],
    options: SpawnOptions,
    watch?: (child: ChildProcess) => void,
  ): Promise<number | null> {
    const started = performance.now();
    const { exitCode } = await runPulumi(args, { ...options, cwd: this.#cwd }, watch);
    this.#onCommand?.({ args, milliseconds: performance.now() - started, exitCode });
    return exitCode;
  }
}

/** @throws LayersError `pulumi-failed` if Pulumi's output is not JSON */
function parsed<T>(printed: Buffer): T {
  try {
    return JSON.parse(printed.toString());
  } catch (cause) {
    throw new LayersError("pulumi-failed", "Pulumi did not print JSON.", { cause });
  }
}

async function readStart(file: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(1 << 16), position: 0 });
  return buffer.toString("utf8", 0, bytesRead);
}
