import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { commands, defaultCommand } from "../../sdk/cli/commands";
import { allCompletions } from "../../sdk/cli/completion/model";
import { exitStatus } from "../../sdk/core/errors";
import { readmeConfig } from "../cli/harness";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import { checkout, type Project } from "../support/engine";
import { layer } from "../support/states";
import { blocksOf } from "./markdown";
import { comparable, runStep, sessionsOf } from "./sessions";

const program = `${preamble}
fn("my-function-1", { layers: ["${layer("receipt-dynamo-dev", 1)}"] });
fn("my-function-2", { layers: ["${layer("receipt-dynamo-dev", 2)}"] });
fn("my-function-3", { layers: ["${layer("receipt-label-dev", 1)}"] });
`;

describe("docs/cli.md", () => {
  let document: string;
  before(async () => {
    document = await readFile(join(checkout, "docs/cli.md"), "utf8");
  });

  it("names every exit code, and it or another document every command and option", async () => {
    const names = (await readdir(join(checkout, "docs"))).filter((name) => name.endsWith(".md"));
    const all = await Promise.all(names.map((name) => readFile(join(checkout, "docs", name), "utf8")));
    const documents = all.join("\n");
    for (const { name } of commands) assert.match(documents, new RegExp(`lambda-layers \\[?${name}`), name);
    for (const { options } of allCompletions({ commands, defaultCommand })) {
      for (const { flags } of options) {
        const long = flags.at(-1) ?? "";
        if (long !== "--help" && long !== "--version") assert.match(documents, new RegExp(`\`${long}[ \`]`), long);
      }
    }
    for (const status of new Set(Object.values(exitStatus)))
      assert.match(document, new RegExp(`^\\| ${status} \\| `, "m"));
  });

  it("has JSON that is valid", () => {
    const blocks = blocksOf(document, "json");
    assert.ok(blocks.length > 0);
    for (const text of blocks) JSON.parse(text);
  });

  describe("shows commands", () => {
    let emulator: Emulator;
    let stack: Project;
    before(async function () {
      this.timeout(60_000);
      emulator = await startEmulator();
      emulator.seed({
        layers: [
          { name: "receipt-dynamo-dev", versions: 5 },
          { name: "receipt-label-dev", versions: 3 },
        ],
      });
      stack = await createAwsStack({ env: emulator.env, program, files: { "layer_config.yaml": readmeConfig } });
      await stack.up();
    });
    after(async () => {
      await stack.dispose();
      await emulator.close();
    });

    it("that print the output it shows", async () => {
      for (const { steps } of await sessionsOf("cli.md")) {
        for (const step of steps) {
          const { stdout, code } = await runStep(step, stack);
          assert.equal(comparable(stdout), comparable(step.output), step.command);
          assert.equal(code, 0, step.command);
        }
      }
    }).timeout(120_000);

    it("that inspect, repair and undo, also in the README", async () => {
      const readme = await readFile(join(checkout, "README.md"), "utf8");
      const [, block = ""] = /^```bash\n(lambda-layers [\s\S]*?)^```$/m.exec(readme) ?? [];
      const lines = block.trim().split("\n");
      assert.equal(lines.length, 3);
      await stack.up();
      const versions = () =>
        [1, 2, 3].map((number) => emulator.layersOf(`my-function-${number}`)[0]?.split(":").at(-1)).join(" ");
      const found: string[] = [];
      for (const line of lines) {
        const [command = ""] = line.split("#");
        // There is no terminal here to ask.
        const step = { command: `${command.trim()}${command.includes("rollback") ? " --yes" : ""}`, output: "" };
        const { code, stdout } = await runStep(step, stack);
        assert.equal(code, 0, stdout);
        found.push(versions());
      }
      assert.deepEqual(found, ["1 2 1", "5 5 3", "1 2 1"]);
    }).timeout(120_000);

    it("whose JSON has the structure that it shows", async () => {
      await stack.up();
      const command = "lambda-layers --stack dev --exclude my-function-3 --json 2>/dev/null";
      const { stdout } = await runStep({ command, output: "" }, stack);
      const [shown = ""] = blocksOf(document, "json");
      assert.deepEqual(shapeOf(JSON.parse(stdout)), shapeOf(JSON.parse(shown)));
    }).timeout(60_000);
  });
});

/** The keys of a document and of everything in it; a list counts as its first element. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
}
