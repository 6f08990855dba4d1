import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { runStep } from "../docs/sessions";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import { itSampled } from "../support/counts";
import { checkout, type Project } from "../support/engine";
import { run } from "../support/processes";
import { layer } from "../support/states";

interface Step {
  name?: string;
  if?: string;
  run?: string;
}

/** Gives the project a repository in which pull request 7 asks to declare version 5. */
async function requestVersion5({ root, dir, env }: Project): Promise<void> {
  const request = join(root, "origin");
  const git = async (cwd: string, ...args: string[]) => {
    const { code, output } = await run("git", args, { cwd, env });
    assert.equal(code, 0, output);
  };
  await mkdir(request);
  await writeFile(join(request, "layer_config.yaml"), "layers: {receipt-dynamo: {version: 5}}\n");
  await git(request, "init", "--quiet");
  await git(request, "add", ".");
  await git(request, "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "--message=5");
  await git(request, "update-ref", "refs/pull/7/head", "HEAD");
  await git(dir, "init", "--quiet");
  await git(dir, "remote", "add", "origin", request);
}

describe("examples/github-actions", function () {
  this.timeout(90_000);
  const file = join(checkout, "examples/github-actions/.github/workflows/lambda-layers.yaml");
  let steps: Step[];
  let emulator: Emulator;
  let stack: Project;
  let summary: string;

  before(async () => {
    steps = parse(await readFile(file, "utf8")).jobs["lambda-layers"].steps;
    emulator = await startEmulator();
    emulator.seed({ layers: [{ name: "receipt-dynamo-dev", versions: 5 }] });
    stack = await createAwsStack({
      env: { ...emulator.env, STACK: "dev", CI: "true", GITHUB_ACTIONS: "true", NUMBER: "7" },
      program: `${preamble}\nfn("api", { layers: ["${layer("receipt-dynamo-dev", 1)}"] });`,
      files: { "layer_config.yaml": "layers: {receipt-dynamo: {version: 1}}\n" },
    });
    await requestVersion5(stack);
    await stack.up();
    summary = join(stack.root, "summary.md");
  });
  after(async () => {
    await stack.dispose();
    await emulator.close();
  });

  /** Runs the steps of an event as GitHub does; returns their exit codes and the job's summary. */
  const onEvent = async (event: string) => {
    await writeFile(summary, "");
    const codes: (number | null)[] = [];
    for (const { run, if: condition = "" } of steps) {
      if (!run || !condition.includes(`'${event}'`)) continue;
      const env = { ...stack.env, GITHUB_STEP_SUMMARY: summary };
      const command = run.replaceAll("npx lambda-layers", "lambda-layers");
      codes.push((await runStep({ command, output: "" }, { root: stack.root, dir: stack.dir, env })).code);
    }
    return { codes, summary: await readFile(summary, "utf8") };
  };
  const versions = async () => [...new Set((await stack.stateText()).match(/receipt-dynamo-dev:\d/g))];

  itSampled("previews a pull request, and changes nothing", async () => {
    const { codes, summary } = await onEvent("pull_request");
    assert.deepEqual(codes, [0, 0, 0]);
    assert.match(summary, /api/);
    assert.deepEqual(await versions(), ["receipt-dynamo-dev:1"]);
    assert.deepEqual(emulator.layersOf("api"), [layer("receipt-dynamo-dev", 1)]);
  });

  it("finds drift on schedule", async () => {
    // As the pull request left it, whether or not it was previewed.
    await stack.write({ "layer_config.yaml": "layers: {receipt-dynamo: {version: 5}}\n" });
    const { codes, summary } = await onEvent("schedule");
    assert.deepEqual(codes, [7]);
    assert.match(summary, /api/);
  });

  it("updates state and functions on main", async () => {
    const { codes, summary } = await onEvent("push");
    assert.deepEqual(codes, [0]);
    assert.match(summary, /api/);
    assert.deepEqual(await versions(), ["receipt-dynamo-dev:5"]);
    assert.deepEqual(emulator.layersOf("api"), [layer("receipt-dynamo-dev", 5)]);
    assert.deepEqual((await onEvent("schedule")).codes, [0]);
  });
});
