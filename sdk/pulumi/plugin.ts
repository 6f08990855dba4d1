import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { LayersError } from "../core/errors";
import { reasonOf } from "../core/system-error";
import { tarOf } from "../core/tar";
import type { PluginPort } from "../ports";
import { runPulumi } from "./command";
import { withThrowAwayFolder } from "./throw-away";

const name = "lambda-layers";
const executable = `pulumi-resource-${name}`;

// Without it Pulumi starts the executable, instead of installing the plugin's dependencies first.
const leftOut = "PulumiPlugin.yaml";

// The platforms that Pulumi supports. The plugin is the same for all: it runs on Node.js.
const platforms = ["linux", "darwin", "windows"].flatMap((system) =>
  ["amd64", "arm64"].map((chip) => `${system}-${chip}`),
);

/** The native plugin that comes with this package. */
export class PulumiPlugin implements PluginPort {
  /** @param cwd what the folder of archives is relative to */
  constructor(private readonly cwd: string = process.cwd()) {}

  async install(signal?: AbortSignal): Promise<string> {
    const { version, archive } = await packed();
    return withThrowAwayFolder(async (folder) => {
      const file = join(folder, "plugin.tar.gz");
      await writeFile(file, archive);
      const args = ["plugin", "install", "resource", name, version, "--file", file, "--reinstall"];
      let output = "";
      const { exitCode } = await runPulumi(
        args,
        { cwd: folder, signal, stdio: ["ignore", "pipe", "pipe"] },
        (child) => {
          for (const stream of [child.stdout, child.stderr])
            stream?.on("data", (data) => {
              output += data;
            });
        },
      );
      if (exitCode !== 0)
        throw new LayersError("pulumi-failed", ["Pulumi did not install the plugin:", ...linesOf(output)], {
          changed: "The plugin is not installed.",
        });
      return version;
    });
  }

  async pack(folder: string): Promise<string[]> {
    const { version, archive } = await packed();
    const target = resolve(this.cwd, folder);
    const files = platforms.map((platform) => join(target, `${executable}-v${version}-${platform}.tar.gz`));
    try {
      await mkdir(target, { recursive: true });
      for (const file of files) await writeFile(file, archive);
    } catch (cause) {
      throw new LayersError("usage", `Cannot write to ${folder}: ${reasonOf(cause)}`, { cause });
    }
    return files;
  }
}

/** The plugin's folder as an archive, and its version. */
async function packed(): Promise<{ version: string; archive: Uint8Array }> {
  const root = dirname(createRequire(__filename).resolve("pulumi-lambda-layers/package.json"));
  const folder = join(root, "dist/plugin");
  try {
    const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = found
      .filter((entry) => entry.isFile() && entry.name !== leftOut)
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
      .sort();
    const entries = files.map(async (path) => {
      const isCommand = path === executable || path === `${executable}.cmd`;
      return { path, content: await readFile(join(folder, path)), mode: isCommand ? 0o755 : 0o644 };
    });
    return { version, archive: gzipSync(tarOf(await Promise.all(entries))) };
  } catch (cause) {
    throw new LayersError("internal", `The plugin was not found in ${folder}: ${reasonOf(cause)}`, {
      cause,
      next: "Install the package pulumi-lambda-layers again; in a checkout, run `npm run build`.",
    });
  }
}

/** Pulumi's output, changed so that none of its lines looks like one of ours. */
function linesOf(printed: string): string[] {
  return printed
    .trim()
    .split(/\r?\n/)
    .map((line) => `  ${line}`);
}
