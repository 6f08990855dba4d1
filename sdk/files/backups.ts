import { lstat, readdir, readFile, rm } from "node:fs/promises";
import { basename, isAbsolute, join, resolve } from "node:path";
import {
  type Backup,
  type BackupKind,
  type BackupName,
  formatBackupName,
  formatStamp,
  isSameRun,
  newestFirst,
  parseBackupName,
  parseStamp,
  stackInFileNames,
} from "../core/backup";
import { LayersError } from "../core/errors";
import { isTemporary, readWhole, replaceFile, writeNew } from "./atomic";
import { checkBackupFolder, prepareBackupFolder } from "./backup-folder";
import { LineFile } from "./line-file";

/** The backup folder that is used where none is named. */
export const defaultBackupFolder = "backups";

// What a killed run left half-written is removed after a day: until then its writer may be alive.
const longestWrite = 86_400_000;

/** A folder of exported states. Methods throw LayersError `backup-folder` or `backup-missing`. */
export class BackupFolder {
  readonly #cwd: string;
  readonly #shown: string;
  /** Absolute, and without a slash at its end, behind which a link would not be seen. */
  readonly #path: string;

  /**
   * @param folder as the user named it; a relative one is relative to `cwd`
   */
  constructor(folder = defaultBackupFolder, cwd = process.cwd()) {
    this.#cwd = cwd;
    this.#shown = folder;
    this.#path = resolve(cwd, folder);
  }

  /**
   * Writes files of one run under names that agree, none of which was there before.
   * @param sameRunAs a file that this run has written before: the names agree with it
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
        const written = await this.#writeAll({ ...run, number }, files);
        if (written) return await this.#describe(written);
      }
    } catch (cause) {
      throw this.#unwritable(cause);
    }
  }

  /** The files of a stack, or of all stacks, newest first; links and folders are none. */
  async list(stack?: string): Promise<Backup[]> {
    const wanted = stack === undefined ? undefined : stackInFileNames(stack);
    const names = (await this.#names()).flatMap((name) => parseBackupName(name) ?? []);
    return this.#describe(names.filter((name) => wanted === undefined || name.stack === wanted));
  }

  /** Finds a file by its path, or by its name in the folder. */
  async find(file: string): Promise<{ path: string; shownPath: string }> {
    const inFolder = { path: join(this.#path, file), shownPath: join(this.#shown, file) };
    const candidates = [{ path: resolve(this.#cwd, file), shownPath: file }];
    if (!isAbsolute(file)) candidates.push(inFolder);
    for (const candidate of candidates) {
      const found = await lstat(candidate.path).catch(() => undefined);
      if (found && !found.isDirectory()) return candidate;
    }
    throw new LayersError("backup-missing", `Backup not found: ${file}. Nothing was changed.`, {
      next: "List the backups that there are: lambda-layers backups list",
    });
  }

  async read(path: string): Promise<Uint8Array> {
    try {
      return await readWhole(path);
    } catch (cause) {
      throw new LayersError("backup-missing", `Cannot read ${path}: ${(cause as Error).message}`, { cause });
    }
  }

  /** Opens a file for lines at its end. */
  async openForLines(path: string): Promise<LineFile> {
    try {
      return await LineFile.open(path);
    } catch (cause) {
      const message = `Cannot write to ${path}: ${(cause as Error).message}. Nothing was changed.`;
      throw new LayersError("backup-folder", message, { cause });
    }
  }

  /** Removes files, and what was left half-written long ago. */
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

  /** Forgets that note, unless another run has written one of its own. */
  async forgetImport(stack: string, file: string): Promise<void> {
    if ((await this.notedImport(stack)) === file) await rm(this.#note(stack), { force: true });
  }

  /** The file of an import that was begun, where no run has seen its end. */
  async notedImport(stack: string): Promise<string | undefined> {
    const note = await readFile(this.#note(stack), "utf8").catch(() => "");
    return parseBackupName(note) ? join(this.#path, note) : undefined;
  }

  #unwritable(cause: unknown): LayersError {
    const message = `Cannot write to the backup folder ${this.#shown}: ${(cause as Error).message}. Nothing was changed.`;
    return new LayersError("backup-folder", message, { cause });
  }

  #note(stack: string): string {
    return join(this.#path, `.${stackInFileNames(stack)}.importing`);
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#path);
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === "ENOENT") return [];
      throw new LayersError("backup-folder", `Cannot read the backup folder ${this.#shown}: ${message}`, { cause });
    }
  }

  /** The first number of that second that no run has used. */
  async #freeNumber(run: Pick<BackupName, "stack" | "stamp">): Promise<number> {
    const names = (await this.#names()).flatMap((name) => parseBackupName(name) ?? []);
    const same = names.filter(({ stack, stamp }) => stack === run.stack && stamp === run.stamp);
    return Math.max(0, ...same.map(({ number }) => number)) + 1;
  }

  /** Undefined where another run was faster with one of the names; what was written by then is removed. */
  async #writeAll(
    run: Pick<BackupName, "stack" | "stamp" | "number">,
    files: Parameters<BackupFolder["write"]>[1],
  ): Promise<BackupName[] | undefined> {
    const written: BackupName[] = [];
    for (const { kind, content } of files) {
      const name = formatBackupName({ ...run, kind });
      if (await writeNew(join(this.#path, name), content)) {
        written.push({ ...run, kind, name });
        continue;
      }
      for (const mine of written) await rm(join(this.#path, mine.name), { force: true });
      return undefined;
    }
    return written;
  }

  async #describe(names: readonly BackupName[]): Promise<Backup[]> {
    const described: Backup[] = [];
    for (const name of names) {
      const path = join(this.#path, name.name);
      const found = await lstat(path).catch(() => undefined);
      if (!found?.isFile()) continue;
      described.push({
        ...name,
        path,
        shownPath: join(this.#shown, name.name),
        madeBy: maker(names.filter((other) => isSameRun(other, name))),
        time: parseStamp(name.stamp),
        bytes: found.size,
      });
    }
    return described.sort(newestFirst);
  }
}

/** Whose run wrote these files. */
function maker(files: readonly BackupName[]): Backup["madeBy"] {
  const has = (kind: BackupKind) => files.some((one) => one.kind === kind);
  if (has("rollback")) return "rollback";
  if (has("updated")) return "update";
  return has("state") ? "copy" : "sync";
}
