import { setTimeout as sleep } from "node:timers/promises";
import { checkTargets } from "./aws/preflight";
import { type AwsCall, connectAws } from "./aws/session";
import { LayersError } from "./core/errors";
import { commandLine, pulumiCommandLine } from "./core/text";
import { BackupFolder } from "./files/backups";
import { ConfigFiles } from "./files/config-files";
import { ProjectFolders } from "./files/projects";
import { StateFiles } from "./files/state-file";
import { refuseMissingFolder } from "./files/working-folder";
import type { AwsGateway, Clock, Ports, Reporter } from "./ports";
import { PulumiPlugin } from "./pulumi/plugin";
import { PulumiProgram } from "./pulumi/program";
import { runCommand } from "./pulumi/shell";
import { type PulumiCommand, PulumiStacks } from "./pulumi/stack";
import { LayerVersionUpdater as Updater, type UpdaterOptions } from "./updater";

/** Where a run works, and its callbacks. */
export interface WiringOptions {
  /** The folder of the Pulumi project; relative paths are relative to it. Default: the working directory. */
  readonly cwd?: string;
  /** Default `backups`. */
  readonly backupDir?: string;
  /** Only functions of this region. Default: each function's own. */
  readonly region?: string;
  /** A profile of the shared AWS config and credentials files. */
  readonly profile?: string;
  /** Requests per second to AWS Lambda. Default 15. */
  readonly rate?: number;
  /** Default: no reports. */
  readonly reporter?: Reporter;
  readonly signal?: AbortSignal;
  /** Words appended to each command that a message advises, such as `["--cwd", "infra"]`. Default: none. */
  readonly adviceWords?: readonly string[];
  /** The folder of the Pulumi project as the user names it, for Pulumi commands in messages. Default: none. */
  readonly adviceFolder?: string;
  /** The URLs of backends by project folder, shared within a run so that each is asked for once. Default: asked each time. */
  readonly backends?: Map<string, Promise<string>>;
  /** Called after each Pulumi command. */
  readonly onPulumi?: (command: PulumiCommand) => void;
  /** Called after each request to AWS. */
  readonly onAwsCall?: (call: AwsCall) => void;
}

/**
 * The use cases' ports with their real adapters: the Pulumi CLI, the file system, AWS and the clock.
 * @throws LayersError `usage` if the working directory does not exist
 */
export function createPorts(options: WiringOptions = {}): Ports {
  const { cwd = process.cwd(), backupDir, reporter = silent, signal, adviceFolder } = options;
  refuseMissingFolder(cwd);
  const advisePulumi = (words: readonly string[]) => pulumiCommandLine(words, adviceFolder);
  const pulumi = { cwd, onCommand: options.onPulumi, advise: advisePulumi, backends: options.backends };
  return {
    stacks: new PulumiStacks(pulumi),
    programs: new PulumiProgram(pulumi),
    backups: new BackupFolder(backupDir, cwd),
    stateFiles: new StateFiles(cwd),
    configs: new ConfigFiles(cwd),
    projects: new ProjectFolders(cwd),
    aws: createAwsGateway(options),
    plugin: new PulumiPlugin(cwd),
    commands: { run: (...args) => runCommand(cwd, ...args) },
    clock,
    reporter,
    advise: (words) => commandLine([...words, ...(options.adviceWords ?? [])]),
    advisePulumi,
    signal,
  };
}

function createAwsGateway({ region, profile, rate, signal, onAwsCall }: WiringOptions): AwsGateway {
  const calls: Record<string, number> = {};
  const onCall = (call: AwsCall) => {
    calls[call.operation] = (calls[call.operation] ?? 0) + 1;
    onAwsCall?.(call);
  };
  const options = { rate, signal, onCall, unanswered: new Map() };
  return {
    region,
    connect: (wanted, as) => connectAws({ region: wanted ?? region, profile: as ?? profile }, options),
    calls: () => ({ ...calls }),
    checkTargets,
  };
}

const clock: Clock = {
  now: () => new Date(),
  async sleep(milliseconds, signal) {
    try {
      await sleep(milliseconds, undefined, { signal });
    } catch {
      throw new LayersError("interrupted", "Interrupted.");
    }
  },
};

const silent: Reporter = {
  info() {},
  item() {},
  warn() {},
  verbose() {},
  progress: () => ({ update() {}, end() {} }),
};

/** Options of a {@link LayerVersionUpdater}, where it works, and its callbacks. */
export interface LayerVersionUpdaterOptions extends UpdaterOptions, WiringOptions {}

/** The updater with the real Pulumi, file system and AWS, unless others are given. */
export class LayerVersionUpdater extends Updater {
  constructor(options: LayerVersionUpdaterOptions = {}, ports: Ports = createPorts(options)) {
    super(options, ports);
  }
}
