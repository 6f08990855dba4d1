import assert from "node:assert/strict";
import { chmod, cp, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkout } from "../../scripts/places.mjs";
import { removeFolder, temporaryFolder } from "../support/folders";
import { start } from "../support/processes";
import { awsFunction, layer, stateOf } from "../support/states";

describe("compiled code of the command", () => {
  let folder: string;
  let bin: string;
  let code: string;

  before(async () => {
    folder = await temporaryFolder();
    await cp(join(checkout, "dist/cli"), join(folder, "dist/cli"), { recursive: true });
    await cp(join(checkout, "package.json"), join(folder, "package.json"));
    bin = join(folder, "dist/cli/bin.js");
    code = join(folder, "home/.cache/pulumi-lambda-layers/code");
    const state = stateOf([awsFunction("f", [layer("dynamo-dev", 1)])]);
    await writeFile(join(folder, "state.json"), JSON.stringify(state));
    await writeFile(join(folder, "layer_config.yaml"), "layers: {dynamo: {version: 2}}\n");
  });
  beforeEach(() => rm(join(folder, "home"), { recursive: true, force: true }));
  after(() => removeFolder(folder));

  const run = async (words: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const { code, stdout } = await start(process.execPath, [bin, ...words], {
      cwd: folder,
      env: { HOME: join(folder, "home"), ...env },
    }).ended;
    return { code, stdout };
  };
  /** Files of the command's own code, without those of Node.js. */
  const kept = async () =>
    (await readdir(code, { withFileTypes: true }).catch(() => []))
      .filter((one) => one.isFile())
      .map(({ name }) => name);
  const file = async () => join(code, (await kept())[0] ?? "missing");
  /** Not the inode, which a second new file can get again. */
  const written = async () => (await stat(await file())).ctimeMs;

  const dryRun = ["--state-file", "state.json", "--dry-run"];
  const change = "  - Function f: Layer dynamo-dev version 1 -> 2";

  it("is kept by the first run, and used as it is by the next ones", async () => {
    const first = await run(dryRun);
    assert.match(first.stdout, new RegExp(change));
    const before = await written();
    assert.deepEqual(await run(dryRun), first);
    assert.deepEqual(await run(dryRun), first);
    assert.equal(await written(), before);
    assert.equal((await stat(await file())).mode & 0o777, 0o600);
  });

  it("is kept for each command, and for no other word", async () => {
    for (const words of [["--version"], ["update", ...dryRun], ["nonsense"], ["../../x"], ["status", "--help"]])
      await run(words);
    const names = (await kept()).map((name) => name.split("-")[0]);
    assert.deepEqual(names.sort(), ["status", "update", "version"]);
  });

  it("is kept for both of two commands that share their first word", async () => {
    const [list, prune] = [
      ["backups", "list"],
      ["backups", "prune", "--dry-run"],
    ];
    await run(list);
    await run(prune);
    const before = await written();
    await run(list);
    await run(prune);
    assert.equal(await written(), before);
  });

  it("leaves no unfinished file if it cannot be kept", async () => {
    const first = await run(dryRun);
    const name = await file();
    await rm(name);
    await mkdir(name);
    assert.deepEqual(await run(dryRun), first);
    assert.deepEqual(await kept(), []);
  });

  it("is not kept if Node.js is told to keep none", async () => {
    await run(dryRun, { NODE_DISABLE_COMPILE_CACHE: "1" });
    await run(dryRun, { NODE_COMPILE_CACHE: "" });
    assert.deepEqual(await kept(), []);
  });

  const damages: [name: string, damage: (file: string) => Promise<unknown>][] = [
    ["is empty", (file) => truncate(file, 0)],
    ["is cut off", async (file) => truncate(file, (await stat(file)).size - 1)],
    ["has no table", (file) => writeFile(file, "x".repeat(1000))],
    ["has a changed bit in its table", (file) => changeByte(file, 100)],
    ["has a changed bit in its code", async (file) => changeByte(file, Math.floor((await stat(file)).size / 4))],
  ];
  for (const [name, damage] of damages) {
    it(`is not used, but kept anew, if its file ${name}`, async () => {
      const first = await run(dryRun);
      const path = await file();
      await damage(path);
      const damaged = await readFile(path);
      assert.deepEqual(await run(dryRun), first);
      assert.ok(!damaged.equals(await readFile(path)));
    });
  }

  it("is not used for a file that has changed, even if its length has not", async () => {
    await run(dryRun);
    const chunks = join(folder, "dist/cli/chunks");
    for (const name of await readdir(chunks)) {
      const text = await readFile(join(chunks, name), "latin1");
      if (text.includes("Layer ")) await writeFile(join(chunks, name), text.replaceAll("Layer ", "Level "), "latin1");
    }
    assert.match((await run(dryRun)).stdout, /Level dynamo-dev version 1 -> 2/);
    await cp(join(checkout, "dist/cli"), join(folder, "dist/cli"), { recursive: true, force: true });
  });

  it("is not needed: a folder that cannot be written makes no difference", async () => {
    const first = await run(dryRun);
    await rm(join(folder, "home"), { recursive: true });
    await writeFile(join(folder, "home"), "a file");
    assert.deepEqual(await run(dryRun), first);
    await rm(join(folder, "home"));
    await mkdir(join(folder, "home"));
    await chmod(join(folder, "home"), 0o500);
    assert.deepEqual(await run(dryRun), first);
    await chmod(join(folder, "home"), 0o700);
  });
});

async function changeByte(file: string, at: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(file, bytes);
}
