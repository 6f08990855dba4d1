import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { awsPluginFolder, standIn } from "../../support/aws-stack";
import { itSampled } from "../../support/counts";
import { checkout } from "../../support/engine";
import { removeFolder, temporaryFolder } from "../../support/folders";
import { run } from "../../support/processes";

const plugin = "pulumi-resource-aws";

describe("aws provider: the plugin", function () {
  this.timeout(120_000);
  let folder: string;

  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => removeFolder(folder));

  const script = (name: string, text: string) => writeFile(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });

  it("prints its port and ends with the engine, even behind a link and if PATH has another Node", async () => {
    await symlink(join(standIn, plugin), join(folder, plugin));
    await script("node", "echo an old Node; exit 9");
    const PATH = `${folder}:${process.env.PATH}`;
    const child = spawn(join(folder, plugin), { env: { ...process.env, PATH }, stdio: ["pipe", "pipe", "inherit"] });
    const [printed] = await once(child.stdout, "data");
    assert.match(String(printed), /^\d+\n$/);
    child.stdin.end();
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });

  it("is the stand-in unless PULUMI_AWS_PLUGIN_DIR names another folder", () => {
    assert.equal(awsPluginFolder({}), standIn);
    assert.equal(awsPluginFolder({ PULUMI_AWS_PLUGIN_DIR: "" }), standIn);
    assert.equal(awsPluginFolder({ PULUMI_AWS_PLUGIN_DIR: folder }), folder);
  });

  itSampled("is the one in PULUMI_AWS_PLUGIN_DIR in the whole suite", async () => {
    await symlink(join(standIn, plugin), join(folder, "stand-in"));
    await script(plugin, `echo started >> "${folder}/trace"\nexec "${folder}/stand-in" "$@"`);
    const mocha = [require.resolve("mocha/bin/mocha.js"), "--no-config", "--require", "tsx/cjs"];
    const suite = ["test/offline/aws-provider/lifecycle.spec.ts", "--grep", "previews a new stack"];
    const env = { ...process.env, PULUMI_AWS_PLUGIN_DIR: folder, LAMBDA_LAYERS_SOAK: "1" };
    const { code, output } = await run(process.execPath, [...mocha, ...suite], { cwd: checkout, env });
    assert.equal(code, 0, output);
    assert.match(output, /1 passing/);
    assert.match(await readFile(join(folder, "trace"), "utf8"), /^started\n/);
  });
});
