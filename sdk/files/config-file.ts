import { closeSync, constants, existsSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { type LayerConfig, parseConfig } from "../core/config/parse";
import { maxConfigBytes, tooLargeAdvice } from "../core/config/yaml";
import { LayersError } from "../core/errors";
import { didYouMean } from "../core/nearest";
import { formatProblems } from "../core/problem";
import { reasonOf } from "../core/system-error";

export { defaultConfigFile } from "../core/config/settings";

/**
 * Reads and checks a config file.
 * @param file its path; a relative one is relative to `cwd`, and messages name it as it is written here
 * @throws LayersError `config-invalid`: the file is missing, unreadable, or not valid (with every problem in it)
 */
export function loadLayerConfig(file: string, cwd = process.cwd()): LayerConfig {
  const parsed = parseConfig(readConfigText(file, cwd), file);
  if (parsed.ok) return parsed.config;
  const { problems } = parsed;
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  throw new LayersError("config-invalid", [`${file} has ${count}:`, ...formatProblems(problems)]);
}

/**
 * Reads the text of a config file, a byte order mark included.
 * @throws LayersError `config-invalid`: the file is missing, unreadable, too large, or not UTF-8
 */
export function readConfigText(file: string, cwd = process.cwd()): string {
  const path = resolve(cwd, file);
  try {
    return decode(readRegular(path, file), file);
  } catch (cause) {
    if (cause instanceof LayersError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") throw notFound(file, path, cwd, cause);
    throw new LayersError("config-invalid", `Cannot read ${file}: ${reasonOf(cause)}`, {
      cause,
      next: code === "EISDIR" ? "Name a file in that folder." : undefined,
    });
  }
}

/** Pipes and devices may never end, and opening a pipe may block forever. */
function readRegular(path: string, file: string): Uint8Array {
  const opened = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = fstatSync(opened);
    if (!found.isFile() && !found.isDirectory()) {
      throw new LayersError("config-invalid", `Cannot read ${file}: it is not a regular file`, {
        next: "Write its content to a file, and name that file.",
      });
    }
    if (found.size > maxConfigBytes) throw tooLarge(file, found.size);
    const bytes = Buffer.alloc(maxConfigBytes + 1);
    let length = 0;
    for (let read = 1; read > 0 && length < bytes.length; length += read)
      read = readSync(opened, bytes, length, bytes.length - length, null);
    if (length > maxConfigBytes) throw tooLarge(file, length);
    return bytes.subarray(0, length);
  } finally {
    closeSync(opened);
  }
}

function notFound(file: string, path: string, cwd: string, cause: unknown): LayersError {
  const meant = likeFile(path, (name) => join(dirname(file), name)) ?? fileAbove(path, cwd);
  const steps = [
    ...(meant === undefined ? [] : [meant]),
    "Name the file with --config (`configFile` in TypeScript, `config_file` in Python), or create one with `lambda-layers init`.",
  ];
  const message = `Config file not found: ${file} (looked for ${path})`;
  return new LayersError("config-invalid", message, { cause, next: steps });
}

/** Suggests the file in the same folder that was probably meant; undefined if none is like it. */
function likeFile(path: string, shown: (name: string) => string): string | undefined {
  try {
    const files = readdirSync(dirname(path), { withFileTypes: true }).filter((entry) => !entry.isDirectory());
    const names = files.map(({ name }) => name);
    return didYouMean(basename(path), names, shown);
  } catch {
    return undefined; // the folder is missing or unreadable
  }
}

/** Suggests the nearest file of the same name above the folder: several projects may share a config. */
function fileAbove(path: string, cwd: string): string | undefined {
  for (let at = dirname(path); dirname(at) !== at; at = dirname(at)) {
    const above = join(dirname(at), basename(path));
    if (existsSync(above)) return `Did you mean ${relative(cwd, above).replaceAll("\\", "/")}?`;
  }
  return undefined;
}

function tooLarge(file: string, size: number): LayersError {
  return new LayersError("config-invalid", `${file} has ${size} bytes, but the limit is ${maxConfigBytes}`, {
    next: tooLargeAdvice,
  });
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    // A byte order mark stays, so that an edited file keeps it.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const readable = new TextDecoder().decode(bytes).split("\uFFFD", 1)[0] ?? "";
    throw new LayersError(
      "config-invalid",
      `Cannot read ${file}: line ${readable.split("\n").length} is not UTF-8 text`,
      {
        cause,
        next: "Save the file as UTF-8.",
      },
    );
  }
}
