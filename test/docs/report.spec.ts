import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import { itSampled } from "../support/counts";
import { checkout, type Project } from "../support/engine";
import { layer } from "../support/states";
import { runStep, sessionsOf } from "./sessions";

const program = `${preamble}
for (const name of ["api", "worker"]) fn(name, { layers: ["${layer("receipt-dynamo-dev", 5)}"] });
`;

describe("docs/report.md", () => {
  let document: string;
  before(async () => {
    document = await readFile(join(checkout, "docs/report.md"), "utf8");
  });

  it("has small pictures, which exist", async () => {
    const pictures = [...document.matchAll(/^!\[.+\]\((pictures\/.+\.png)\)$/gm)].map(([, path = ""]) => path);
    assert.ok(pictures.length > 0);
    for (const path of pictures) {
      const { size } = await stat(join(checkout, "docs", path));
      assert.ok(size > 1000 && size < 200_000, `${path} has ${size} bytes`);
    }
  });

  it("lists the inputs of the GitHub Action with their defaults", async () => {
    const { inputs } = parse(await readFile(join(checkout, "examples/github-actions/action.yml"), "utf8"));
    const listed = [...document.matchAll(/^\| `([\w-]+)` \| (?:`(.+?)`)? ?\| (?!`?GITHUB)/gm)]
      .map(([, name, value = ""]) => [name, value])
      .filter(([name = ""]) => name in inputs);
    const expected = Object.entries<{ default: string }>(inputs).map(([name, input]) => [name, input.default]);
    assert.deepEqual(listed, expected);
  });

  describe("on a stack", function () {
    this.timeout(120_000);
    let emulator: Emulator;
    let project: Project;
    before(async () => {
      emulator = await startEmulator();
      emulator.seed({ layers: [{ name: "receipt-dynamo-dev", versions: 6 }] });
      const files = { "layer_config.yaml": "layers:\n  receipt-dynamo: { version: 5 }\n" };
      project = await createAwsStack({ env: emulator.env, program, files });
      await project.up();
      emulator.edit("worker", { Layers: ["receipt-dynamo-dev:3"] });
    });
    after(async () => {
      await project?.dispose();
      await emulator?.close();
    });

    itSampled("shows what its commands print", async () => {
      const steps = (await sessionsOf("report.md")).flatMap((session) => session.steps);
      assert.ok(steps.length > 0);
      for (const step of steps) {
        const { code, output } = await runStep(step, project);
        assert.equal(code, 0, output);
        assert.equal(output.trim(), step.output.trim());
      }
    });
  });
});
