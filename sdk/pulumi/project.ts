import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { parse } from "yaml";
import { LayersError } from "../core/errors";
import { reasonOf } from "../core/system-error";

/** The file of a Pulumi project. */
export interface Project {
  readonly path: string;
  readonly name: string;
  /** The URL of the backend that the file names. */
  readonly backend: string | undefined;
  /** Where Pulumi looks for the configuration of a stack, which may have none. */
  configOf(stack: string): string;
  /** The stacks that have a configuration there, sorted. */
  configured(): Promise<string[]>;
}

const start = "Pulumi.";

/** The path of the project file in a folder or its nearest parent; undefined if there is none. */
export function findProjectFile(folder: string): string | undefined {
  const paths = ["yaml", "yml", "json"].map((extension) => join(folder, `Pulumi.${extension}`));
  const found = paths.find((path) => existsSync(path));
  const above = dirname(folder);
  return found ?? (above === folder ? undefined : findProjectFile(above));
}

/** @throws LayersError `pulumi-failed` if the file is missing or invalid */
export async function readProject(folder: string): Promise<Project> {
  const path = findProjectFile(folder);
  if (path === undefined) throw new LayersError("pulumi-failed", `${folder} is not in a Pulumi project`);
  const { name, stackConfigDir, config, backend } = await readObject(path);
  // An older name, from before `config` held the values shared by all stacks.
  const folderOfConfigs = [stackConfigDir, config].find((one) => typeof one === "string") ?? "";
  const folderPath = join(dirname(path), folderOfConfigs);
  const end = extname(path);
  return {
    path,
    name: String(name),
    backend: backend?.url,
    configOf: (stack) => join(folderPath, `${start}${stack}${end}`),
    async configured() {
      const files = await readdir(folderPath);
      const own = files.filter((file) => file.startsWith(start) && file.endsWith(end));
      return own.flatMap((file) => file.slice(start.length, -end.length) || []).sort();
    },
  };
}

async function readObject(
  path: string,
): Promise<Record<string, unknown> & { stackConfigDir?: string; config?: string; backend?: { url?: string } }> {
  try {
    return parse(await readFile(path, "utf8")) ?? {};
  } catch (cause) {
    throw new LayersError("pulumi-failed", `${path} cannot be read: ${reasonOf(cause)}`, { cause });
  }
}
