import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Puts a command into a folder: a script that this same Node runs, whatever is on PATH.
 *
 * @param script CommonJS
 */
export async function fakeCommand(folder: string, name: string, script: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `#!${process.execPath}\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}

/** A `pulumi` that knows only its version, with or without its Node language host beside it. */
export async function fakePulumi(folder: string, version: string, languageHost = true): Promise<void> {
  await fakeCommand(folder, "pulumi", `console.log(${JSON.stringify(version)})`);
  if (languageHost) await fakeCommand(folder, "pulumi-language-nodejs", "");
}

/** The lines of a file that commands have appended to; none if there is no file. */
export async function lines(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}
