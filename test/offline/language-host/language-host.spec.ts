import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { itSampled } from "../../support/counts";
import { createProject, linkModules, type Project, type ProjectOptions } from "../../support/engine";
import { lines } from "../../support/fakes";
import { isAlive } from "../../support/processes";

// The engine starts our language host even if the machine has Pulumi's own: ours is first on PATH.
describe("the language host", function () {
  this.timeout(120_000);

  const projects: Project[] = [];
  afterEach(async () => {
    for (const project of projects.splice(0)) await project.dispose();
  });

  async function create(options: ProjectOptions): Promise<Project> {
    const project = await createProject(options);
    projects.push(project);
    Object.assign(project.env, { PATH: [__dirname, project.env.PATH].join(delimiter) });
    return project;
  }

  const runtime = (options: object) => ({ runtime: { name: "nodejs", options } });
  /** For programs that need no TypeScript, which takes a second of CPU time to load. */
  const settings = runtime({ typescript: false });

  itSampled(
    "runs a TypeScript program with its stack, configuration and output through preview, up and destroy",
    async () => {
      const project = await create({
        config: { "test:plain": "a b", "other:nested": { list: [1, 2] } },
        files: {
          "index.ts": `
            import * as pulumi from "@pulumi/pulumi";
            const plain: string = new pulumi.Config().require("plain");
            const nested = new pulumi.Config("other").requireObject<{ list: number[] }>("nested");
            console.log([pulumi.getStack(), pulumi.getProject(), pulumi.runtime.isDryRun(), plain, nested.list].join("|"));
            process.stderr.write("on stderr\\n");
            export const secret = pulumi.secret("hidden");`,
        },
      });
      const { stdout } = await project.preview();
      assert.match(stdout, /dev\|test\|true\|a b\|1,2/);
      assert.match(stdout, /on stderr/);
      assert.match((await project.up()).stdout, /dev\|test\|false\|a b\|1,2/);
      assert.ok((await project.exportStack()).deployment.resources[0].outputs.secret.ciphertext);
      await project.destroy();
    },
  );

  itSampled("serves dynamic resources, with `main` in another folder", async () => {
    const project = await create({
      settings: { main: "src" },
      files: {
        "src/index.ts": `
            import * as pulumi from "@pulumi/pulumi";
            class Doubled extends pulumi.dynamic.Resource {
              declare result: pulumi.Output<number>;
              constructor(name: string, number: number) {
                const create = async (inputs: any) => ({ id: "1", outs: { ...inputs, result: inputs.number * 2 } });
                super({ create }, name, { number, result: undefined });
              }
            }
            export const result = new Doubled("doubled", 21).result;
            export const cwd = process.cwd().endsWith("src");`,
      },
    });
    await project.up();
    const { outputs } = (await project.exportStack()).deployment.resources[0];
    assert.deepEqual(outputs, { result: 42, cwd: true });
    await project.destroy();
  });

  itSampled("honours `typescript` and `nodeargs`", async () => {
    const project = await create({
      settings: runtime({ typescript: false, nodeargs: `--title="two words" --no-warnings` }),
      files: {
        "index.js": `console.log("argv", process.title, process.execArgv.length, process.env.PULUMI_NODEJS_TYPESCRIPT);`,
      },
    });
    assert.match((await project.preview()).stdout, /argv two words 2 undefined/);
  });

  itSampled("runs an ES module", async () => {
    const project = await create({
      settings: runtime({ nodeargs: "--import tsx", typescript: false }),
      files: {
        "package.json": { name: "test", type: "module", main: "index.ts" },
        "index.ts": `
            import * as pulumi from "@pulumi/pulumi";
            console.log("module", await Promise.resolve(pulumi.getStack()), import.meta.url.startsWith("file:"));`,
      },
    });
    assert.match((await project.preview()).stdout, /module dev true/);
  });

  const failures: [what: string, program: string, expected: RegExp, unexpected?: RegExp][] = [
    ["an error that the program throws", `throw new Error("broken");`, /error: .*broken/s, /non-zero exit code/],
    ["an exit code", "process.exit(3);", /Program exited with non-zero exit code: 3/],
    ["a signal", `process.kill(process.pid, "SIGKILL");`, /Program exited unexpectedly: SIGKILL/],
  ];
  for (const [what, program, expected, unexpected] of failures) {
    it(`passes on ${what}`, async () => {
      const project = await create({ settings, files: { "index.js": program } });
      const { code, output } = await project.pulumi(["preview"]);
      assert.notEqual(code, 0);
      assert.match(output, expected);
      if (unexpected) assert.doesNotMatch(output, unexpected);
    });
  }

  it("says what to do if the program has no SDK", async () => {
    const project = await create({ settings, files: { "index.js": "" } });
    await rm(join(project.dir, "node_modules"), { recursive: true });
    const { code, output } = await project.pulumi(["preview"]);
    assert.notEqual(code, 0);
    assert.match(output, /Have you run pulumi install\?/);
  });

  it("refuses options of the wrong type", async () => {
    const project = await create({ settings: runtime({ typescript: "no" }), files: { "index.ts": "" } });
    assert.match((await project.pulumi(["preview"])).output, /typescript option must be a boolean/);
  });

  itSampled("runs a policy pack that knows stack and configuration, from the pack's folder", async () => {
    const project = await create({ settings, config: { "test:key": "value" }, files: { "index.js": "" } });
    const pack = join(project.root, "pack");
    await mkdir(pack);
    await linkModules(pack);
    await project.write({
      "../pack/PulumiPolicy.yaml": { runtime: "nodejs", version: "1.2.3" },
      "../pack/package.json": { name: "pack", version: "1.2.3" },
      "../pack/index.ts": `
        import { PolicyPack } from "@pulumi/policy";
        import * as pulumi from "@pulumi/pulumi";
        new PolicyPack("pack", {
          policies: [{
            name: "show", description: "Shows.", enforcementLevel: "advisory",
            validateResource: (_, report) =>
              report([process.cwd().endsWith("pack"), pulumi.getStack(), new pulumi.Config().get("key")].join("|")),
          }],
        });`,
    });
    const { stdout } = await project.preview("--policy-pack", pack);
    assert.match(stdout, /true\|dev\|value/);
  });

  itSampled("says so if a policy pack does not start", async () => {
    const project = await create({ settings, files: { "index.js": "" } });
    const pack = join(project.root, "pack");
    await mkdir(pack);
    await linkModules(pack);
    await project.write({
      "../pack/PulumiPolicy.yaml": { runtime: "nodejs" },
      "../pack/package.json": { name: "pack", version: "1.0.0" },
      "../pack/index.ts": `throw new Error("pack is broken");`,
    });
    const { code, output } = await project.pulumi(["preview", "--policy-pack", pack]);
    assert.notEqual(code, 0);
    assert.match(output, /pack is broken/);
  });

  itSampled("runs a provider that is written in TypeScript", async () => {
    const project = await create({
      settings: { ...settings, plugins: { providers: [{ name: "echo", path: "../provider" }] } },
      files: {
        "../provider/PulumiPlugin.yaml": { runtime: "nodejs" },
        "../provider/package.json": { name: "echo", version: "1.0.0", main: "index.ts" },
        "../provider/index.ts": `
            import * as provider from "@pulumi/pulumi/provider";
            const echo = { version: "1.0.0", create: async (_: string, inputs: any) => ({ id: "1", outs: inputs }) };
            provider.main(echo, process.argv.slice(2));`,
        "index.js": `
            const { CustomResource } = require("@pulumi/pulumi");
            exports.what = new CustomResource("echo:index:Said", "said", { what: "hello" }).what;`,
      },
    });
    await linkModules(join(project.root, "provider"));
    await project.up();
    assert.deepEqual((await project.exportStack()).deployment.resources[0].outputs, { what: "hello" });
  });

  itSampled("says so if a provider does not start", async () => {
    const project = await create({
      settings: { ...settings, plugins: { providers: [{ name: "echo", path: "../provider" }] } },
      files: {
        "../provider/PulumiPlugin.yaml": { runtime: { name: "nodejs", options: { typescript: false } } },
        "../provider/package.json": { name: "echo", version: "1.0.0", main: "index.js" },
        "../provider/index.js": `throw new Error("provider is broken");`,
        "index.js": `
          const { CustomResource } = require("@pulumi/pulumi");
          new CustomResource("echo:index:Said", "said", {});`,
      },
    });
    await linkModules(join(project.root, "provider"));
    const { code, output } = await project.pulumi(["preview"]);
    assert.notEqual(code, 0);
    assert.match(output, /provider is broken/);
  });

  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    it(`leaves no process behind if the engine gets ${signal}`, async () => {
      const project = await create({
        settings,
        files: {
          "index.js": `
            const { appendFileSync } = require("node:fs");
            process.on("SIGINT", () => {}); // a program that will not listen
            for (const pid of [process.pid, process.ppid]) appendFileSync("pids", pid + "\\n");
            console.log("program runs");
            setInterval(() => {}, 1000);`,
        },
      });
      const running = project.start(["preview"]);
      await running.printed(/program runs/);
      running.kill(signal);
      await running.ended;
      const pids = await lines(join(project.dir, "pids"));
      assert.equal(pids.length, 2);
      while (pids.some((pid) => isAlive(Number(pid)))) await setTimeout(50);
    });
  }
});
