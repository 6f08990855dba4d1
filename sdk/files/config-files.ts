import { existsSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { LayerConfig } from "../core/config/parse";
import { LayersError } from "../core/errors";
import type { ConfigPort } from "../ports";
import { cannotWrite, replaceFile, writeNew } from "./atomic";
import { loadLayerConfig, readConfigText } from "./config-file";

const schema = join("node_modules", "pulumi-lambda-layers", "dist", "layer-config.schema.json");
// A config is not secret: its mode only depends on the user's umask.
const newFileMode = 0o666;

/** Config files; relative paths are relative to one folder. */
export class ConfigFiles implements ConfigPort {
  readonly #cwd: string;

  constructor(cwd = process.cwd()) {
    this.#cwd = cwd;
  }

  load(file: string): LayerConfig {
    return loadLayerConfig(file, this.#cwd);
  }

  readText(file: string): string {
    return readConfigText(file, this.#cwd);
  }

  exists(file: string): boolean {
    return existsSync(resolve(this.#cwd, file));
  }

  /** Writes or replaces a file; a link stays, and its target is replaced. */
  async write(file: string, text: string, { replace }: { readonly replace: boolean }): Promise<void> {
    const path = resolve(this.#cwd, file);
    const content = [Buffer.from(text)];
    if (!(await this.#write(file, path, content, replace))) {
      throw new LayersError("usage", `${file} already exists.`, {
        next: "Choose another file with --config, or replace it with --force.",
      });
    }
  }

  /** The schema of the package installed in the file's folder or a parent. */
  schemaFor(file: string): string {
    const folder = dirname(resolve(this.#cwd, file));
    for (let at = folder; ; at = dirname(at)) {
      if (existsSync(join(at, schema))) return slashed(relative(folder, join(at, schema)));
      if (dirname(at) === at) return slashed(schema);
    }
  }

  async #write(file: string, path: string, content: readonly Uint8Array[], replace: boolean): Promise<boolean> {
    try {
      if (!replace) return await writeNew(path, content, newFileMode);
      const target = await realpath(path).catch(() => path);
      const found = await stat(target).catch(() => undefined);
      await replaceFile(target, content, found ? found.mode & 0o777 : newFileMode);
      return true;
    } catch (cause) {
      throw cannotWrite(file, "Nothing was changed.", cause);
    }
  }
}

function slashed(path: string): string {
  return `./${path.replaceAll("\\", "/")}`.replace(/^\.\/\.\.\//, "../");
}
