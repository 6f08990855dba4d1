import type { Backup, BackupKind } from "./core/backup";
import type { LayerConfig } from "./core/config/parse";
import type { StateSource } from "./core/state/outline";
import type { RecordedUpdate } from "./core/updates";
import type { AwsGateway } from "./ports/aws";

export type * from "./ports/aws";

// The interfaces between use cases and the outside world. Each port has one adapter: sdk/pulumi, sdk/files and sdk/aws;
// the command line provides the reporter. Every method throws LayersError.

/** Where Pulumi keeps stacks. */
export interface Backend {
  /** As printed by `pulumi whoami`. */
  readonly url: string;
  /** The stack's file, next to a `.bak` file with its previous content; undefined unless the backend is a folder. */
  readonly file: string | undefined;
}

/** The result of a search for Pulumi projects. */
export interface FoundProjects {
  /** Sorted folders with a Pulumi.yaml, relative to the working directory of the run. */
  readonly folders: readonly string[];
  /** Folders that could not be read. */
  readonly unreadable: readonly { readonly folder: string; readonly reason: string }[];
}

/** Pulumi projects below the working directory of the run. */
export interface ProjectPort {
  find(): Promise<FoundProjects>;
  /** Whether there are any below, as far as a quick look shows. */
  areBelow(): boolean;
  /**
   * The nearest config of a project: in its folder or a parent, up to the working directory.
   * @returns the path from the project's folder; undefined if there is none
   */
  nearestConfig(folder: string): string | undefined;
  /** The path from a project's folder to a file given relative to the working directory. */
  pathFrom(folder: string, file: string): string;
}

/** What identifies a Pulumi project. */
export interface ProjectName {
  readonly name: string;
  /** The URL under `backend` in the project's file; undefined if the environment says where stacks are kept. */
  readonly backend: string | undefined;
}

/** Pulumi stacks, by the Pulumi CLI. */
export interface StackPort {
  /**
   * The names of the project's stacks, as Pulumi lists them.
   * @param tag `KEY=VALUE` or `KEY`: only stacks with this tag in the backend
   * @throws LayersError what `exportState` throws
   */
  list(tag?: string, signal?: AbortSignal): Promise<readonly string[]>;
  /**
   * The project's name, and the backend named in its file; undefined if the file cannot be read. Pulumi is not asked.
   */
  project(): Promise<ProjectName | undefined>;
  /** The short names of the stacks that have a configuration file in the project, which not all have. Pulumi is not asked. */
  configured(): Promise<readonly string[]>;
  /**
   * Whether the run works in a Pulumi project, as Pulumi looks for one: in its folder or a parent. Pulumi is not asked.
   */
  hasProject(): boolean;
  /**
   * The stack's state as `pulumi stack export` prints it, byte for byte; secrets are ciphertext.
   * @throws LayersError `pulumi-missing`, `project-missing`, `pulumi-login`, `stack-missing`, `pulumi-failed`, `interrupted`
   */
  exportState(stack: string, signal?: AbortSignal): Promise<Uint8Array>;
  /**
   * Whether the stack's exported state is identical to a file. Neither is read into memory as a whole.
   * @param file absolute path
   * @throws LayersError what `exportState` throws
   */
  isState(stack: string, file: string, signal?: AbortSignal): Promise<boolean>;
  /**
   * Checks that the stack's secrets can be decrypted, which an import needs.
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
   * The state after an update.
   * @throws LayersError `pulumi-failed` for a backend that does not number updates, and what `exportState` throws
   */
  exportVersion(stack: string, version: number): Promise<Uint8Array>;
  /** @throws LayersError `pulumi-failed`, and what `exportState` throws */
  backend(stack: string, project: string): Promise<Backend>;
  /** Whether an import of this file, started by a process that may be gone, is still running. */
  isImporting(file: string): Promise<boolean>;
}

/**
 * A step of a preview, as `pulumi preview --json` prints it: `[secret]` for each secret. Unchanged resources have none.
 */
export interface PreviewStep {
  readonly urn: string;
  /** Absent if the resource is new. */
  readonly oldState?: { readonly urn: string; readonly delete?: boolean };
  /** The resource as it would be, in the form of exported states; absent if it is deleted. */
  readonly newState?: object;
}

/** The program of the Pulumi project that the run works in. */
export interface ProgramPort {
  /**
   * Previews the program, without a refresh, on a temporary stack with the same project, name and configuration, and
   * with this state. Writes nothing in the project, in the stack itself or in AWS.
   * @param of whose state it is
   * @throws LayersError `passphrase`, `pulumi-missing`, `interrupted`; `pulumi-failed` if the program cannot be
   * previewed
   */
  previewOn(
    of: { readonly stack: string; readonly project: string },
    state: Iterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<readonly PreviewStep[]>;
}

/** A file to write into the backup folder. */
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
   * Writes new files, all with the same time in their names: mode 0600, each complete and on disk before it gets its
   * name. Creates the folder (0700) if missing.
   * @param sameRunAs a file that the same run wrote before, whose time the names get
   * @throws LayersError `backup-folder` if the folder is a link, is no folder, belongs to someone else, or can be
   * written by others
   */
  write(stack: string, files: readonly NewBackup[], now: Date, sameRunAs?: string): Promise<Backup[]>;
  /** The folder as the user named it, and whether it exists: `backups`, or `backups, which does not exist`. */
  place(): string;
  /** The files of a stack, or of all, newest first. Empty if there is no folder. */
  list(stack?: string): Promise<Backup[]>;
  /**
   * Finds a file by its path, or by its name in the folder.
   * @throws LayersError `backup-missing`
   */
  find(file: string): Promise<Pick<Backup, "path" | "shownPath">>;
  /**
   * Reads a file, unless someone else could have written or placed it.
   * @throws LayersError `backup-missing`, `backup-folder`
   */
  read(file: Pick<Backup, "path" | "shownPath">): Promise<Uint8Array>;
  /** Opens a file of the folder for appending lines. */
  openForLines(path: string): Promise<LineWriter>;
  /** Removes files, and old temporary files of killed runs. */
  remove(backups: readonly Backup[], now: Date): Promise<void>;
  /** Notes that a file of the folder is about to be imported, so that a later run can wait for its end. */
  noteImport(stack: string, file: string): Promise<void>;
  /** Removes that note, unless another run has replaced it. */
  forgetImport(stack: string, file: string): Promise<void>;
  /** The file of an import whose end no run has seen. */
  notedImport(stack: string): Promise<string | undefined>;
  /** The line missing in `.gitignore` to ignore the folder; undefined if nothing is missing. */
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
  /** Whether anything of that name exists. */
  exists(file: string): boolean;
  /**
   * Writes a new file or, with `replace`, atomically replaces an existing one, keeping its mode.
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
   * @param expected the content to be replaced, checked just before
   * @throws LayersError `stack-changed` if it has changed
   */
  replace(file: string, content: Iterable<Uint8Array>, expected?: Uint8Array): Promise<void>;
  /** The SHA-256 of a file of any size, in hexadecimal digits; undefined if it cannot be read. */
  digest(file: string): Promise<string | undefined>;
  /** Opens a file for reading in parts. The caller closes it. */
  source(file: string): StateSource & { close(): void };
  /**
   * Moves bytes out of memory, to a file without a path that disappears with this process.
   * @returns reads them again, once; undefined if there is no space for them
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
   * Writes it as an archive for each platform, under the file names that Pulumi expects in a release.
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
   * @param variables for its environment, in addition to this process's own
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
   * @param total undefined if unknown
   * @param note shown behind the numbers, such as `1 failed`
   */
  update(done: number, total?: number, note?: string): void;
  /** Ends the display; also called on failure. */
  end(): void;
}

/** Where a run reports what it does. Lines have no line break, level or colour; the reporter adds these. */
export interface Reporter {
  /** A line of the README's, such as `Exporting stack state for dev`; shown as `INFO - ...` on stdout. */
  info(line: string): void;
  /** An item of the list that an info line announced; shown indented, as `  - ...`, on stdout. */
  item(line: string): void;
  /** Hints for people, besides the lines that programs may parse: shown on a terminal only. Default: nowhere. */
  aside?(line: string, items: readonly string[]): void;
  /** A warning for the user while the run continues; on stderr. */
  warn(line: string): void;
  /** Only shown with `--verbose`. */
  verbose(line: string): void;
  /** Starts a display for long work. End it before asking the user or letting others print. */
  progress(title: string, how?: ProgressOptions): Progress;
}

/** How a piece of work is shown. */
export interface ProgressOptions {
  /** How much was done before this display started, which does not count for the pace. Default: 0. */
  readonly from?: number;
  /** The unit, if time is counted, which has its own pace. */
  readonly unit?: "s";
}

/** The environment of a run. */
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
   * A command for a message, spelled so that it works where this run works: `["sync", "--resume", file]` becomes
   * `lambda-layers sync --resume FILE --backup-dir DIR`, with the user's folders, profile and region.
   */
  advise(words: readonly string[]): string;
  /**
   * A Pulumi command for a message, spelled so that it works from the user's folder: with `-C` and the project's
   * folder.
   */
  advisePulumi(words: readonly string[]): string;
  /** Checked between steps; a run that stops for it throws `interrupted` and says what was done and what was not. */
  readonly signal?: AbortSignal;
}
