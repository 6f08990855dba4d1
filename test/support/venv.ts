// Python virtual environments in the user's cache folder.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../scripts/places.mjs";
import { makeOnce } from "../../scripts/shared-cache.mjs";
import { run } from "./processes";

export interface Python {
  command: string;
  /** For example "3.12.4". */
  version: string;
  /** What distinguishes this interpreter: an environment made with one does not work with another. */
  identity: string;
}

const ASK = "import json, sys; print(json.dumps([list(sys.version_info[:3]), sys.version, sys.base_prefix]))";

/** The Python 3 on PATH that has at least this minor version; undefined if there is none. */
export function findPython(leastMinor: number): Python | undefined {
  for (const command of ["python3", "python"]) {
    try {
      const answer = execFileSync(command, ["-c", ASK], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
      const [version, ...identity] = JSON.parse(answer) as [[number, number, number], string, string];
      if (version[0] !== 3 || version[1] < leastMinor) continue;
      return { command, version: version.join("."), identity: identity.join() };
    } catch {
      // Not there, or not Python at all: the next name may be.
    }
  }
  return undefined;
}

/**
 * Path of an interpreter that has the requirements (in pip's notation). The first call installs them, which takes a
 * while and needs the package index; later ones, from any process, reuse them. As the environment is renamed once it is
 * complete, its programs run as `python -m NAME`, not with the scripts in its `bin`. Rejects with pip's output.
 */
export async function virtualEnvironment(python: Python, requirements: readonly string[]): Promise<string> {
  const key = createHash("sha256")
    .update(JSON.stringify([python.identity, ...requirements]))
    .digest("hex")
    .slice(0, 16);
  const folder = join(cacheFolder(), `venv-${key}`);
  if (!existsSync(folder)) {
    await makeOnce(folder, async (partial) => {
      console.log(`Installing ${requirements.join(" ")} for Python ${python.version} (once)`);
      await succeed(python.command, ["-m", "venv", partial]);
      const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"];
      await succeed(interpreter(partial), [...pip, ...requirements]);
    });
  }
  return interpreter(folder);
}

function interpreter(environment: string): string {
  return process.platform === "win32" ? join(environment, "Scripts", "python.exe") : join(environment, "bin", "python");
}

async function succeed(command: string, args: string[]): Promise<void> {
  const { code, output } = await run(command, args, { env: process.env });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${output}`);
}
