import assert from "node:assert/strict";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { blocksOf } from "../docs/markdown";
import { startEmulator } from "../emulator";
import { awsPluginFolder } from "../support/aws-stack";
import { soak } from "../support/counts";
import { checkout, cleanEnvironment, linkModules, Project } from "../support/engine";
import { removeFolder, temporaryFolder } from "../support/folders";
import { run } from "../support/processes";

/** The first code block in a language in the README. */
function block(readme: string, language: string): string {
  return blocksOf(readme, language)[0] ?? assert.fail(`the README has no ${language}`);
}

describe("the packed package", function () {
  this.timeout(300_000);

  it("runs the README's quick start in an empty project", async () => {
    const root = await temporaryFolder();
    const emulator = await startEmulator();
    try {
      const npm = async (args: string[], cwd: string) => {
        const { code, stdout, output } = await run("npm", args, { cwd, env: process.env });
        assert.equal(code, 0, output);
        return stdout;
      };
      const packed = await npm(["pack", "--json", "--ignore-scripts", "--pack-destination", root], checkout);
      const tarball = join(root, JSON.parse(packed)[0].filename);
      const { "@pulumi/aws": aws } = JSON.parse(await readFile(join(checkout, "package.json"), "utf8")).devDependencies;

      const dir = join(root, "project");
      await Promise.all(["project", "state", "home"].map((folder) => mkdir(join(root, folder))));
      const project = new Project(root, dir, "dev", { ...(await cleanEnvironment(root)), ...emulator.env });
      const readme = await readFile(join(checkout, "README.md"), "utf8");
      await project.write({
        "package.json": { name: "quick-start", private: true },
        "Pulumi.yaml": {
          name: "receipts",
          runtime: "nodejs",
          plugins: { providers: [{ name: "aws", path: awsPluginFolder() }] },
        },
        "Pulumi.dev.yaml": { config: { "aws:region": "us-east-1" } },
        "index.ts": block(readme, "ts"),
        "layer_config.yaml": block(readme, "yaml"),
        "function/index.py": "def handler(event, context): return {}\n",
      });
      const installed = join(dir, "node_modules/pulumi-lambda-layers");
      if (soak) {
        await npm(["install", "--prefer-offline", "--no-audit", "--no-fund", tarball, `@pulumi/aws@${aws}`], dir);
      } else {
        // What npm would install besides the package is in the checkout, and takes a third of the test.
        const unpacked = await run("tar", ["-xzf", tarball, "-C", root]);
        assert.equal(unpacked.code, 0, unpacked.output);
        await linkModules(dir);
        await rm(installed);
        await rename(join(root, "package"), installed);
      }

      emulator.seed({
        layers: [
          { name: "receipt-dynamo-dev", versions: 6 },
          { name: "Datadog-Python312", account: "464622532012", versions: 98, sharedWith: "everyone" },
        ],
        functions: [{ name: "billing-export", Runtime: "python3.12", layers: ["receipt-dynamo-dev:1"] }],
      });
      await project.succeeds(["stack", "init", "dev"]);
      const { stdout } = await project.preview();
      assert.match(stdout, /Function billing-export: Layer receipt-dynamo-dev version 1 -> 6/);
      // Types are checked by now, which takes longer than everything else.
      const env = { ...project.env, PULUMI_NODEJS_TRANSPILE_ONLY: "true" };
      await project.succeeds(["up", "--yes", "--skip-preview"], { env });
      assert.match(emulator.layersOf("billing-export")[0] ?? "", /receipt-dynamo-dev:6$/);
      await project.succeeds(["preview", "--expect-no-changes"], { env });
      const cli = await run(join(installed, "dist/cli/bin.js"), ["--version"], { cwd: dir, env: project.env });
      assert.match(cli.stdout, /^\d+\.\d+\.\d+\n$/);
      await project.dispose();
    } finally {
      await emulator.close();
      await removeFolder(root);
    }
  });
});
