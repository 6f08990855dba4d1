import { type Dirent, existsSync, readdirSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { defaultConfigFile } from "../core/config/settings";
import { reasonOf } from "../core/system-error";
import type { FoundProjects, ProjectPort } from "../ports";

/** The file that makes a folder a Pulumi project. */
const projectFile = /^Pulumi\.(ya?ml|json)$/;

// For advice, which must not take long.
const mostLookedInto = 500;

/** Pulumi projects below a folder. */
export class ProjectFolders implements ProjectPort {
  readonly #cwd: string;

  constructor(cwd = process.cwd()) {
    this.#cwd = resolve(cwd);
  }

  /** Looks into every folder but `node_modules` and those whose names start with a dot; links are not followed. */
  async find(): Promise<FoundProjects> {
    const folders: string[] = [];
    const unreadable: { folder: string; reason: string }[] = [];
    const look = async (path: string): Promise<void> => {
      const folder = shown(relative(this.#cwd, path));
      try {
        const entries = await readdir(path, { withFileTypes: true });
        if (entries.some(isProjectFile)) folders.push(folder);
        const inner = entries.filter((entry) => entry.isDirectory() && !isLeftOut(entry.name));
        for (const { name } of inner) await look(join(path, name));
      } catch (error) {
        unreadable.push({ folder, reason: reasonOf(error) });
      }
    };
    await look(this.#cwd);
    return { folders: folders.toSorted(), unreadable };
  }

  /** Looks into the nearest folders only: there may be any number of them, as in a home folder. */
  areBelow(): boolean {
    const open = [this.#cwd];
    for (let at = 0; at < open.length && at < mostLookedInto; at++) {
      const path = open[at] ?? "";
      const entries = readEntries(path);
      if (at > 0 && entries.some(isProjectFile)) return true;
      const inner = entries.filter((entry) => entry.isDirectory() && !isLeftOut(entry.name));
      open.push(...inner.map(({ name }) => join(path, name)));
    }
    return false;
  }

  /** The path is relative to the project's folder. */
  nearestConfig(folder: string): string | undefined {
    const project = resolve(this.#cwd, folder);
    for (let at = project; isBelow(this.#cwd, at); at = dirname(at)) {
      const file = join(at, defaultConfigFile);
      if (existsSync(file)) return shown(relative(project, file));
      if (dirname(at) === at) break;
    }
    return undefined;
  }

  pathFrom(folder: string, file: string): string {
    return isAbsolute(file) ? file : shown(relative(resolve(this.#cwd, folder), resolve(this.#cwd, file)));
  }
}

function isProjectFile(entry: Dirent): boolean {
  return !entry.isDirectory() && projectFile.test(entry.name);
}

/** The entries of a folder; none if it cannot be read. */
function readEntries(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isLeftOut(name: string): boolean {
  return name === "node_modules" || name.startsWith(".");
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || !(way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way));
}

function shown(path: string): string {
  return path === "" ? "." : path.replaceAll("\\", "/");
}
