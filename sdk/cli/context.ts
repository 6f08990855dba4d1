import type { Ports, Reporter } from "../ops/ports";
import type { OptionValues } from "./options";
import type { CliReporter } from "./reporter";
import type { Output } from "./terminal";

/** What the use cases' ports depend on: the part of `WiringOptions` (sdk/wiring) that is the command line's. */
export interface PortOptions {
  readonly cwd?: string;
  readonly backupDir?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly rate?: number;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly onPulumi: (command: {
    readonly args: readonly string[];
    readonly milliseconds: number;
    readonly exitCode: number | null;
  }) => void;
  readonly onAwsCall: (call: {
    readonly operation: string;
    readonly subject?: string;
    readonly milliseconds: number;
    readonly outcome: string;
  }) => void;
}

/** What a command works with. */
export interface Context {
  readonly options: OptionValues;
  /** The words that are no options. */
  readonly args: readonly string[];
  readonly stdout: Output;
  readonly reporter: CliReporter;
  readonly ports: Ports;
  /** Asks a person; undefined where there is nobody to ask, or `--yes` has answered. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
}

/** A command's implementation, loaded when it is run. Resolves to the exit status, or throws LayersError. */
export interface CommandModule {
  run(context: Context): Promise<number>;
}
