import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
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
}

/** The path of the project file in a folder, or in the nearest one above it; undefined if there is none. */
export function findProjectFile(folder: string): string | undefined {
  const paths = ["yaml", "yml", "json"].map((extension) => join(folder, `Pulumi.${extension}`));
  const found = paths.find((path) => existsSync(path));
  const above = dirname(folder);
  return found ?? (above === folder ? undefined : findProjectFile(above));
}

/** @throws LayersError `pulumi-failed` if there is no file, or none that can be understood */
export async function readProject(folder: string): Promise<Project> {
  const path = findProjectFile(folder);
  if (path === undefined) throw new LayersError("pulumi-failed", `${folder} is not in a Pulumi project`);
  const { name, stackConfigDir, config, backend } = await readObject(path);
  // `config` was its name before it came to hold the values that all stacks share.
  const folderOfConfigs = [stackConfigDir, config].find((one) => typeof one === "string") ?? "";
  return {
    path,
    name: String(name),
    backend: backend?.url,
    configOf: (stack) => join(dirname(path), folderOfConfigs, `Pulumi.${stack}${extname(path)}`),
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
