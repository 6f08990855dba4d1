// How Pulumi is run, with a Pulumi that reports how it was run.

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { PulumiProgram } from "../../sdk/pulumi/program";
import { PulumiStacks } from "../../sdk/pulumi/stack";
import { withEnv } from "../aws/harness";
import { fakeCommand, lines } from "../support/fakes";
import { removeFolder, temporaryFolder } from "../support/folders";

describe("a Pulumi command", () => {
  let root: string;
  let restore: () => void;
  beforeEach(async () => {
    root = await temporaryFolder();
    restore = withEnv({ PATH: [join(root, "bin"), process.env.PATH].join(delimiter), TOLD: join(root, "told") });
    await mkdir(join(root, "app"));
    await writeFile(join(root, "app/Pulumi.yaml"), "name: shop\nruntime: nodejs\noptions: { refresh: always }\n");
  });
  afterEach(async () => {
    restore();
    await removeFolder(root);
  });
  const pulumi = (script: string) => fakeCommand(join(root, "bin"), "pulumi", script);
  const cwd = () => join(root, "app");

  it("that Ctrl-C has ended before we notice was interrupted, and did not fail", async () => {
    await pulumi('process.kill(process.pid, "SIGINT"); setTimeout(() => {}, 10_000);');
    await assert.rejects(new PulumiStacks({ cwd: cwd() }).exportState("dev"), { code: "interrupted" });
  });

  it("that another signal has ended has failed", async () => {
    await pulumi('process.kill(process.pid, "SIGKILL"); setTimeout(() => {}, 10_000);');
    await assert.rejects(new PulumiStacks({ cwd: cwd() }).exportState("dev"), {
      code: "pulumi-failed",
      message: "Pulumi could not export the stack dev: it was killed",
    });
  });

  if (process.platform === "linux") {
    it("that imports has its own process group, which Ctrl-C does not reach; one that reads is in ours", async () => {
      await pulumi(`const fs = require("node:fs");
const [, , group] = fs.readFileSync("/proc/self/stat", "utf8").split(") ")[1].split(" ");
fs.writeFileSync(process.env.TOLD, String(Number(group) === process.pid));`);
      const stacks = new PulumiStacks({ cwd: cwd() });
      await stacks.importState("dev", join(root, "state.json"));
      assert.equal(await readFile(join(root, "told"), "utf8"), "true");
      await stacks.exportState("dev");
      assert.equal(await readFile(join(root, "told"), "utf8"), "false");
    });
  }

  it("that previews a copy of a stack asks AWS nothing, whatever the project says, and knows only the copy", async () => {
    await pulumi(`const { appendFileSync } = require("node:fs");
const [words, { PULUMI_BACKEND_URL: backend }] = [process.argv.slice(2), process.env];
appendFileSync(process.env.TOLD, JSON.stringify({ words, backend, cwd: process.cwd() }) + "\\n");
if (words.includes("preview")) console.log(JSON.stringify({ steps: [] }));`);
    const program = new PulumiProgram({ cwd: cwd() });
    assert.deepEqual(await program.previewOn({ stack: "dev", project: "shop" }, [Buffer.from("{}")]), []);
    const told = (await lines(join(root, "told"))).map((line) => JSON.parse(line));
    assert.equal(new Set(told.map(({ backend }) => backend)).size, 1);
    assert.match(told[0].backend, /^file:.*lambda-layers-/);
    assert.deepEqual(
      told.map(({ words }) => words.filter((word: string) => !word.includes("=") && !word.startsWith("--non"))),
      [
        ["stack", "init", "--no-select"],
        ["stack", "import"],
        ["preview", "--json"],
      ],
    );
    assert.ok(told[2].words.includes("--refresh=false"));
    // Only the program is the project's own.
    assert.deepEqual(
      told.map((one) => one.cwd === cwd()),
      [false, false, true],
    );
  });
});
