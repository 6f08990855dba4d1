import type { Ports, Reporter } from "../ops/ports";
import type { OptionName, OptionValues } from "./options";
import type { CliReporter } from "./reporter";
import type { Output } from "./terminal";

/** A command, or a group of commands. */
export interface CommandDefinition {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** Several lines, for the command's own help. */
  readonly description: string;
  readonly options: readonly OptionName[];
  readonly argument?: {
    readonly name: string;
    readonly description: string;
    readonly choices?: readonly string[];
    readonly required?: true;
    /** Any number of words. */
    readonly variadic?: true;
  };
  /** Shown below the command's help, each with what it does. */
  readonly examples?: readonly (readonly [command: string, does: string])[];
  readonly commands?: readonly CommandDefinition[];
  readonly load?: () => Promise<CommandModule>;
}

/** All commands, and the one that runs where none is named. */
export interface CommandTable {
  readonly commands: readonly CommandDefinition[];
  readonly defaultCommand: CommandDefinition;
}

/** What a command works with. */
export interface Context {
  readonly options: OptionValues;
  /** The words that are no options. */
  readonly args: readonly string[];
  readonly stdout: Output;
  readonly reporter: CliReporter;
  readonly env: NodeJS.ProcessEnv;
  /** The version of this package. */
  readonly version: string;
  /** The table that the command stands in. */
  readonly table: CommandTable;
  /** Asks a person; undefined where there is nobody to ask, or `--yes` has answered. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
  /** The world that the use cases run in. */
  openPorts(): Promise<Ports>;
}

/** A command's implementation, loaded when it is run. */
export interface CommandModule {
  /**
   * @returns the exit status
   * @throws LayersError
   */
  run(context: Context): Promise<number>;
}

/** A Pulumi command that was run: the part of `PulumiCommand` (sdk/pulumi/stack) that is shown. */
export interface ShownCommand {
  readonly args: readonly string[];
  readonly milliseconds: number;
  readonly exitCode: number | null;
}

/** A request to AWS: the part of `AwsCall` (sdk/aws/session) that is shown. */
export interface ShownCall {
  readonly operation: string;
  readonly subject?: string;
  readonly milliseconds: number;
  readonly outcome: string;
}

/** What ports are made of: the part of `WiringOptions` (sdk/wiring) that the command line decides. */
export interface PortOptions {
  readonly cwd?: string;
  readonly backupDir?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly rate?: number;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly onPulumi: (command: ShownCommand) => void;
  readonly onAwsCall: (call: ShownCall) => void;
}

/** The options of the ports that a command works with. */
export function portOptions(options: OptionValues, reporter: Reporter, signal: AbortSignal): PortOptions {
  const { cwd, backupDir, region, profile, rate } = options;
  return {
    ...{ cwd, backupDir, region, profile, rate, reporter, signal },
    onPulumi: ({ args, milliseconds, exitCode }) => {
      const ended = exitCode === null ? "ended by a signal" : `exit code ${exitCode}`;
      reporter.verbose(`pulumi ${args.join(" ")}: ${ended}, ${seconds(milliseconds)}`);
    },
    onAwsCall: ({ operation, subject, milliseconds, outcome }) => {
      reporter.verbose(`AWS ${operation}${subject ? ` ${subject}` : ""}: ${outcome}, ${seconds(milliseconds)}`);
    },
  };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(3)} s`;
}
