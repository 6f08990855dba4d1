import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../emulator";
import { createProject, type Project } from "../../support/engine";
import { plugins, preamble } from "../../support/native";

const program = (args: string, options = "{}") =>
  `${preamble}new LayerVersions("layers", { functions: { names: ["a", "b"] }, ${args} }, ${options});`;
const config = (version: number) => `layers: {base: {version: ${version}}}\nsettings: {aws_region: us-east-1}\n`;

describe("the native plugin's resource, if it is to be replaced", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let project: Project;

  before(async () => {
    emulator = await startEmulator();
    const functions = ["a", "b"].map((name) => ({ name, layers: ["base:3"] }));
    emulator.seed({ layers: [{ name: "base", versions: 9 }], functions });
    project = await createProject({
      files: { "index.js": program(""), "layer_config.yaml": config(5) },
      settings: { runtime: { name: "nodejs", options: { typescript: false } }, main: "index.js", plugins },
      config: { "aws:region": "us-east-1" },
      env: emulator.env,
    });
    await project.up();
  });
  after(async () => {
    await project?.dispose();
    await emulator?.close();
  });

  /** What a replacement leaves: new versions, one row for each function, and nothing to do. */
  const isWhole = async (version: number) => {
    for (const name of ["a", "b"])
      assert.deepEqual(emulator.layersOf(name), [`arn:aws:lambda:us-east-1:123456789012:layer:base:${version}`]);
    await project.preview("--expect-no-changes");
    const { resources } = (await project.exportStack()).deployment;
    assert.equal(resources.filter(({ viewOf }: { viewOf?: string }) => viewOf).length, 2);
  };
  const replaced = async (...args: string[]) => {
    const { stdout } = await project.succeeds(["up", "--yes", "--skip-preview", ...args]);
    assert.match(stdout, /LayerVersions layers deleted original[\s\S]*LayerVersions layers created replacement/);
  };
  const replace = ["--replace", "**LayerVersions::layers"];

  it("has its rows deleted first, if `replaceOnChanges` replaces it", async () => {
    await project.write({ "index.js": program("", `{ replaceOnChanges: ["*"] }`), "layer_config.yaml": config(6) });
    await replaced();
    await isWhole(6);
  });

  it("can be replaced by `--replace` as the docs say", async () => {
    await project.write({ "index.js": program("", "{ deleteBeforeReplace: true }") });
    await replaced(...replace);
    await isWhole(6);
    await project.write({ "index.js": program("views: false") });
    await project.up();
    await project.succeeds(["up", "--yes", "--skip-preview", ...replace]);
    await project.write({ "index.js": program("") });
    await project.up();
    await isWhole(6);
  });

  it("is refused with its rows if another resource's replacement replaces it", async () => {
    const other = `const p = require("@pulumi/pulumi");
class Other extends p.dynamic.Resource {
  constructor(name, props, opts) { super({ create: async (i) => ({ id: "1", outs: i }) }, name, props, opts); }
}
const other = new Other("other", { value: VALUE }, { replaceOnChanges: ["*"] });\n`;
    const withOther = (value: number, options: string) =>
      `${other.replace("VALUE", String(value))}${program("", options)}`;
    await project.write({ "index.js": withOther(1, "{ replaceWith: [other] }") });
    await project.up();
    await project.write({ "index.js": withOther(2, "{ replaceWith: [other] }") });
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const { code, output } = await project.pulumi(command);
      assert.notEqual(code, 0, output);
      assert.match(output, /The resource would be replaced together with another one \(`replaceWith`\)/);
    }
    await project.write({ "index.js": withOther(3, "{}") });
    await project.up();
    await isWhole(6);
  });
});
