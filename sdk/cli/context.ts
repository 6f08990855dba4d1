import type { Ports } from "../ports";
import type { OptionName, OptionValues } from "./options";
import type { CliReporter } from "./reporter";
import type { Output } from "./terminal";

/** A command, or a group of commands. */
export interface CommandDefinition {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** Its heading in that list. Default: that of the command before it. */
  readonly group?: string;
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

/** All commands, and the one that runs if none is named. */
export interface CommandTable {
  readonly commands: readonly CommandDefinition[];
  readonly defaultCommand: CommandDefinition;
}

/** What a command works with. */
export interface Context {
  readonly options: OptionValues;
  /** The words that are not options. */
  readonly args: readonly string[];
  /** All words as given, after `lambda-layers`. */
  readonly words: readonly string[];
  readonly stdout: Output;
  readonly stderr: Output;
  readonly reporter: CliReporter;
  readonly env: NodeJS.ProcessEnv;
  /** The version of this package. */
  readonly version: string;
  /** The table that contains the command. */
  readonly table: CommandTable;
  /** Asks the user; undefined without a terminal or with `--yes`. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
  /** The environment that the use cases run in. */
  openPorts(): Promise<Ports>;
  /** A copy of the context with changes, as for one of several stacks. */
  derive(changes: ContextChanges): Context;
}

/** What can be changed in a copy of a context. */
export interface ContextChanges {
  readonly options?: OptionValues;
  readonly stdout?: Output;
  readonly stderr?: Output;
  /** Whether stdout is reserved for one document. Default: with `--json`. */
  readonly isReserved?: true;
  /** Present but undefined: do not ask. */
  readonly ask?: undefined;
  /** How long-running work is shown. Default: unchanged. */
  readonly progress?: CliReporter["progress"];
  /** Adds to a warning or an error which stack it is about. */
  readonly about?: (text: string) => string;
}

/** A command's implementation, loaded when it is run. */
export interface CommandModule {
  /**
   * @returns the exit status
   * @throws LayersError
   */
  run(context: Context): Promise<number>;
}
