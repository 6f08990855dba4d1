import type { Backup, BackupKind } from "../core/backup";
import type { LayerConfig } from "../core/config/parse";
import type { FunctionOutcome, FunctionSelection, LayerVersionFacts, LiveFunction } from "../core/live";

// What the use cases need of the world. Each port has one adapter: sdk/pulumi, sdk/files and sdk/aws; the command line
// brings the reporter. Every method throws LayersError.

/** Pulumi stacks, by the Pulumi CLI. */
export interface StackPort {
  /**
   * The stack's state as `pulumi stack export` prints it, byte for byte; secrets are ciphertext.
   * @throws LayersError `pulumi-missing`, `project-missing`, `pulumi-login`, `stack-missing`, `pulumi-failed`, `interrupted`
   */
  exportState(stack: string, signal?: AbortSignal): Promise<Uint8Array>;
  /**
   * Finds out whether the stack's secrets can be read, as an import has to.
   * @throws LayersError `passphrase`, and what `exportState` throws
   */
  checkSecrets(stack: string, signal?: AbortSignal): Promise<void>;
  /**
   * Imports a state. Cannot be interrupted: the import goes on even if this process is killed.
   * @param file absolute path of the state
   * @throws LayersError `stack-locked`, and what `checkSecrets` throws
   */
  importState(stack: string, file: string): Promise<void>;
  /** Whether an import of this file, begun by a process that may be gone, is still going on. */
  isImporting(file: string): Promise<boolean>;
}

/** A file to be written into the backup folder. */
export interface NewBackup {
  readonly kind: BackupKind;
  readonly content: Iterable<Uint8Array>;
}

/** The backup folder. */
export interface BackupPort {
  /**
   * Writes files that were not there before, all with the same time in their names: mode 0600, each complete and on disk
   * once it has its name. Makes the folder (0700) where there is none.
   * @throws LayersError `backup-folder` where the folder is a link, is no folder, belongs to somebody else, or can be
   * written by others
   */
  write(stack: string, files: readonly NewBackup[], now: Date): Promise<Backup[]>;
  /** The files of a stack, or of all, newest first. Empty where there is no folder. */
  list(stack?: string): Promise<Backup[]>;
  /**
   * Finds a file by its path, or by its name in the folder.
   * @throws LayersError `backup-missing`
   */
  find(file: string): Promise<Pick<Backup, "path" | "shownPath">>;
  /** @throws LayersError `backup-missing` */
  read(path: string): Promise<Uint8Array>;
  /** Removes files, and whatever killed runs left half-written long ago. */
  remove(backups: readonly Backup[], now: Date): Promise<void>;
  /** Notes that a file of the folder is about to be imported, so that a later run can wait for its end. */
  noteImport(stack: string, file: string): Promise<void>;
  /** Forgets that note, unless another run has written one of its own. */
  forgetImport(stack: string, file: string): Promise<void>;
  /** The file of an import whose end no run has seen. */
  notedImport(stack: string): Promise<string | undefined>;
}

/** Config files. */
export interface ConfigPort {
  /** @throws LayersError `config-invalid` */
  load(file: string): LayerConfig;
}

/** Files outside the backup folder that hold exported states. */
export interface StateFilePort {
  /**
   * A file of any size; a relative path is relative to the working directory of the run.
   * @throws LayersError `state-missing`, `state-invalid` (unreadable)
   */
  read(file: string): Promise<Uint8Array>;
  /** Replaces a file, or writes a new one, atomically and with mode 0600. */
  replace(file: string, content: Iterable<Uint8Array>): Promise<void>;
  /** Whether two paths name the same file. */
  isSame(a: string, b: string): Promise<boolean>;
}

/** One account and region of AWS Lambda: the part of `Aws` (sdk/aws/session) that the use cases need. */
export interface AwsPort {
  readonly region: string;
  callerIdentity(): Promise<{ readonly account: string; readonly arn: string; readonly partition: string }>;
  listFunctions(
    selection: FunctionSelection,
  ): Promise<{ readonly functions: readonly LiveFunction[]; readonly missing: readonly string[] }>;
  layerVersion(arn: string): Promise<LayerVersionFacts | "missing" | "denied">;
  reconcile(
    functions: readonly LiveFunction[],
    desired: (fn: LiveFunction) => readonly string[],
    options?: { readonly onOutcome?: (outcome: FunctionOutcome) => void; readonly signal?: AbortSignal },
  ): Promise<FunctionOutcome[]>;
  close(): void;
}

/** Why functions cannot get their layers: the part of `TargetProblem` (sdk/aws/preflight) that the use cases need. */
export interface TargetProblem {
  readonly code: string;
  readonly function?: string;
  readonly layerVersionArn?: string;
  readonly message: string;
}

/** The way to AWS. */
export interface AwsGateway {
  /** The only region that the run is for, where the user named one. */
  readonly region: string | undefined;
  /**
   * Opens a session; nothing is sent yet.
   * @param region undefined: the one of the run, else of the environment
   */
  connect(region: string | undefined): Promise<AwsPort>;
  /** Looks, without a change, for whatever would make these updates fail. */
  checkTargets(
    aws: AwsPort,
    targets: readonly { readonly function: LiveFunction; readonly layers: readonly string[] }[],
    options: { readonly existence: boolean },
  ): Promise<readonly TargetProblem[]>;
}

/** Time. */
export interface Clock {
  now(): Date;
  /** @throws LayersError `interrupted` where the signal aborts first */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** A piece of work with a known or unknown number of steps. */
export interface Progress {
  /** @param total undefined where it is not known */
  update(done: number, total?: number): void;
  /** Ends the display; called in any case, also on failure. */
  end(): void;
}

/** Where a run tells what it does. Lines have no line break, level or colour: these are the reporter's. */
export interface Reporter {
  /** A line of the README's, such as `Exporting stack state for dev`; shown as `INFO - ...` on stdout. */
  info(line: string): void;
  /** An item of the list that an info line announced; shown indented, as `  - ...`, on stdout. */
  item(line: string): void;
  /** Something the user has to know although the run goes on; stderr. */
  warn(line: string): void;
  /** Shown with `--verbose` only. */
  verbose(line: string): void;
  /** Begins a piece of work that can take long. */
  progress(title: string): Progress;
}

/** The world of a run. */
export interface Ports {
  readonly configs: ConfigPort;
  readonly stacks: StackPort;
  readonly backups: BackupPort;
  readonly stateFiles: StateFilePort;
  readonly aws: AwsGateway;
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** Asked between steps; a run that stops for it throws `interrupted` and says what was done and what was not. */
  readonly signal?: AbortSignal;
}
