import { execFile } from "node:child_process";
import { appendFile, readFile } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import { cannotWrite } from "./atomic";

/**
 * The line missing in a folder's `.gitignore` to ignore another folder: undefined if git already ignores it, if it is
 * outside the first folder, and without a repository or git.
 */
export async function missingIgnoreLine(cwd: string, folder: string): Promise<string | undefined> {
  const path = relative(cwd, folder).replaceAll("\\", "/");
  if (path === "" || path.startsWith("..") || isAbsolute(path)) return undefined;
  const isTracked = await new Promise((resolve) => {
    // 0: ignored, 1: not ignored, 128: no repository. The path of a file in the folder makes git treat it as a folder,
    // even if it does not exist yet.
    const args = ["check-ignore", "--quiet", "--no-index", "--", `${path}/dev_state_20240824_143022.json`];
    execFile("git", args, { cwd }, (error) => resolve(error?.code === 1));
  });
  return isTracked ? `${path}/` : undefined;
}

/**
 * Adds a line to the `.gitignore` of a folder.
 * @throws LayersError `usage` if it cannot be written
 */
export async function addIgnoreLine(cwd: string, line: string): Promise<void> {
  const file = join(cwd, ".gitignore");
  try {
    const text = await readFile(file, "utf8").catch(() => "");
    await appendFile(file, `${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`);
  } catch (cause) {
    throw cannotWrite(".gitignore", "It was not changed.", cause);
  }
}
