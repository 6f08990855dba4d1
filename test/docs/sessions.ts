// Runs the commands that a document shows, and compares their output with the document.

import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkout } from "../../scripts/places.mjs";
import type { Project } from "../support/engine";
import { type Outcome, run } from "../support/processes";

/** A command of a document, and the output shown for it. */
export interface Step {
  readonly command: string;
  readonly output: string;
}

/** The steps of each `console` code block, with the heading above it. */
export async function sessionsOf(document: string): Promise<{ heading: string; steps: Step[] }[]> {
  const text = await readFile(join(checkout, "docs", document), "utf8");
  const sessions: { heading: string; steps: Step[] }[] = [];
  let heading = "";
  for (const [, title, language, body = ""] of text.matchAll(/^#+ (.+)$|^```(\w*)\n([\s\S]*?)^```$/gm)) {
    if (title) heading = title;
    if (language === "console") sessions.push({ heading, steps: stepsOf(body) });
  }
  return sessions;
}

function stepsOf(block: string): Step[] {
  const [, ...parts] = `\n${block}`.split("\n$ ");
  return parts.map((part) => {
    const [command = "", ...output] = part.split(/(?<!\\)\n/);
    return { command, output: output.join("\n") };
  });
}

/** Runs a command in a shell, in the project's folder, with `lambda-layers` on PATH. */
export async function runStep({ command }: Step, project: Pick<Project, "root" | "dir" | "env">): Promise<Outcome> {
  const folder = join(project.root, "commands");
  await mkdir(folder, { recursive: true });
  const script = join(folder, "lambda-layers");
  await writeFile(script, `#!/bin/sh\nexec "${process.execPath}" "${join(checkout, "dist/cli/bin.js")}" "$@"\n`);
  await chmod(script, 0o755);
  const env = { ...project.env, PATH: `${folder}:${project.env.PATH}`, PWD: project.dir };
  // Through one pipe, so that lines keep their order.
  return run("sh", ["-c", `exec 2>&1\n${command}`], { cwd: project.dir, env });
}

/** The output without what differs from run to run: times, and the order in which functions finish. */
export function comparable(output: string): string {
  const lines = output
    .trim()
    .replace(/\d{8}_\d{6}(_\d+)?/g, "TIME")
    .split("\n");
  const sorted: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const items = lines.slice(at).findIndex((line) => !line.startsWith("  - "));
    const count = items < 0 ? lines.length - at : items;
    sorted.push(...lines.slice(at, at + count).sort(), ...lines.slice(at + count, at + count + 1));
    at += count + 1;
  }
  return sorted.map((line) => line.trimEnd()).join("\n");
}
