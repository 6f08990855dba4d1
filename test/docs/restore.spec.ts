// The program under "Restore" of docs/resource.md, run as shown.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulator";
import { itSampled } from "../support/counts";
import { checkout, createProject, type Project } from "../support/engine";
import { blocksOf, sectionOf } from "./markdown";
import { sessionsOf } from "./sessions";

describe("docs/resource.md, on restoring", function () {
  this.timeout(240_000);

  let emulator: Emulator;
  const projects: Project[] = [];

  before(async () => {
    emulator = await startEmulator();
    emulator.seed({ layers: [{ name: "receipt-dynamo-dev", versions: 8 }] });
  });
  after(async () => {
    await Promise.all(projects.map((project) => project.dispose()));
    await emulator?.close();
  });

  /** The first program under a heading. */
  async function programOf(heading: string): Promise<string> {
    const text = await readFile(join(checkout, "docs/resource.md"), "utf8");
    return blocksOf(sectionOf(text, heading), "ts")[0] ?? assert.fail(`no program under ${heading}`);
  }

  itSampled("restores as shown", async () => {
    const names = ["billing-export", "billing-import"];
    emulator.seed({ functions: names.map((name) => ({ name, layers: ["receipt-dynamo-dev:2"] })) });
    const project = await createProject({
      files: {
        "index.ts": await programOf("Restore"),
        "layer_config.yaml": "layers: {receipt-dynamo: {version: 6}}\n",
      },
      settings: { main: "index.ts" },
      config: { "aws:region": "us-east-1" },
      env: emulator.env,
    });
    projects.push(project);
    await project.up();
    emulator.edit("billing-import", { Layers: ["receipt-dynamo-dev:4"] });
    const { output } = await project.destroy();
    const shown =
      (await sessionsOf("resource.md")).find(({ heading }) => heading === "Restore")?.steps[0]?.output ?? "";
    assert.equal(shown.trim().split("\n").length, 2);
    for (const line of shown.trim().split("\n")) assert.ok(output.includes(line.trim()), `${line}\n${output}`);
    const versions = names.map((name) => emulator.layersOf(name)[0]?.split(":").at(-1));
    assert.deepEqual(versions, ["2", "4"]);
  });
});
