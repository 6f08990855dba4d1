import type { Backup, BackupKind } from "./core/backup";
import type { LayerConfig } from "./core/config/parse";
import type { StateSource } from "./core/state/outline";
import type { RecordedUpdate } from "./core/updates";
import type { AwsGateway } from "./ports/aws";

export type * from "./ports/aws";

// What the use cases need of the world. Each port has one adapter: sdk/pulumi, sdk/files and sdk/aws; the command line
// brings the reporter. Every method throws LayersError.

/** Where Pulumi keeps stacks. */
export interface Backend {
  /** As `pulumi whoami` names it. */
  readonly url: string;
  /** The file that holds the stack, beside which `.bak` is what it held before; undefined for a backend that is no folder. */
  readonly file: string | undefined;
}

/** What a search for Pulumi projects has found. */
export interface FoundProjects {
  /** Folders with a Pulumi.yaml, relative to the working directory of the run; `.` is that itself. In their order. */
  readonly folders: readonly string[];
  /** Folders that could not be looked into. */
  readonly unreadable: readonly { readonly folder: string; readonly reason: string }[];
}

/** Pulumi projects below the working directory of the run. */
export interface ProjectPort {
  find(): Promise<FoundProjects>;
  /**
   * The config that is nearest to a project: in its folder, or one above it up to the working directory.
   * @returns the path from the project's folder; undefined if there is none
   */
  nearestConfig(folder: string): string | undefined;
  /** The path from a project's folder to a file that is named from the working directory. */
  pathFrom(folder: string, file: string): string;
}

/** What tells a Pulumi project from others. */
export interface ProjectName {
  readonly name: string;
  /** The URL under `backend` in the project's file; undefined if the environment says where stacks are kept. */
  readonly backend: string | undefined;
}

/** Pulumi stacks, by the Pulumi CLI. */
export interface StackPort {
  /**
   * The names of the project's stacks, as Pulumi lists them.
   * @param tag `KEY=VALUE` or `KEY`: only stacks that the backend has tagged so
   * @throws LayersError what `exportState` throws
   */
  list(tag?: string, signal?: AbortSignal): Promise<readonly string[]>;
  /**
   * The project's name, and the backend that its own file names; undefined if the file cannot be read. Pulumi is not asked.
   */
  project(): Promise<ProjectName | undefined>;
  /** Whether the run works in a Pulumi project, as Pulumi looks for one: in its folder or above it. Pulumi is not asked. */
  hasProject(): boolean;
  /**
   * The stack's state as `pulumi stack export` prints it, byte for byte; secrets are ciphertext.
   * @throws LayersError `pulumi-missing`, `project-missing`, `pulumi-login`, `stack-missing`, `pulumi-failed`, `interrupted`
   */
  exportState(stack: string, signal?: AbortSignal): Promise<Uint8Array>;
  /**
   * Whether the stack's state, as it is exported, is that of a file, byte by byte. Neither is held as a whole.
   * @param file absolute path
   * @throws LayersError what `exportState` throws
   */
  isState(stack: string, file: string, signal?: AbortSignal): Promise<boolean>;
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
  /**
   * The newest updates that the backend records, newest first.
   * @throws LayersError what `exportState` throws
   */
  history(stack: string): Promise<readonly RecordedUpdate[]>;
  /**
   * The state that an update has left.
   * @throws LayersError `pulumi-failed` for a backend that numbers no updates, and what `exportState` throws
   */
  exportVersion(stack: string, version: number): Promise<Uint8Array>;
  /** @throws LayersError `pulumi-failed`, and what `exportState` throws */
  backend(stack: string, project: string): Promise<Backend>;
  /** Whether an import of this file, begun by a process that may be gone, is still going on. */
  isImporting(file: string): Promise<boolean>;
}

/** A step of a preview, as `pulumi preview --json` prints it: `[secret]` for each secret. What stays as it is has none. */
export interface PreviewStep {
  readonly urn: string;
  /** Absent if the resource is new. */
  readonly oldState?: { readonly urn: string; readonly delete?: boolean };
  /** The resource as it would be, in the form that exported states have; absent if it goes. */
  readonly newState?: object;
}

/** The program of the Pulumi project that the run works in. */
export interface ProgramPort {
  /**
   * Previews the program, without a refresh, on a stack of the same project, name and configuration that has this state
   * and that is thrown away. Writes nothing in the project, in the stack itself or in AWS.
   * @param of whose state it is
   * @throws LayersError `passphrase`, `pulumi-missing`, `interrupted`; `pulumi-failed` if the program cannot be previewed
   */
  previewOn(
    of: { readonly stack: string; readonly project: string },
    state: Iterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<readonly PreviewStep[]>;
}

/** A file to be written into the backup folder. */
export interface NewBackup {
  readonly kind: BackupKind;
  readonly content: Iterable<Uint8Array>;
}

/** A file that grows line by line. */
export interface LineWriter {
  /** Resolves when the line is on disk. Lines stand in the order of the calls. */
  append(line: string): Promise<void>;
  close(): Promise<void>;
}

/** The backup folder. */
export interface BackupPort {
  /**
   * Writes files that were not there before, all with the same time in their names: mode 0600, each complete and on disk
   * once it has its name. Makes the folder (0700) if there is none.
   * @param sameRunAs a file that the same run has written before, whose time the names get
   * @throws LayersError `backup-folder` if the folder is a link, is no folder, belongs to someone else, or can be
   * written by others
   */
  write(stack: string, files: readonly NewBackup[], now: Date, sameRunAs?: string): Promise<Backup[]>;
  /** The files of a stack, or of all, newest first. Empty if there is no folder. */
  list(stack?: string): Promise<Backup[]>;
  /**
   * Finds a file by its path, or by its name in the folder.
   * @throws LayersError `backup-missing`
   */
  find(file: string): Promise<Pick<Backup, "path" | "shownPath">>;
  /**
   * Reads a file that nobody else can have written or put there.
   * @throws LayersError `backup-missing`, `backup-folder`
   */
  read(file: Pick<Backup, "path" | "shownPath">): Promise<Uint8Array>;
  /** Opens a file of the folder for lines at its end. */
  openForLines(path: string): Promise<LineWriter>;
  /** Removes files, and whatever killed runs left half-written long ago. */
  remove(backups: readonly Backup[], now: Date): Promise<void>;
  /** Notes that a file of the folder is about to be imported, so that a later run can wait for its end. */
  noteImport(stack: string, file: string): Promise<void>;
  /** Forgets that note, unless another run has written one of its own. */
  forgetImport(stack: string, file: string): Promise<void>;
  /** The file of an import whose end no run has seen. */
  notedImport(stack: string): Promise<string | undefined>;
  /** The line that `.gitignore` lacks for git to leave the folder alone; undefined if nothing is to be done. */
  missingIgnoreLine(): Promise<string | undefined>;
  /**
   * Adds a line to the `.gitignore` of the run's working directory.
   * @throws LayersError `usage` if it cannot be written
   */
  addIgnoreLine(line: string): Promise<void>;
}

/** Config files; relative paths are relative to the working directory of the run. */
export interface ConfigPort {
  /** @throws LayersError `config-invalid` */
  load(file: string): LayerConfig;
  /**
   * The file's text.
   * @throws LayersError `config-invalid`
   */
  readText(file: string): string;
  /** Whether there is anything of that name. */
  exists(file: string): boolean;
  /**
   * Writes a new file, or with `replace` puts it in the place of one that is there: whole, and with that one's mode.
   * @throws LayersError `usage` if the name is taken, or the file cannot be written
   */
  write(file: string, text: string, options: { readonly replace: boolean }): Promise<void>;
  /** Where the JSON Schema is, relative to the folder of a config file. */
  schemaFor(file: string): string;
}

/** Files outside the backup folder that hold exported states. */
export interface StateFilePort {
  /**
   * A file of any size; a relative path is relative to the working directory of the run.
   * @throws LayersError `state-missing`, `state-invalid` (unreadable)
   */
  read(file: string): Promise<Uint8Array>;
  /**
   * Replaces a file, or writes a new one, atomically and with mode 0600.
   * @param expected what the file has to hold just before, if it is to be replaced
   * @throws LayersError `stack-changed` if it holds something else
   */
  replace(file: string, content: Iterable<Uint8Array>, expected?: Uint8Array): Promise<void>;
  /** The SHA-256 of a file of any size, in hexadecimal digits; undefined if it cannot be read. */
  digest(file: string): Promise<string | undefined>;
  /** Opens a file of which a part at a time is read. Whoever opens it closes it. */
  source(file: string): StateSource & { close(): void };
  /**
   * Keeps bytes out of memory, in a file that no path leads to and that is gone when this process is.
   * @returns reads them again, once; undefined if there is no room for them
   */
  setAside(bytes: Uint8Array): (() => Uint8Array) | undefined;
  /** Whether two paths name the same file. */
  isSame(a: string, b: string): Promise<boolean>;
}

/** The native plugin that comes with this package. */
export interface PluginPort {
  /**
   * Installs it into Pulumi's own folder of plugins, in place of one of the same version.
   * @returns its version
   * @throws LayersError `pulumi-missing`, `pulumi-failed`, `interrupted`
   */
  install(signal?: AbortSignal): Promise<string>;
  /**
   * Writes it as an archive for each platform, by the names under which Pulumi looks for a release.
   * @returns the files' paths
   * @throws LayersError `usage` if the folder cannot be written to
   */
  pack(folder: string): Promise<string[]>;
}

/** Commands of the user's own. */
export interface CommandPort {
  /**
   * Runs a command line in the shell; what it prints goes to stderr.
   * @param input what it reads from its standard input
   * @param variables for its environment, beside this process's own
   * @returns undefined if it succeeded, otherwise how it ended, such as `exit code 1`
   */
  run(
    command: string,
    input: string,
    variables: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<string | undefined>;
}

/** Time. */
export interface Clock {
  now(): Date;
  /** @throws LayersError `interrupted` if the signal aborts first */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** A piece of work with a known or unknown number of steps. */
export interface Progress {
  /**
   * @param total undefined if it is not known
   * @param note shown behind the numbers, such as `1 failed`
   */
  update(done: number, total?: number, note?: string): void;
  /** Ends the display; called in any case, also on failure. */
  end(): void;
}

/** Where a run reports what it does. Lines have no line break, level or colour: these are the reporter's. */
export interface Reporter {
  /** A line of the README's, such as `Exporting stack state for dev`; shown as `INFO - ...` on stdout. */
  info(line: string): void;
  /** An item of the list that an info line announced; shown indented, as `  - ...`, on stdout. */
  item(line: string): void;
  /** Lines for a person who looks on, beside those that programs may go by: shown on a terminal only. Default: nowhere. */
  aside?(line: string, items: readonly string[]): void;
  /** Something the user has to know although the run goes on; stderr. */
  warn(line: string): void;
  /** Shown with `--verbose` only. */
  verbose(line: string): void;
  /** Begins a piece of work that can take long. Whoever asks a person, or lets others print, ends it before. */
  progress(title: string, how?: ProgressOptions): Progress;
}

/** How a piece of work is shown. */
export interface ProgressOptions {
  /** How much was done before this display began, which says nothing about its pace. Default: 0. */
  readonly from?: number;
  /** What is counted, if it is time: that goes by at a pace of its own. */
  readonly unit?: "s";
}

/** The world of a run. */
export interface Ports {
  readonly configs: ConfigPort;
  readonly projects: ProjectPort;
  readonly stacks: StackPort;
  readonly programs: ProgramPort;
  readonly plugin: PluginPort;
  readonly backups: BackupPort;
  readonly stateFiles: StateFilePort;
  readonly aws: AwsGateway;
  readonly commands: CommandPort;
  readonly clock: Clock;
  readonly reporter: Reporter;
  /**
   * A command that a message advises, as it works where this run works: `["sync", "--resume", file]` becomes
   * `lambda-layers sync --resume FILE --backup-dir DIR`, with what the user gave of folders, profile and region.
   */
  advise(words: readonly string[]): string;
  /** A command of Pulumi's that a message advises, as it works where the user is: with `-C` and the project's folder. */
  advisePulumi(words: readonly string[]): string;
  /** Asked between steps; a run that stops for it throws `interrupted` and says what was done and what was not. */
  readonly signal?: AbortSignal;
}
