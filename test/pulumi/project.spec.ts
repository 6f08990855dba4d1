import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { PulumiProgram } from "../../sdk/pulumi/program";
import { readProject } from "../../sdk/pulumi/project";
import { removeFolder, temporaryFolder } from "../support/folders";

describe("the file of a Pulumi project", () => {
  let root: string;
  beforeEach(async () => {
    root = await temporaryFolder();
  });
  afterEach(() => removeFolder(root));

  const cases: [name: string, file: string, text: string, config: string][] = [
    ["beside its stacks' configuration", "Pulumi.yaml", "name: shop\nruntime: nodejs\n", "Pulumi.dev.yaml"],
    ["with configuration elsewhere", "Pulumi.yaml", "name: shop\nstackConfigDir: stacks\n", "stacks/Pulumi.dev.yaml"],
    ["with the older word for that", "Pulumi.yaml", "name: shop\nconfig: ../stacks\n", "../stacks/Pulumi.dev.yaml"],
    ["with values for all stacks", "Pulumi.yaml", "name: shop\nconfig: {aws:region: x}\n", "Pulumi.dev.yaml"],
    ["in JSON", "Pulumi.json", '{"name": "shop"}', "Pulumi.dev.json"],
    ["with the shorter extension", "Pulumi.yml", "name: shop\n", "Pulumi.dev.yml"],
  ];
  for (const [name, file, text, config] of cases) {
    it(`is found from a subfolder, ${name}`, async () => {
      const inside = join(root, "app/src");
      await mkdir(inside, { recursive: true });
      await writeFile(join(root, "app", file), text);
      const project = await readProject(inside);
      assert.deepEqual([project.name, relative(root, project.path)], ["shop", join("app", file)]);
      const own = project.configOf("dev");
      assert.equal(relative(dirname(project.path), own), config);
      await mkdir(dirname(own), { recursive: true });
      for (const path of [project.configOf("prod"), own, join(dirname(own), "Pulumi.md")]) await writeFile(path, "");
      assert.deepEqual(await project.configured(), ["dev", "prod"]);
    });
  }

  it("that cannot be read, or belongs to another project than a state, ends a preview before it starts", async () => {
    const preview = () => new PulumiProgram({ cwd: root }).previewOn({ stack: "dev", project: "shop" }, []);
    await writeFile(join(root, "Pulumi.yaml"), "name: [");
    await assert.rejects(preview(), { code: "pulumi-failed", message: /Pulumi\.yaml cannot be read: / });
    await writeFile(join(root, "Pulumi.yaml"), "name: other\n");
    await assert.rejects(preview(), {
      code: "pulumi-failed",
      message: /Pulumi\.yaml is for project other, but the state is of project shop$/,
    });
  });
});
