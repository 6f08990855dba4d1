import { existsSync } from "node:fs";
import { lstat, open, readdir, readFile, rm } from "node:fs/promises";
import { basename, isAbsolute, join, resolve } from "node:path";
import {
  type Backup,
  type BackupKind,
  type BackupName,
  formatBackupName,
  formatStamp,
  isRecord,
  isTimeTold,
  madeBy,
  newestFirst,
  parseBackupName,
  stackInFileNames,
  startInRecord,
  timeOfRun,
} from "../core/backup";
import { LayersError } from "../core/errors";
import { reasonOf } from "../core/system-error";
import type { BackupPort } from "../ports";
import { isTemporary, readWhole, replaceFile, writeNew } from "./atomic";
import { checkBackupFile, checkBackupFolder, prepareBackupFolder } from "./backup-folder";
import { addIgnoreLine, missingIgnoreLine } from "./git-ignore";
import { LineFile } from "./line-file";

/** The backup folder that is used if none is named. */
export const defaultBackupFolder = "backups";

// Temporary files of killed runs are removed after a day; until then their writer may be alive.
const longestWrite = 86_400_000;

// A record says in its first words when its run began; the longest name of a stack has 302 characters.
const headBytes = 512;

/** A folder of exported states. Methods throw LayersError `backup-folder` or `backup-missing`. */
export class BackupFolder implements BackupPort {
  readonly #cwd: string;
  readonly #shown: string;
  /** Absolute, without a trailing slash, which would hide that it is a link. */
  readonly #path: string;

  /** @param folder as the user named it; a relative one is relative to `cwd` */
  constructor(folder = defaultBackupFolder, cwd = process.cwd()) {
    this.#cwd = cwd;
    this.#shown = folder;
    this.#path = resolve(cwd, folder);
  }

  /**
   * Writes files of one run under matching new names.
   * @param sameRunAs a file that this run wrote before, whose name the new ones match
   */
  async write(
    stack: string,
    files: readonly { readonly kind: BackupKind; readonly content: Iterable<Uint8Array> }[],
    now: Date,
    sameRunAs?: string,
  ): Promise<Backup[]> {
    const earlier = sameRunAs === undefined ? undefined : parseBackupName(basename(sameRunAs));
    const run = { stack: stackInFileNames(stack), stamp: earlier?.stamp ?? formatStamp(now) };
    await prepareBackupFolder(this.#path, this.#shown);
    try {
      for (let number = earlier?.number ?? (await this.#freeNumber(run)); ; number++) {
        const written = await this.#writeAll({ ...run, number }, files, now);
        if (written) return await this.#describe(written);
      }
    } catch (cause) {
      throw this.#unwritable(cause);
    }
  }

  /** The folder, for messages. */
  place(): string {
    return existsSync(this.#path) ? this.#shown : `${this.#shown}, which does not exist`;
  }

  /** The files of a stack, or of all stacks, newest first; links and folders are none. */
  async list(stack?: string): Promise<Backup[]> {
    const wanted = stack === undefined ? undefined : stackInFileNames(stack);
    const names = (await this.#names()).flatMap((name) => parseBackupName(name) ?? []);
    return this.#describe(names.filter((name) => wanted === undefined || name.stack === wanted));
  }

  /** Finds a file by path, or by name in the folder. */
  async find(file: string): Promise<{ path: string; shownPath: string }> {
    const inFolder = { path: join(this.#path, file), shownPath: join(this.#shown, file) };
    const candidates = [{ path: resolve(this.#cwd, file), shownPath: file }];
    if (!isAbsolute(file)) candidates.push(inFolder);
    for (const candidate of candidates) {
      const found = await lstat(candidate.path).catch(() => undefined);
      if (found && !found.isDirectory()) return candidate;
    }
    throw new LayersError("backup-missing", `Backup not found: ${file}.`, {
      next: "List the backups: lambda-layers backups list",
    });
  }

  /** Reads a file, unless someone else could have written it. */
  async read({ path, shownPath }: Pick<Backup, "path" | "shownPath">): Promise<Uint8Array> {
    await checkBackupFile(path, shownPath);
    try {
      return await readWhole(path);
    } catch (cause) {
      throw new LayersError("backup-missing", `Cannot read ${shownPath}: ${reasonOf(cause)}.`, { cause });
    }
  }

  /** Opens a file for appending lines. */
  async openForLines(path: string): Promise<LineFile> {
    try {
      return await LineFile.open(path);
    } catch (cause) {
      const message = `Cannot write to ${path}: ${reasonOf(cause)}.`;
      throw new LayersError("backup-folder", message, { cause });
    }
  }

  /** Removes files, and old temporary ones. */
  async remove(backups: readonly Backup[], now: Date): Promise<void> {
    await checkBackupFolder(this.#path, this.#shown);
    const temporary = (await this.#names()).filter(isTemporary).map((name) => join(this.#path, name));
    for (const path of temporary) {
      const found = await lstat(path).catch(() => undefined);
      if (found && now.getTime() - found.mtimeMs > longestWrite) await rm(path, { force: true });
    }
    for (const { path } of backups) await rm(path, { force: true });
  }

  /** Notes that a file of this folder is about to be imported. */
  async noteImport(stack: string, file: string): Promise<void> {
    try {
      await replaceFile(this.#note(stack), [Buffer.from(basename(file))]);
    } catch (cause) {
      throw this.#unwritable(cause);
    }
  }

  /** Removes that note, unless another run has replaced it. */
  async forgetImport(stack: string, file: string): Promise<void> {
    if ((await this.notedImport(stack)) === file) await rm(this.#note(stack), { force: true });
  }

  /** The file of a started import whose end no run has seen. */
  async notedImport(stack: string): Promise<string | undefined> {
    const note = await readFile(this.#note(stack), "utf8").catch(() => "");
    return parseBackupName(note) ? join(this.#path, note) : undefined;
  }

  /** The line missing in `.gitignore` to keep the folder out of the repository. */
  missingIgnoreLine(): Promise<string | undefined> {
    return missingIgnoreLine(this.#cwd, this.#path);
  }

  /** Adds a line to the `.gitignore` of the run's working directory. */
  addIgnoreLine(line: string): Promise<void> {
    return addIgnoreLine(this.#cwd, line);
  }

  #unwritable(cause: unknown): LayersError {
    const message = `Cannot write to the backup folder ${this.#shown}: ${reasonOf(cause)}.`;
    return new LayersError("backup-folder", message, { cause });
  }

  #note(stack: string): string {
    return join(this.#path, `.${stackInFileNames(stack)}.importing`);
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#path);
    } catch (cause) {
      // No run has created the folder yet, unless its parent does not exist either.
      if ((cause as NodeJS.ErrnoException).code === "ENOENT" && existsSync(this.#cwd)) return [];
      const message = `Cannot read the backup folder ${this.#shown}: ${reasonOf(cause)}`;
      throw new LayersError("backup-folder", message, { cause, next: "Check --backup-dir and --cwd." });
    }
  }

  /** The first unused number for that second. */
  async #freeNumber(run: Pick<BackupName, "stack" | "stamp">): Promise<number> {
    const names = (await this.#names()).flatMap((name) => parseBackupName(name) ?? []);
    const same = names.filter(({ stack, stamp }) => stack === run.stack && stamp === run.stamp);
    return Math.max(0, ...same.map(({ number }) => number)) + 1;
  }

  /** Undefined if another run took one of the names first. In that case, and if one cannot be written, none is left. */
  async #writeAll(
    run: Pick<BackupName, "stack" | "stamp" | "number">,
    files: Parameters<BackupFolder["write"]>[1],
    now: Date,
  ): Promise<BackupName[] | undefined> {
    const written: BackupName[] = [];
    let isComplete = false;
    try {
      for (const { kind, content } of files) {
        const name = formatBackupName({ ...run, kind });
        if (!(await writeNew(join(this.#path, name), content, undefined, now))) return undefined;
        written.push({ ...run, kind, name });
      }
      isComplete = true;
      return written;
    } finally {
      if (!isComplete) for (const { name } of written) await rm(join(this.#path, name), { force: true });
    }
  }

  async #describe(names: readonly BackupName[]): Promise<Backup[]> {
    const runs = Map.groupBy(names, ({ stack, stamp, number }) => `${stack} ${stamp} ${number}`);
    const described: Backup[] = [];
    for (const run of runs.values()) {
      const files: { name: BackupName; bytes: number; written: Date | undefined }[] = [];
      for (const name of run) {
        const path = join(this.#path, name.name);
        const found = await lstat(path).catch(() => undefined);
        if (!found?.isFile()) continue;
        // A record is written to until its run ends.
        files.push({ name, bytes: found.size, written: isRecord(name.kind) ? await readStart(path) : found.mtime });
      }
      const written = files.flatMap((one) => one.written ?? []);
      for (const { name, bytes } of files) {
        const [path, shownPath] = [join(this.#path, name.name), join(this.#shown, name.name)];
        const byName = !isTimeTold(name.stamp, written) && ({ isByName: true } as const);
        const time = timeOfRun(name.stamp, written);
        described.push({ ...name, path, shownPath, bytes, madeBy: madeBy(run), time, ...byName });
      }
    }
    return described.sort(newestFirst);
  }
}

/** When the run of a record began; undefined if its beginning does not say. */
async function readStart(path: string): Promise<Date | undefined> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(headBytes), position: 0 });
      return startInRecord(buffer.toString("utf8", 0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    return undefined; // its name is good enough
  }
}
