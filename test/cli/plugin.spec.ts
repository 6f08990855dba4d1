import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { version } from "../../package.json";
import { type Emulator, startEmulator } from "../emulator";
import { preamble as awsPreamble, createAwsStack, recorded } from "../support/aws-stack";
import { itSampled } from "../support/counts";
import type { Project } from "../support/engine";
import { preamble } from "../support/native";
import { layer } from "../support/states";
import { startCli } from "./harness";

describe("lambda-layers plugin install", function () {
  this.timeout(180_000);
  let emulator: Emulator;
  let project: Project;

  before(async () => {
    emulator = await startEmulator();
    emulator.seed({ layers: [{ name: "base", versions: 5 }], functions: [{ name: "a", layers: ["base:1"] }] });
    const own = `fn("own", { layers: ["${layer("base", 1)}"] });`;
    project = await createAwsStack({
      program: `${awsPreamble}${preamble}new LayerVersions("layers", { functions: { names: ["a"] } });${own}`,
      files: { "layer_config.yaml": "layers: { base: { version: 5 } }\nsettings: { aws_region: us-east-1 }\n" },
      env: emulator.env,
    });
  });
  after(async () => {
    await project?.dispose();
    await emulator?.close();
  });

  const cli = (...args: string[]) => startCli(args, { cwd: project.dir, env: project.env }).ended;

  it("provides what a program without a path needs", async () => {
    const { code, output } = await project.pulumi(["preview"]);
    assert.notEqual(code, 0);
    assert.match(output, /lambda-layers/);
    const installed = await cli("plugin", "install");
    assert.equal(installed.code, 0, installed.output);
    assert.equal(installed.stdout, `INFO - Installed the plugin lambda-layers ${version}\n`);
    assert.match((await project.preview()).output, /Function a: Layer base version 1 -> 5/);
  });

  it("reinstalls it, and says so in JSON", async () => {
    const { code, stdout } = await cli("plugin", "install", "--json");
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { plugin: "lambda-layers", version });
  });

  it("writes the archives of a release, which Pulumi installs from a server", async () => {
    const { code, output } = await cli("plugin", "install", "--pack", "archives");
    assert.equal(code, 0, output);
    const systems = ["darwin", "linux", "windows"];
    assert.deepEqual(
      (await readdir(join(project.dir, "archives"))).sort(),
      systems.flatMap((system) =>
        ["amd64", "arm64"].map((chip) => `pulumi-resource-lambda-layers-v${version}-${system}-${chip}.tar.gz`),
      ),
    );
    const server = createServer((request, response) => {
      readFile(join(project.dir, "archives", request.url?.split("/").at(-1) ?? "")).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const from = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const env = { PULUMI_HOME: join(project.root, "elsewhere") };
      await project.succeeds(["plugin", "install", "resource", "lambda-layers", version, "--server", from], { env });
      assert.deepEqual(
        await readdir(join(env.PULUMI_HOME, "plugins")).then((names) =>
          names.filter((name) => !name.includes(".lock")),
        ),
        [`resource-lambda-layers-v${version}`],
      );
    } finally {
      server.close();
    }
  });

  itSampled("leaves a state that an update continues with, whatever the plugin has recorded in it", async () => {
    await project.up();
    const { code, output } = await cli("update", "--stack", "dev");
    assert.equal(code, 0, output);
    assert.match(output, /Function own: Layer base version 1 -> 5/);
    assert.doesNotMatch(output, /Function a\b/);
    assert.deepEqual((await recorded(project, "own")).outputs.layers, [layer("base", 5)]);
    const { deployment } = await project.exportStack();
    assert.deepEqual(
      deployment.resources.flatMap(({ viewOf, urn }: { viewOf?: string; urn: string }) =>
        viewOf ? urn.split("::")[3] : [],
      ),
      ["layers/a"],
    );
    const status = JSON.parse((await cli("status", "--stack", "dev", "--json", "--recorded-only")).stdout);
    assert.deepEqual(status.totals, { functions: 2, layersOfFunctions: 2, drift: 0, unknown: 0 });
  });

  it("says what is missing if there is no Pulumi", async () => {
    const { code, output } = await startCli(["plugin", "install"], {
      cwd: project.dir,
      env: { ...project.env, PATH: "" },
    }).ended;
    assert.equal(code, 2);
    assert.match(output, /Pulumi CLI/);
  });
});
