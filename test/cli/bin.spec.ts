import assert from "node:assert/strict";
import { access, constants, copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "acorn";
import { onPath } from "../../scripts/commands.mjs";
import { checkout } from "../../scripts/places.mjs";
import { removeFolder, temporaryFolder } from "../support/folders";
import { type Outcome, start } from "../support/processes";

describe("the entry of the command", () => {
  const compiled = join(checkout, "dist/cli/bin.js");
  let folder: string;
  let bin: string;

  // The compiled entry, what it loads with, the manifest, and a command line that only reports that it was started.
  before(async () => {
    folder = await temporaryFolder();
    bin = join(folder, "dist/cli/bin.js");
    await mkdir(join(folder, "dist/cli"), { recursive: true });
    await copyFile(compiled, bin);
    await copyFile(join(checkout, "dist/cli/compiled.js"), join(folder, "dist/cli/compiled.js"));
    const main = 'exports.start = (version) => console.log("started", version, ...process.argv.slice(2));';
    await writeFile(join(folder, "dist/cli/main.js"), main);
    await writeFile(join(folder, "package.json"), JSON.stringify({ version: "1.2.3", engines: { node: ">=22" } }));
  });
  after(() => removeFolder(folder));

  const run = (node: string, ...args: string[]): Promise<Outcome> => start(node, args, { cwd: folder }).ended;

  const pretending = async (version: string) => {
    const file = join(folder, `pretend-${version}.js`);
    await writeFile(file, `Object.defineProperty(process, "versions", { value: { node: "${version}" } });`);
    return run(process.execPath, "--require", file, bin, "--version");
  };

  const refusal = (version: string) => `lambda-layers needs Node.js 22 or newer; this is ${version}.\n`;

  it("is run by Node.js, and executable", async () => {
    assert.match(await readFile(compiled, "utf8"), /^#!\/usr\/bin\/env node\n/);
    await access(compiled, constants.X_OK);
  });

  for (const version of ["0.12.18", "8.17.0", "18.20.4", "21.7.3"]) {
    it(`says in one line that Node.js ${version} is too old`, async () => {
      const { code, stdout, stderr } = await pretending(version);
      assert.deepEqual({ code, stdout, stderr }, { code: 2, stdout: "", stderr: refusal(version) });
    });
  }

  for (const version of ["22.0.0", "24.1.0", "100.0.0"]) {
    it(`hands over to the command line on Node.js ${version}`, async () => {
      const { code, stdout, stderr } = await pretending(version);
      assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "started 1.2.3 --version\n", stderr: "" });
    });
  }

  it("does either on every Node.js of this machine", async () => {
    const nodes = [process.execPath, ...onPath("node", process.env)];
    for (const node of new Set(nodes)) {
      const { stdout } = await run(node, "--version");
      const version = stdout.trim().slice(1);
      const tooOld = Number.parseInt(version, 10) < 22;
      const { code, stderr } = await run(node, bin);
      assert.deepEqual({ code, stderr }, tooOld ? { code: 2, stderr: refusal(version) } : { code: 0, stderr: "" });
    }
  });

  it("keeps compiled code in the user's cache folder if there is one, and nowhere else", async () => {
    const files = async (env: NodeJS.ProcessEnv) => {
      const temporary = join(folder, "tmp");
      await mkdir(temporary, { recursive: true });
      const { code, stderr } = await start(process.execPath, [compiled, "--version"], {
        cwd: temporary,
        env: { ...env, TMPDIR: temporary },
      }).ended;
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      return (await readdir(folder))
        .filter((name) => !before.includes(name) && name !== "tmp")
        .concat(await readdir(temporary));
    };
    const before = await readdir(folder);
    assert.deepEqual(await files({}), []);
    assert.deepEqual(await files({ XDG_CACHE_HOME: "relative" }), []);
    assert.deepEqual(await files({ HOME: "/dev/null" }), []);
    assert.deepEqual(await files({ HOME: join(folder, "home"), NODE_COMPILE_CACHE: "" }), []);
    assert.deepEqual(await files({ HOME: join(folder, "home") }), ["home"]);
    assert.deepEqual(await readdir(join(folder, "home/.cache/pulumi-lambda-layers")), ["code"]);
    assert.deepEqual(await files({ HOME: join(folder, "home"), XDG_CACHE_HOME: join(folder, "xdg") }), ["home", "xdg"]);
  });

  it("is written in syntax that ten-year-old Node.js can read", async () => {
    const text = await readFile(compiled, "utf8");
    assert.doesNotThrow(() => parse(text, { ecmaVersion: 2015, allowHashBang: true }));
  });

  it("reads the version from a manifest in the form it understands", async () => {
    const { engines } = JSON.parse(await readFile(join(checkout, "package.json"), "utf8"));
    assert.match(engines.node, /^>=\d+$/);
  });
});
