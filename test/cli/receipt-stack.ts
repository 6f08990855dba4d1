import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import type { Project } from "../support/engine";
import type { Outcome, Running } from "../support/processes";
import { layer } from "../support/states";
import { type CliOptions, cliOnTerminal, startCli, type TerminalOptions } from "./harness";

/** The stack's config, which has versions 1 and 2 of `receipt-dynamo-dev`, and version 3 of `receipt-label`. */
export const receiptConfig = (version: number) => `layers:
  receipt-dynamo: {version: ${version}}
  receipt-label: {version: 2, enforce: minimum}
`;

const program = `${preamble}
fn("api", { layers: ["${layer("receipt-dynamo-dev", 1)}", "${layer("receipt-label", 3)}"] });
fn("worker", { layers: ["${layer("receipt-dynamo-dev", 2)}"] });
`;

/** A stack with two functions, on the real engine. */
export class ReceiptStack {
  emulator!: Emulator;
  project!: Project;
  #resetBackend = async () => {};

  async deploy(): Promise<void> {
    this.emulator = await startEmulator();
    this.emulator.seed({
      layers: [
        { name: "receipt-dynamo-dev", versions: 6 },
        { name: "receipt-label", versions: 3 },
      ],
    });
    const files = { "layer_config.yaml": receiptConfig(5) };
    this.project = await createAwsStack({ env: this.emulator.env, program, files });
    await this.project.up();
    this.#resetBackend = await this.project.keepBackend();
  }

  run(args: readonly string[], options: Partial<CliOptions> = {}): Promise<Outcome> {
    return this.start(args, options).ended;
  }

  start(args: readonly string[], options: Partial<CliOptions> = {}): Running {
    const { dir: cwd, env } = this.project;
    return startCli(args, { cwd, env, ...options });
  }

  onTerminal(args: readonly string[], options: Partial<TerminalOptions> = {}): ReturnType<typeof cliOnTerminal> {
    const { dir: cwd, env } = this.project;
    return cliOnTerminal(args, { cwd, env, columns: 100, ...options });
  }

  /** The state as Pulumi exports it. */
  state(): Promise<string> {
    return this.project.stateText();
  }

  /** The names of the files in the backup folder. */
  async backups(): Promise<string[]> {
    return (await readdir(join(this.project.dir, "backups")).catch(() => [] as string[])).sort();
  }

  /** Restores state, functions and config to what the program made. */
  async reset(): Promise<void> {
    const { emulator, project } = this;
    emulator.configure({ updateDelayMs: 20 });
    emulator.clearFaults();
    emulator.edit("api", { Layers: ["receipt-dynamo-dev:1", "receipt-label:3"] });
    emulator.edit("worker", { Layers: ["receipt-dynamo-dev:2"] });
    await project.write({ "layer_config.yaml": receiptConfig(5) });
    await this.#resetBackend();
  }

  async dispose(): Promise<void> {
    await this.project?.dispose();
    await this.emulator?.close();
  }
}

/** A {@link ReceiptStack} for the tests of a suite, each of which finds it as the program made it. */
export function useReceiptStack(): ReceiptStack {
  const stack = new ReceiptStack();
  before(() => stack.deploy());
  after(() => stack.dispose());
  afterEach(() => stack.reset());
  return stack;
}
