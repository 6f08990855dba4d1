import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { version } from "../../package.json";
import { layerVersionsOutputs, resourceToken } from "../../provider/native/interface";
import { layerVersionsInputs } from "../../provider/resource/inputs";
import { problemsOf } from "../../provider/resource/problems";
import { parseConfig } from "../../sdk/core/config/parse";
import { type Emulator, startEmulator } from "../emulator";
import { checkout, createProject, type Project } from "../support/engine";
import { pluginFolder, plugins, pythonRunner } from "../support/native";
import { pulumiPython } from "../support/python";
import { firstBuild, type YamlRunner, yamlRunner } from "../support/yaml";

const read = (path: string) => readFile(join(checkout, "examples", path), "utf8");

describe("examples/yaml", () => {
  it("declares what the plugin has, and a valid config", async () => {
    const { resources, outputs } = parse(await read("yaml/Pulumi.yaml"));
    assert.equal(resources.layers.type.replace(":", ":index:"), resourceToken);
    assert.deepEqual(problemsOf(resources.layers.properties, layerVersionsInputs), []);
    assert.ok(Object.hasOwn(layerVersionsOutputs, outputs.versions.slice("${layers.".length, -1)));
    assert.ok(parseConfig(await read("yaml/layer_config.yaml"), "layer_config.yaml").ok);
  });

  const runnerFor = yamlRunner;
  if (!runnerFor) return console.log("No language host for YAML, and no Go to build it with: examples/yaml is not run");

  describe("on the engine", function () {
    this.timeout(firstBuild);
    let emulator: Emulator;
    let project: Project;
    let run: YamlRunner;

    before(async () => {
      emulator = await startEmulator();
      emulator.seed({
        layers: [{ name: "receipt-dynamo-dev", versions: 7 }],
        functions: [{ name: "billing-export", layers: ["receipt-dynamo-dev:1"] }],
      });
      const files = {
        // With the line that the example has as a comment.
        "Pulumi.yaml": `${await read("yaml/Pulumi.yaml")}packages: { lambda-layers: ${JSON.stringify(pluginFolder)} }\n`,
        "layer_config.yaml": await read("yaml/layer_config.yaml"),
      };
      project = await createProject({ name: "receipts-yaml", env: emulator.env, files });
      run = await runnerFor(project);
    });
    after(async () => {
      await project?.dispose();
      await emulator?.close();
    });

    it("previews what moves, moves it, and then has nothing to do", async () => {
      const { output } = await run(["preview", "--diff"]);
      assert.match(output, /Function billing-export: Layer receipt-dynamo-dev version 1 -> 6/);
      assert.match(output, /FunctionLayers::layers\/billing-export\]/);
      assert.deepEqual(emulator.writes(), []);
      const up = await run(["up", "--yes", "--skip-preview"]);
      assert.match(up.output, /versions *: \{\s+billing-export: \{\s+receipt-dynamo-dev: 6/);
      assert.match(String(emulator.layersOf("billing-export")), /:receipt-dynamo-dev:6$/);
      await run(["preview", "--expect-no-changes"]);
    });

    it("shows drift with its versions, and keeps the layers on destroy", async () => {
      emulator.edit("billing-export", { Layers: ["receipt-dynamo-dev:7"] });
      const { output } = await run(["preview", "--diff"]);
      assert.match(output, /receipt-dynamo-dev: 7 => 6/);
      emulator.resetCounts();
      await run(["destroy", "--yes", "--skip-preview"]);
      assert.deepEqual(emulator.writes(), []);
      assert.deepEqual(await project.exportStack().then(({ deployment }) => deployment.resources ?? []), []);
    });
  });
});

const interpreterOf = pulumiPython;
if (!interpreterOf) console.log("No Python 3.10 or newer: examples/python is not tried");
else
  describe("examples/python", function () {
    this.timeout(300_000);

    it("previews the functions it names", async () => {
      const emulator = await startEmulator();
      emulator.seed({
        layers: [{ name: "receipt-dynamo-dev", versions: 6 }],
        functions: [{ name: "billing-export", layers: ["receipt-dynamo-dev:1"] }],
      });
      const files = {
        "__main__.py": await read("python/__main__.py"),
        "layer_config.yaml": await read("python/layer_config.yaml"),
        "program.py": `import runpy\n\ndef program():\n    runpy.run_path("__main__.py")\n`,
      };
      const project = await createProject({ env: emulator.env, files, settings: { runtime: "python", plugins } });
      try {
        const run = await pythonRunner(await interpreterOf(), project);
        const { code, output } = await run("preview");
        assert.equal(code, 0, output);
        assert.match(output, /Function billing-export: Layer receipt-dynamo-dev version 1 -> 6/);
        assert.match(output, /receipt-dynamo: "arn:aws:lambda:us-east-1:123456789012:layer:receipt-dynamo-dev:6"/);
      } finally {
        await project.dispose();
        await emulator.close();
      }
    });

    it("has what the README shows", async () => {
      const readme = await readFile(join(checkout, "README.md"), "utf8");
      const [, shown = ""] = /^```python\n# __main__.py\n([\s\S]*?)^```$/m.exec(readme) ?? [];
      const program = (await read("python/__main__.py")).replace("shared = ", "");
      const statements = shown.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      assert.equal(statements.length, 3);
      for (const statement of statements) assert.ok(program.includes(`${statement}\n`), statement);
    });

    it("requires the package of this version", async () => {
      assert.match(await read("python/requirements.txt"), new RegExp(`^pulumi_lambda_layers==${version}$`, "m"));
    });
  });
