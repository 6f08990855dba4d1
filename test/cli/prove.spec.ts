import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import type { Project } from "../support/engine";
import { layer } from "../support/states";
import { type CliOptions, cli, startCli } from "./harness";

const program = `${preamble}
const mode = process.env.MODE ?? "";
if (mode === "pins") require("pulumi-lambda-layers").pinLayers({ configFile: "layer_config.yaml" });
if (mode === "refers") new pulumi.StackReference("organization/other/dev");
if (mode === "hangs") { require("node:fs").writeFileSync(process.env.STARTED, ""); setInterval(() => {}, 1000); }
const token = new pulumi.Config().requireSecret("token");
fn("api", {
  layers: ["${layer("base", 1)}", "${layer("other", 3)}"],
  environment: { variables: { TOKEN: token, PROJECT: pulumi.getProject() + "/" + pulumi.getStack() } },
});
fn("worker", { layers: ["${layer("base", 2)}"] });
`;

/** The files below folders, with their content. */
async function contents(...folders: string[]): Promise<Record<string, string>> {
  const lists = folders.map((folder) => readdir(folder, { recursive: true, withFileTypes: true }));
  const files = (await Promise.all(lists)).flat().filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).filter((path) => !path.endsWith(".log"));
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await readFile(path, "latin1")] as const)),
  );
}

describe("lambda-layers update --prove", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let stack: Project;
  let temporary: string;
  let original: Record<string, string>;

  /** Everything that a proof must not touch. */
  const around = () => contents(stack.dir, join(stack.root, "state"), join(stack.root, "home/.pulumi"));

  before(async () => {
    emulator = await startEmulator();
    emulator.seed({ layers: ["base", "other"].map((name) => ({ name, versions: 5 })) });
    stack = await createAwsStack({
      env: emulator.env,
      program,
      files: { "layer_config.yaml": "layers: {base: {version: 5}}\n", "passphrase.txt": "test passphrase" },
      // By themselves, these would refresh the state and use another backend.
      settings: { options: { refresh: "always" }, backend: { url: "file:///nowhere" } },
    });
    temporary = join(stack.root, "temporary");
    await mkdir(temporary);
    await stack.succeeds(["config", "set", "--secret", "token", "hunter2"]);
    await stack.up();
    original = await around();
    emulator.resetCounts();
  });
  after(async () => {
    await stack?.dispose();
    await emulator?.close();
  });

  const options = (mode: string, env: Record<string, string> = {}): CliOptions => ({
    cwd: stack.dir,
    env: { ...stack.env, TMPDIR: temporary, MODE: mode, ...env },
  });
  // Node.js has a folder there too.
  const leftovers = async () => (await readdir(temporary)).filter((name) => name.startsWith("lambda-layers"));
  const assertUntouched = async () => {
    assert.deepEqual(await leftovers(), []);
    assert.deepEqual(Object.keys(await around()), Object.keys(original));
    assert.deepEqual(await around(), original);
  };

  it("lists what is undone by a program that writes versions itself, and imports nothing", async () => {
    const { code, stdout, stderr } = await cli(["--prove", "--json"], options(""));
    assert.equal(code, 1, stderr);
    assert.equal(
      stderr,
      `ERROR - A preview on a copy of the stack shows that the program undoes 2 layers of functions:
  Function api: Layer base version 5 -> 1
  Function worker: Layer base version 5 -> 2
Nothing was changed.
Declare these versions in the program, or let it take them from the config with pinLayers() or LayerVersions, called before its functions are created. Then run again.
Or run without --prove, and check before the next \`pulumi up\`: pulumi preview --stack dev
`,
    );
    const { changes, backup, dryRun, totals, proof } = JSON.parse(stdout);
    assert.deepEqual([changes.length, backup, dryRun, totals.drift], [2, null, false, 2]);
    assert.deepEqual([proof.verdict, proof.unknown, proof.undone.length], ["undone", [], 2]);
    assert.deepEqual(proof.undone[0], {
      function: "api",
      region: "us-east-1",
      urn: "urn:pulumi:dev::test::aws:lambda/function:Function::api",
      layer: "base",
      arn: layer("base", 1).slice(0, -2),
      from: 5,
      to: 1,
      target: layer("base", 1),
    });
    await assertUntouched();
  });

  it("proves nothing about a program that needs another stack, including in a dry run and for several stacks", async () => {
    const args = ["--prove", "--dry-run", "--stack", "dev,none", "--json"];
    const { code, stdout, stderr } = await cli(args, options("refers"));
    assert.equal(code, 1, stderr);
    assert.match(
      stderr,
      /^ERROR - Not proved: the program could not be previewed on a copy of the stack: organization\/other\/dev: Preview failed: unknown stack "organization\/other\/dev"\. Nothing was changed\.\nCheck whether/m,
    );
    const [dev, none] = JSON.parse(stdout);
    assert.deepEqual([dev.proof.verdict, dev.proof.undone, none.error.code], ["not-proved", [], "stack-missing"]);
    assert.match(dev.proof.reason, /unknown stack/);
    await assertUntouched();
  });

  it("leaves nothing behind at Ctrl-C", async () => {
    const started = join(stack.root, "started");
    const running = startCli(["--prove"], { ...options("hangs", { STARTED: started }), group: true });
    while (!existsSync(started)) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal((await leftovers()).length, 1);
    running.kill("SIGINT");
    const { code, stderr } = await running.ended;
    assert.equal(code, 130);
    assert.match(stderr, /^WARNING - Interrupted\. Nothing was changed\.$/m);
    await assertUntouched();
  });

  it("imports if the program keeps the versions and its configuration has secrets", async () => {
    const { PULUMI_CONFIG_PASSPHRASE: _, ...env } = options("pins").env as Record<string, string>;
    const relative = { PULUMI_CONFIG_PASSPHRASE_FILE: "passphrase.txt" };
    const { code, stdout, stderr } = await cli(["--prove"], { cwd: stack.dir, env: { ...env, ...relative } });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^INFO - Proved by a preview on a copy of the stack: the program keeps these versions$/m);
    assert.match(stdout, /^INFO - Pulumi state updated successfully$/m);
    // It no longer warns that the program may undo it.
    assert.equal(stderr.split("\n").length, 2, stderr);
    assert.deepEqual(await leftovers(), []);
    const again = await cli(["--prove"], options("pins"));
    assert.match(again.stdout, /^INFO - There is nothing to prove: no recorded version changes$/m);
    assert.deepEqual(emulator.counts(), { GetLayerVersion: 1 });
  });

  it("is refused with options that import nothing into a stack", async () => {
    const refused: Record<string, string[]> = {
      "--state-file": ["--prove", "--state-file", "state.json"],
      "--expect-no-changes": ["--prove", "--expect-no-changes"],
      "--resume": ["--prove", "--sync-aws", "--resume"],
    };
    for (const [flag, args] of Object.entries(refused)) {
      const { code, stderr } = await cli(args, options(""));
      assert.equal(code, 2);
      assert.match(stderr, new RegExp(`^ERROR - .*${flag}.* cannot be combined`), flag);
    }
  });
});
