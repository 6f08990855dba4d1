import assert from "node:assert/strict";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { checkout } from "../support/engine";
import { fakeCommand, fakePulumi } from "../support/fakes";
import { removeFolder, temporaryFolder } from "../support/folders";
import { type RunOptions, run, start } from "../support/processes";

describe("npm scripts", () => {
  it("import only what the Node.js of npm has, as there is no other before the dependencies", async () => {
    const folder = join(checkout, "scripts");
    const files = (await readdir(folder)).filter((name) => name.endsWith(".mjs"));
    const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
    const imports = texts.flatMap((text) => [...text.matchAll(/^import (?:\w+|\{(.+)\}) from "(node:[^"]+)";$/gm)]);
    const wanted = imports.map(([, names = "default", module]) => [
      module,
      names.split(",").map((name) => name.trim()),
    ]);
    assert.ok(wanted.length > 20);
    const program = `
      for (const [module, names] of ${JSON.stringify(wanted)}) {
        const has = await import(module);
        for (const name of names) if (!(name in has)) console.log(module, name);
      }`;
    const node = process.env.npm_node_execpath ?? process.execPath;
    const { code, output } = await run(node, ["--input-type=module", "--eval", program]);
    assert.deepEqual([code, output], [0, ""]);
  });
});

describe("npm scripts for the engine", function () {
  this.timeout(60_000);

  let root: string;
  let options: RunOptions;
  beforeEach(async () => {
    root = await temporaryFolder();
    const PATH = [join(root, "engine"), process.env.PATH].join(delimiter);
    options = { cwd: root, env: { PATH, HOME: root, XDG_CACHE_HOME: join(root, "cache") } };
    await fakePulumi(join(root, "engine"), "v3.259.0");
  });
  afterEach(() => removeFolder(root));

  const npmRun = ["--prefix", checkout, "run", "-s"];

  /** Makes the fake engine run a script if it is asked for anything but its version. */
  const engineRuns = (script: string) =>
    fakeCommand(
      join(root, "engine"),
      "pulumi",
      `if (process.argv[2] === "version") { console.log("v3.259.0"); process.exit(0); }\n${script}`,
    );

  it("print only a folder, with which `pulumi` and a recent Node are found", async () => {
    const { code, stdout } = await run("npm", [...npmRun, "pulumi:path"], options);
    assert.equal(code, 0);
    assert.match(stdout, /^[^\n]+\n$/);
    const env = { ...options.env, PATH: [stdout.trim(), process.env.PATH].join(delimiter) };
    assert.equal((await run("pulumi", ["version"], { env })).stdout, "v3.259.0\n");
    const node = await run("node", ["-p", "process.versions.node.split('.')[0] >= 22"], { env });
    assert.equal(node.stdout, "true\n");
  });

  it("run the engine in the caller's directory, and pass on arguments, output and exit code", async () => {
    await engineRuns(`
      console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), PWD: process.env.PWD }));
      process.exit(7);`);
    const cwd = join(root, "a project");
    await mkdir(cwd);
    const { code, stdout } = await run("npm", [...npmRun, "pulumi", "--", "up", "-c", "a=b c"], { ...options, cwd });
    assert.deepEqual(JSON.parse(stdout), { args: ["up", "-c", "a=b c"], cwd, PWD: cwd });
    assert.equal(code, 7);
  });

  it("let the engine decide when to end after a signal", async () => {
    await engineRuns(`
      process.on("SIGTERM", () => { console.log("tidied up"); process.exit(3); });
      console.log("started");
      setInterval(() => {}, 1000);`);
    const script = join(checkout, "scripts", "pulumi.mjs");
    const running = start(process.execPath, [script, "up"], options);
    await running.printed(/started/);
    running.kill("SIGTERM");
    const { code, stdout } = await running.ended;
    assert.match(stdout, /tidied up/);
    assert.equal(code, 3);
  });
});

describe(".ci/run", () => {
  let root: string;
  beforeEach(async () => {
    root = await temporaryFolder();
    await mkdir(join(root, ".ci"));
    await cp(join(checkout, ".ci", "run"), join(root, ".ci", "run"));
  });
  afterEach(() => removeFolder(root));

  /** Runs it in a package whose `npm test` is a script of ours. */
  async function ciRun(script: string) {
    await writeFile(join(root, "test.cjs"), script);
    await writeFile(join(root, "package.json"), JSON.stringify({ scripts: { test: "node test.cjs" } }));
    const { code, stdout } = await run(join(root, ".ci", "run"), [], { cwd: "/", env: { ...process.env, CI: "true" } });
    return { code, stdout, last: stdout.trimEnd().split("\n").at(-1) };
  }
  const figures = (line: string) => `require("fs").writeFileSync(process.env.LAMBDA_LAYERS_FIGURES, "${line}\\n");`;

  const table: [what: string, script: string, last: string, code: number][] = [
    ["all passed", figures("12 passed, 0 failed"), "12 passed, 0 failed", 0],
    ["a test failed", `${figures("11 passed, 1 failed")} process.exit(1)`, "11 passed, 1 failed", 1],
    ["only the type check failed", `${figures("12 passed, 0 failed")} process.exit(1)`, "12 passed, 0 failed", 1],
    ["the tests did not run", "process.exit(1)", "0 passed, 0 failed", 1],
  ];
  for (const [what, script, last, code] of table) {
    it(`ends with the figures if ${what}`, async () => {
      const outcome = await ciRun(`console.log("output of the tests"); ${script}`);
      assert.match(outcome.stdout, /output of the tests\n/);
      assert.equal(outcome.last, last);
      assert.equal(outcome.code, code);
    });
  }

  it("keeps the figures on a separate line", async () => {
    const { last } = await ciRun(`${figures("1 passed, 0 failed")} process.stdout.write("no line end")`);
    assert.equal(last, "1 passed, 0 failed");
  });

  it("gives the tests no standard input", async () => {
    const { stdout } = await ciRun(`process.stdin.on("end", () => console.log("ended")).resume()`);
    assert.match(stdout, /^ended$/m);
  });
});
