import assert from "node:assert/strict";
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { Folder, plainEnvironment, readmeConfig, readmeState } from "../cli/harness";
import { checkout } from "../support/engine";
import { run } from "../support/processes";

const folder = join(checkout, "examples", "github-actions");

interface Action {
  inputs: Record<string, { default: string }>;
  outputs: Record<string, { value: string }>;
  runs: { steps: { id: string; env: Record<string, string>; run: string }[] };
}

describe("the composite GitHub Action", () => {
  const workflows = [".github/workflows/lambda-layers.yaml", ".github/workflows/layers-report.yaml"];
  for (const file of ["action.yml", ...workflows]) {
    it(`passes action-validator: ${file}`, async () => {
      const { code, output } = await run(process.execPath, [validator, join(folder, file)]);
      assert.equal(code, 0, output);
    });
  }

  it("is checked by a validator that can refuse", async () => {
    const wrong = await Folder.create({ "action.yml": "name: x\nruns: { using: composite, steps: [{ run: ls }] }\n" });
    try {
      const { code } = await run(process.execPath, [validator, join(wrong.path, "action.yml")]);
      assert.notEqual(code, 0);
    } finally {
      await wrong.dispose();
    }
  });

  it("uses all of its inputs, as variables and never in the script", async () => {
    const { inputs, runs } = await action();
    const [step] = runs.steps;
    const text = JSON.stringify(runs);
    for (const name of Object.keys(inputs)) assert.ok(text.includes(`\${{ inputs.${name} }}`), name);
    assert.ok(!step?.run.includes("${{"));
  });

  it("runs the project's own lambda-layers and passes on what it found", async () => {
    const { outputs, runs } = await action();
    const { code, stdout, output, written, summary } = await runAction({
      command: "status",
      arguments: "--state-file\nstate.json\n\n--function\nmy-function-1\n--backup-dir\n$(touch hacked)\n",
    });
    assert.equal(code, 0, output);
    assert.match(stdout, /my-function-1/);
    assert.deepEqual(written, { changes: "1", drift: "1", unknown: "0" });
    assert.match(
      summary,
      /^### ≠ Lambda layers of stack <code>dev<\/code>: 1 of 1 layer of a function is not as declared; AWS was not asked$/m,
    );
    for (const name of Object.keys(outputs)) {
      assert.equal(outputs[name]?.value, `\${{ steps.${runs.steps[0]?.id}.outputs.${name} }}`);
      assert.ok(name in written);
    }
  });

  it("exits with the command's status", async () => {
    const { code, written } = await runAction({
      command: "update",
      arguments: "--state-file\nstate.json\n--expect-no-changes",
    });
    assert.equal(code, 7);
    assert.deepEqual(written, { changes: "3", drift: "3", unknown: "0" });
  });
});

const validator = join(checkout, "node_modules/@action-validator/cli/cli.mjs");

async function action(): Promise<Action> {
  return parse(await readFile(join(folder, "action.yml"), "utf8"));
}

/** Does what GitHub does with a composite action: fills in the inputs and runs the script in bash. */
async function runAction(given: Record<string, string>) {
  const { inputs, runs } = await action();
  const [step] = runs.steps;
  assert.ok(step);
  const project = await Folder.create({
    "layer_config.yaml": readmeConfig,
    "state.json": readmeState,
    "package.json": { name: "infra", private: true },
    "output.txt": "",
    "summary.md": "",
    // What `npm ci` installs for the project's dependency.
    "node_modules/.bin/lambda-layers": `#!/bin/sh\nexec node ${JSON.stringify(join(checkout, "dist/cli/bin.js"))} "$@"\n`,
    "script.sh": step.run,
  });
  try {
    await chmod(join(project.path, "node_modules/.bin/lambda-layers"), 0o755);
    const fill = (text: string) =>
      text.replace(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_all, name: string) => given[name] ?? inputs[name]?.default ?? "");
    const env = Object.fromEntries(Object.entries(step.env).map(([name, text]) => [name, fill(text)]));
    const { PATH, ...others } = plainEnvironment(project.path);
    const ended = await run("bash", ["--noprofile", "--norc", "-eo", "pipefail", "script.sh"], {
      cwd: project.path,
      env: {
        ...{ ...others, ...env, PATH: `${PATH}:${process.env.PATH}` },
        GITHUB_OUTPUT: join(project.path, "output.txt"),
        GITHUB_STEP_SUMMARY: join(project.path, "summary.md"),
      },
    });
    const lines = (await project.read("output.txt")).trim().split("\n");
    assert.ok(!(await project.files()).includes("hacked"));
    return {
      ...ended,
      written: Object.fromEntries(lines.map((line) => line.split("="))),
      summary: await project.read("summary.md"),
    };
  } finally {
    await project.dispose();
  }
}
