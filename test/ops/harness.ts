import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { cp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LayersError } from "../../sdk/core/errors";
import type { UpdateResult } from "../../sdk/ops/update";
import type { Ports, Reporter } from "../../sdk/ports";
import type { PulumiCommand } from "../../sdk/pulumi/stack";
import { createPorts, LayerVersionUpdater, type LayerVersionUpdaterOptions } from "../../sdk/wiring";
import { withEnv } from "../aws/harness";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, keepDeployed, preamble } from "../support/aws-stack";
import type { Project } from "../support/engine";

const account = "123456789012";

/** A layer version in the emulator's own account and region. */
export function layer(name: string, version: number): string {
  return `arn:aws:lambda:us-east-1:${account}:layer:${name}:${version}`;
}

/** What a run printed, and how it ended. */
export interface Told<Result = UpdateResult> {
  /** Lines as the command line shows them: `INFO - ...`, `  - ...`, `WARN - ...`. */
  readonly lines: string[];
  /** Pulumi's commands, such as `stack export`. */
  readonly commands: string[];
  readonly result?: Result;
  readonly error?: LayersError;
}

/** A reporter that collects the lines. */
export function keepLines(lines: string[]): Reporter {
  return {
    info: (line) => lines.push(`INFO - ${line}`),
    item: (line) => lines.push(`  - ${line}`),
    warn: (line) => lines.push(`WARN - ${line}`),
    verbose() {},
    progress: () => ({ update() {}, end() {} }),
  };
}

/** Runs an updater to its end, with ports that a test may have changed. */
export async function update(
  project: Project,
  options: LayerVersionUpdaterOptions = {},
  change: (ports: Ports) => Ports = (ports) => ports,
): Promise<Told> {
  return tell(project, options, change, (ports, all) => new LayerVersionUpdater(all, ports).run());
}

/** Runs anything over ports, and collects its output. */
export async function tell<Result>(
  project: Project,
  options: LayerVersionUpdaterOptions,
  change: (ports: Ports) => Ports,
  work: (ports: Ports, options: LayerVersionUpdaterOptions) => Promise<Result>,
): Promise<Told<Result>> {
  const lines: string[] = [];
  const commands: string[] = [];
  const onPulumi = ({ args }: PulumiCommand) => {
    commands.push(args.filter((arg) => !arg.startsWith("--")).join(" "));
  };
  const all = { cwd: project.dir, reporter: keepLines(lines), onPulumi, ...options };
  try {
    return { lines, commands, result: await work(change(createPorts(all)), all) };
  } catch (error) {
    if (error instanceof LayersError) return { lines, commands, error };
    throw error;
  }
}

/** A deployed stack on the real engine, and the AWS that it is deployed to. */
export interface Deployed {
  readonly project: Project;
  readonly emulator: Emulator;
  /** The state after the deployment. */
  readonly original: string;
  /** Restores state, functions and folder to what they were after the deployment. */
  reset(): Promise<void>;
  /** Makes work that starts after a reset cheap to repeat: from the second time on, a copy of its result is restored. */
  once(work: () => Promise<unknown>): () => Promise<void>;
}

/** Opens a backend for stacks other than a folder: the environment variables that Pulumi needs for it. */
export type OpenBackend = () => Promise<{ readonly env: Record<string, string>; stop(): Promise<void> }>;

/** The layers that {@link useStack} publishes. */
const layers = ["receipt-dynamo-dev", "receipt-label-dev", "unrelated"].map((name) => ({ name, versions: 9 }));

/** The secret in the state of each stack. */
export const plaintext = "hunter2-in-plain-text";

/**
 * Deploys a stack with functions and secrets with a real `up`, once for the calling suite, and runs the suite in its
 * environment.
 * @param program declares the functions, in JavaScript with the AWS harness's preamble and `layer(name, version)`
 */
export function useStack(
  program: string,
  { backend, ...options }: { stack?: string; files?: Record<string, unknown>; backend?: OpenBackend } = {},
): Deployed {
  let project: Project;
  let emulator: Emulator;
  let original: string;
  let restoreBackend: () => Promise<void>;
  let restore: () => void;
  let opened: Awaited<ReturnType<OpenBackend>> | undefined;
  before(async function () {
    this.timeout(120_000);
    emulator = await startEmulator();
    emulator.seed({ layers });
    opened = await backend?.();
    const env = { ...emulator.env, ...opened?.env };
    project = await createAwsStack({ env, program: `${beginning}\n${program}`, ...options });
    await project.up();
    original = await project.exportText();
    restoreBackend = await keepDeployed(project, emulator);
    restore = withEnv(project.env);
  });
  after(async () => {
    restore?.();
    await project?.dispose();
    await emulator?.close();
    await opened?.stop();
  });
  const backups = () => join(project.dir, "backups");
  return {
    get project() {
      return project;
    },
    get emulator() {
      return emulator;
    },
    get original() {
      return original;
    },
    async reset() {
      await rm(backups(), { recursive: true, force: true });
      emulator.seed({ layers });
      await restoreBackend();
    },
    once(work) {
      let again: (() => Promise<void>) | undefined;
      return async () => {
        if (again) return again();
        await work();
        const kept = join(project.root, `backups-${randomUUID()}`);
        await cp(backups(), kept, { recursive: true });
        const restoreResult = await keepDeployed(project, emulator);
        again = async () => {
          await cp(kept, backups(), { recursive: true });
          await restoreResult();
        };
      };
    },
  };
}

const beginning = `${preamble}
const layer = (name, version) => "arn:aws:lambda:us-east-1:${account}:layer:" + name + ":" + version;
exports.password = pulumi.secret("${plaintext}");
`;

/** Imports a state, unless the stack has it already. */
export async function importState(project: Project, text: string): Promise<void> {
  if ((await project.exportText()) === text) return;
  const file = join(project.root, "import.json");
  await writeFile(file, text);
  await project.succeeds(["stack", "import", "--stack", project.stack, "--file", file]);
}

/** Names of the files in the backup folder, sorted; empty if there is none. */
export async function backupNames(project: Project): Promise<string[]> {
  return (await readdir(join(project.dir, "backups")).catch(() => [])).sort();
}

/** Asserts that a run's commands replace a stack's state, and look at nothing twice. */
export function assertReplaces(commands: readonly string[]): void {
  const looks = ["stack", "stack history", "whoami"];
  assert.deepEqual(commands.slice(1, 4).toSorted(), looks);
  const others = commands.filter((one) => !looks.includes(one));
  assert.deepEqual(others, ["stack export", "stack export", "stack import", "stack export"]);
}
