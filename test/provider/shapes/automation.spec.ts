import assert from "node:assert/strict";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { startEmulator } from "../../emulator";
import { awsPluginFolder, createAwsStack } from "../../support/aws-stack";
import { soak } from "../../support/counts";
import { checkout } from "../../support/engine";
import { run } from "../../support/processes";
import { elsewhere, prologue } from "./run";

/** Runs an inline program through its life, in a folder that has the package. */
const script = `${prologue}
const { LocalWorkspace } = require("@pulumi/pulumi/automation");
const program = async () => {
  const layers = new LayerVersions("layers", { configFile: __dirname + "/layer_config.yaml", functions: { names: ["ext-a"] } });
  if (!process.env.UNTOLD) fn("api", { layers: [L("base", 1)] });
  return { live: layers.functions };
};
(async () => {
  const projectSettings = { name: "inline", runtime: "nodejs", plugins: { providers: [{ name: "aws", path: process.env.AWS_PLUGIN }] } };
  const stack = await LocalWorkspace.createOrSelectStack({ stackName: "dev", projectName: "inline", program },
    process.env.UNTOLD ? {} : { workDir: __dirname + "/inline", projectSettings });
  await stack.setConfig("aws:region", { value: "us-east-1" });
  for (const name of ["skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation", "skipRequestingAccountId"])
    await stack.setConfig("aws:" + name, { value: "true" });
  await stack.preview();
  const { outputs } = await stack.up();
  await stack.preview({ expectNoChanges: true });
  await stack.refresh();
  console.log("LIVE " + JSON.stringify(outputs.live.value));
  await stack.destroy();
})().catch((error) => { console.error(error.message); process.exitCode = 1; });
`;

// It starts the engine ten times, and differs from other programs only in how it is started.
if (soak) {
  describe("an inline program of the Automation API", function () {
    this.timeout(600_000);

    it("pins and reconciles as others do", async () => {
      const emulator = await startEmulator();
      for (const seed of elsewhere) emulator.seed(seed);
      const files = {
        "run.js": script,
        "layer_config.yaml": "layers: { base: { version: 5 } }\n",
        "inline/package.json": { private: true },
      };
      const stack = await createAwsStack({ env: emulator.env, files });
      try {
        const env = { ...stack.env, AWS_PLUGIN: awsPluginFolder(), PWD: stack.dir };
        const { code, output } = await run(process.execPath, ["run.js"], { cwd: stack.dir, env });
        assert.equal(code, 0, output);
        assert.match(output, /LIVE \{"ext-a":\{"base":5\}\}/);
        assert.deepEqual(
          emulator
            .functions()
            .map(({ name }) => name)
            .sort(),
          ["ext-a", "ext-b"],
        );
      } finally {
        await stack.dispose();
        await emulator.close();
      }
    });

    it("fails in one line if it cannot find the package", async () => {
      const emulator = await startEmulator();
      for (const seed of elsewhere) emulator.seed(seed);
      const files = { "run.js": script, "layer_config.yaml": "layers: { base: { version: 5 } }\n" };
      const stack = await createAwsStack({ env: emulator.env, files });
      // Only Pulumi's own packages are installed where the process is started.
      const cwd = join(stack.root, "elsewhere");
      try {
        await mkdir(join(cwd, "node_modules"), { recursive: true });
        await symlink(join(checkout, "node_modules/@pulumi"), join(cwd, "node_modules/@pulumi"), "junction");
        const env = { ...stack.env, UNTOLD: "true", PWD: cwd };
        const { code, output } = await run(process.execPath, [join(stack.dir, "run.js")], { cwd, env });
        assert.equal(code, 1, output);
        assert.ok(
          output.includes(`pulumi-lambda-layers is not installed where Pulumi loads it from: ${cwd}. Add it`),
          output,
        );
        assert.doesNotMatch(output, /Require stack/);
      } finally {
        await stack.dispose();
        await emulator.close();
      }
    });
  });
}
