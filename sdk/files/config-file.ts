import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { type LayerConfig, parseConfig } from "../core/config/parse";
import { maxConfigBytes } from "../core/config/yaml";
import { LayersError } from "../core/errors";
import { formatProblem } from "../core/problem";

/** The config file that is looked for where none is named. */
export const defaultConfigFile = "layer_config.yaml";

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
  throw new LayersError("config-invalid", `${file} has ${count}:\n${problems.map(formatProblem).join("\n")}`);
}

/**
 * Reads the text of a config file.
 * @throws LayersError `config-invalid`: the file is missing, unreadable, too large, or not UTF-8
 */
export function readConfigText(file: string, cwd = process.cwd()): string {
  const path = resolve(cwd, file);
  try {
    const { size } = statSync(path);
    if (size > maxConfigBytes) {
      throw new LayersError("config-invalid", `${file} has ${size} bytes; at most ${maxConfigBytes} are read`);
    }
    return decode(readFileSync(path), file);
  } catch (cause) {
    if (cause instanceof LayersError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new LayersError("config-invalid", `Config file not found: ${file} (looked for ${path})`, {
        cause,
        next: "Name the file with --config, `configFile`, or create it.",
      });
    }
    throw new LayersError("config-invalid", `Cannot read ${file}: ${message}`, { cause });
  }
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
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
