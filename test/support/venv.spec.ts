import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { itSampled } from "./counts";
import { removeFolder, temporaryFolder } from "./folders";
import { findPython, type Python } from "./venv";

const exec = promisify(execFile);

/** Makes a wheel by hand, so that installing it needs neither an index nor a build. */
const MAKE_WHEEL = `
import sys, zipfile
info = "greeting-1.0.dist-info/"
files = {
    "greeting.py": "print('hello')",
    info + "METADATA": "Metadata-Version: 2.1\\nName: greeting\\nVersion: 1.0\\n",
    info + "WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}
files[info + "RECORD"] = "".join(f"{name},,\\n" for name in files)
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    for name, text in files.items():
        wheel.writestr(name, text)
`;

function venvSuite(python: Python): void {
  let folder: string;
  let cache: string;

  beforeEach(async () => {
    folder = await temporaryFolder();
    cache = join(folder, "cache");
  });

  afterEach(() => removeFolder(folder));

  /** Requests an environment in another process; resolves to its interpreter. */
  async function ask(requirement: string): Promise<string> {
    const source = `
      const { findPython, virtualEnvironment } = require(${JSON.stringify(join(__dirname, "venv.ts"))});
      virtualEnvironment(findPython(0), [${JSON.stringify(requirement)}]).then(
        (interpreter) => console.log(interpreter),
        (error) => { console.error(error.message); process.exitCode = 1; });`;
    const env = { ...process.env, XDG_CACHE_HOME: cache };
    const { stdout } = await exec(process.execPath, ["--require", "tsx/cjs", "-e", source], { env, cwd: __dirname });
    return stdout.trim().split("\n").at(-1) ?? "";
  }

  itSampled("is created once, by whoever comes first, and used by all", async function () {
    this.timeout(120_000);
    const wheel = join(folder, "greeting-1.0-py3-none-any.whl");
    await exec(python.command, ["-c", MAKE_WHEEL, wheel]);
    const [first, ...others] = await Promise.all([ask(wheel), ask(wheel), ask(wheel)]);
    assert.deepEqual(others, [first, first]);
    const entries = await readdir(join(cache, "pulumi-lambda-layers"));
    assert.equal(entries.filter((name) => name.startsWith("venv-")).length, 1);
    await removeFolder(wheel); // nothing is installed again
    assert.equal(await ask(wheel), first);
    const { stdout } = await exec(first ?? "", ["-m", "greeting"]);
    assert.equal(stdout.trim(), "hello");
  });

  itSampled("is not left half-made if a requirement cannot be installed", async function () {
    this.timeout(120_000);
    const broken = join(folder, "broken-1.0-py3-none-any.whl");
    await writeFile(broken, "not a wheel");
    await assert.rejects(ask(broken), /pip install .* ended with 1:[\s\S]*broken/);
    assert.deepEqual(await readdir(join(cache, "pulumi-lambda-layers")), []);
  });
}

const python = findPython(0);
if (python) describe("a virtual environment", () => venvSuite(python));
else console.warn("Not run: the tests of Python virtual environments, which need Python 3 on PATH.");
