import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Emulator, startEmulator } from "../emulator";
import { itSampled } from "../support/counts";
import { createProject, type Project } from "../support/engine";
import { plugins, preamble } from "../support/native";

// More than ten seconds' worth of Lambda's budget.
const names = Array.from({ length: 220 }, (_, index) => `fn-${String(index).padStart(3, "0")}`);

describe("LayerVersions if an update is interrupted", function () {
  this.timeout(240_000);

  let emulator: Emulator;
  let project: Project;

  beforeEach(async () => {
    emulator = await startEmulator();
    emulator.seed({
      layers: [{ name: "base", versions: 9 }],
      functions: names.map((name) => ({ name, layers: ["base:1"] })),
    });
    project = await createProject({
      files: {
        "index.js": `
const { LayerVersions } = require("pulumi-lambda-layers");
new LayerVersions("layers", { functions: { prefix: "fn-" }, onDelete: "restore" });
`,
        "layer_config.yaml": "layers: {base: {version: 5}}\n",
      },
      settings: { runtime: { name: "nodejs", options: { typescript: false } }, main: "index.js", plugins },
      config: { "aws:region": "us-east-1" },
      env: emulator.env,
    });
  });
  afterEach(async () => {
    await project?.dispose();
    await emulator?.close();
  });

  const at = (version: number) => names.filter((name) => emulator.layersOf(name)[0]?.endsWith(`:${version}`)).length;

  // biome-ignore lint/suspicious/noExplicitAny: a state has no type of its own
  async function recordedVersions(): Promise<any> {
    const { resources } = (await project.exportStack()).deployment;
    return resources.find(({ type }: { type: string }) => type.endsWith(":LayerVersions"))?.outputs;
  }

  /** Whether everything that was moved can still be restored. */
  async function goesOnAndRestores(): Promise<void> {
    await project.up();
    assert.equal(at(5), names.length);
    const { before } = await recordedVersions();
    assert.deepEqual(before, Object.fromEntries(names.map((name) => [name, { base: 1 }])));
  }

  it("reports its progress every ten seconds; at Ctrl-C finishes what was started, records it, and continues the next time", async () => {
    const run = project.start(["up", "--yes", "--skip-preview"]);
    await run.printed(/Functions updated: \d+\/220, [\d.]+\/s, \d+ s left/);
    run.kill("SIGINT");
    const { code, output } = await run.ended;
    assert.notEqual(code, 0);
    const done = at(5);
    assert.match(
      output,
      new RegExp(`The run was cancelled before ${names.length - done} of 220 functions were updated: fn-\\d+, .* more`),
    );
    const { functions, before } = await recordedVersions();
    assert.equal(Object.values(functions).filter((layers) => (layers as { base: number }).base === 5).length, done);
    assert.equal(Object.keys(before).length, names.length);
    emulator.resetCounts();
    await goesOnAndRestores();
    assert.equal(emulator.counts().UpdateFunctionConfiguration, names.length - done);
  });

  itSampled("stops in the same way as the plugin's", async () => {
    const args = `{ functions: { prefix: "fn-" }, onDelete: "restore", region: "us-east-1" }`;
    await project.write({ "index.js": `${preamble}new LayerVersions("layers", ${args});` });
    const run = project.start(["up", "--yes", "--skip-preview"]);
    while (emulator.writes().length < 40) await sleep(20);
    run.kill("SIGINT");
    const { code, output } = await run.ended;
    assert.notEqual(code, 0);
    const done = at(5);
    assert.ok(done >= 40 && done < names.length);
    assert.match(
      output,
      new RegExp(`The run was cancelled before ${names.length - done} of 220 functions were updated`),
    );
    const { versions } = await recordedVersions();
    assert.equal(Object.values(versions).filter((layers) => (layers as { base: number }).base === 5).length, done);
    emulator.resetCounts();
    await goesOnAndRestores();
    assert.equal(emulator.counts().UpdateFunctionConfiguration, names.length - done);
  });

  itSampled("keeps what functions had at first even if Ctrl-C is pressed twice", async () => {
    emulator.configure({ updateDelayMs: 3000 });
    const run = project.start(["up", "--yes", "--skip-preview"]);
    while (emulator.writes().length < 40) await sleep(20);
    run.kill("SIGINT");
    await run.printed(/\^C received; cancelling/);
    run.kill("SIGINT");
    await run.ended;
    assert.equal(await recordedVersions(), undefined, "the engine records nothing of it");
    const journals = join(project.env.PULUMI_HOME ?? "", "lambda-layers");
    assert.equal((await readdir(journals)).length, 1);
    emulator.configure({ updateDelayMs: 0 });
    await sleep(3000);
    assert.ok(at(5) >= 40);
    const { stdout } = await project.preview();
    assert.match(
      stdout,
      /An interrupted update had already started on these functions; their original versions are known: fn-000, /,
    );
    await goesOnAndRestores();
    assert.deepEqual(await readdir(journals), []);
  });
});
